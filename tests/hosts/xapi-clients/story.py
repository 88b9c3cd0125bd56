"""What a program that uses tincan does with a record, and what it saw, as one JSON object.

`story.py ENDPOINT NAME PASSWORD WHO`, in the environment beside this file. tincan speaks 1.0.3.
"""

import json
import sys
from itertools import chain
from uuid import uuid4

from tincan import (
    Activity,
    ActivityDefinition,
    Agent,
    AgentAccount,
    Context,
    ContextActivities,
    RemoteLRS,
    Result,
    Score,
    Statement,
    StatementRef,
    Verb,
)
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument

REGISTRATION = "6f1f7b52-9a5c-4a58-9d5e-3d0a3f3f6a11"
ANSWERED = Verb(id="http://adlnet.gov/expapi/verbs/answered", display={"en": "answered"})
COMPLETED = Verb(id="http://adlnet.gov/expapi/verbs/completed", display={"en": "completed"})
VOIDED = Verb(id="http://adlnet.gov/expapi/verbs/voided", display={"en": "voided"})


class Careful(RemoteLRS):
    """Says of a profile which it has not read that it is new; tincan alone says nothing, which is refused."""

    def _send_request(self, request):
        if request.method == "PUT" and "profile" in request.resource and "If-Match" not in request.headers:
            request.headers["If-None-Match"] = "*"
        return super()._send_request(request)


class Story:
    def __init__(self, lrs: RemoteLRS, careful: Careful, who: str) -> None:
        self.lrs, self.careful, self.saw = lrs, careful, {}
        self.agent = Agent(
            name="Ana", account=AgentAccount(name=who, home_page="https://desk.example/people")
        )
        self.task = Activity(
            id=f"https://desk.example/tasks/{who}",
            definition=ActivityDefinition(name={"en": "Issue a refund"}),
        )
        self.course = Activity(id=f"https://desk.example/courses/{who}")

    def statement(self, n: int) -> Statement:
        return Statement(
            actor=self.agent,
            verb=ANSWERED if n % 3 else COMPLETED,
            object=self.task,
            result=Result(score=Score(scaled=n / 12), success=n > 5, duration=f"PT{n}S"),
            context=Context(
                registration=REGISTRATION, context_activities=ContextActivities(parent=[self.course])
            ),
        )

    def pages(self, **query: object) -> list[list[str]]:
        answer = _good(self.lrs.query_statements(query)).content
        found = [[one.id for one in answer.statements]]
        while answer.more:
            answer = _good(self.lrs.more_statements(answer)).content
            found.append([one.id for one in answer.statements])
        return found

    def all(self, **query: object) -> list[str]:
        return list(chain.from_iterable(self.pages(**query)))

    def count(self, **query: object) -> int:
        return len(self.all(**query))

    def statements(self) -> None:
        single = _good(self.lrs.save_statement(self.statement(0))).content.id
        batch = _good(self.lrs.save_statements([self.statement(n) for n in range(1, 12)])).content
        put = self.statement(12)
        put.id = str(uuid4())
        _good(self.lrs.save_statement(put))
        self.saw["sent"] = [single, *(one.id for one in batch), put.id]
        self.saw["pages"] = self.pages(agent=self.agent, limit=5)
        self.saw["upwards"] = self.all(agent=self.agent, limit=5, ascending="true")
        self.saw["counts"] = {
            "verb": self.count(agent=self.agent, verb=COMPLETED),
            "activity": self.count(activity=self.task),
            "otherActivity": self.count(activity=self.course),
            "relatedActivity": self.count(activity=self.course, related_activities="true"),
            "registration": self.count(agent=self.agent, registration=REGISTRATION),
        }
        one = _good(self.lrs.retrieve_statement(single)).content
        self.saw["one"] = {
            "id": one.id,
            "name": one.actor.name,
            "seconds": one.result.duration.total_seconds(),
            "stored": one.stored is not None,
        }

    def voiding(self) -> None:
        id = self.saw["sent"][1]
        voiding = Statement(actor=self.agent, verb=VOIDED, object=StatementRef(id=id))
        _good(self.lrs.save_statement(voiding))
        self.saw["voided"] = {
            "plain": self.lrs.retrieve_statement(id).response.status,
            "asVoided": _good(self.lrs.retrieve_voided_statement(id)).content.id == id,
            "inList": id in self.all(agent=self.agent),
        }

    def state(self) -> None:
        name = "bookmark"
        document = StateDocument(
            id=name,
            content='{"page":1}',
            content_type="application/json",
            activity=self.task,
            agent=self.agent,
        )
        saw = self.saw["state"] = {
            "missing": self.lrs.retrieve_state(self.task, self.agent, name).response.status
        }
        _good(self.lrs.save_state(document))
        saw["found"] = _text(self.lrs.retrieve_state(self.task, self.agent, name))
        saw["ids"] = _good(self.lrs.retrieve_state_ids(self.task, self.agent)).content
        _good(self.lrs.delete_state(document))
        saw["after"] = self.lrs.retrieve_state(self.task, self.agent, name).response.status

    def agent_profile(self) -> None:
        document = AgentProfileDocument(
            id="preferences", content="large font", content_type="text/plain", agent=self.agent
        )
        unsaid = self.lrs.save_agent_profile(document).response.status
        _good(self.careful.save_agent_profile(document))
        read = lambda: self.lrs.retrieve_agent_profile(self.agent, document.id)  # noqa: E731
        self.saw["agentProfile"] = {
            "unsaid": unsaid,
            "ids": _good(self.lrs.retrieve_agent_profile_ids(self.agent)).content,
        } | (self.profile(document, read, self.lrs.save_agent_profile, self.lrs.delete_agent_profile))

    def activity_profile(self) -> None:
        document = ActivityProfileDocument(
            id="hints", content="large font", content_type="text/plain", activity=self.task
        )
        unsaid = self.lrs.save_activity_profile(document).response.status
        _good(self.careful.save_activity_profile(document))
        read = lambda: self.lrs.retrieve_activity_profile(self.task, document.id)  # noqa: E731
        self.saw["activityProfile"] = {
            "unsaid": unsaid,
            "ids": _good(self.lrs.retrieve_activity_profile_ids(self.task)).content,
        } | (self.profile(document, read, self.lrs.save_activity_profile, self.lrs.delete_activity_profile))

    @staticmethod
    def profile(document, read, save, delete) -> dict[str, object]:
        saw: dict[str, object] = {"found": _text(read()), "unconditional": save(document).response.status}
        document.etag = read().response.getheader("etag")
        document.content = "small font"
        saw["changed"] = save(document).response.status
        saw["stale"] = save(document).response.status
        document.etag = read().response.getheader("etag")
        saw["second"] = _text(read())
        saw["deleted"] = delete(document).response.status
        saw["after"] = read().response.status
        return saw


def _good(answer):
    if not answer.success:
        raise SystemExit(f"{answer.request.method} {answer.request.resource}: {answer.data!r}")
    return answer


def _text(answer) -> str:
    return bytes(_good(answer).content.content).decode()


def main(endpoint: str, name: str, password: str, who: str) -> None:
    way = {"endpoint": endpoint, "version": "1.0.3", "username": name, "password": password}
    story = Story(RemoteLRS(**way), Careful(**way), who)
    for part in (story.statements, story.voiding, story.state, story.agent_profile, story.activity_profile):
        part()
    print(json.dumps(story.saw, default=str))


main(*sys.argv[1:])
