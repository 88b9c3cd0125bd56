"""The parameters of a request, read and checked: what statements, documents, agents or activity it is about."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from midflow.core.record import values
from midflow.core.record.actors import ifi
from midflow.core.record.jsontext import decode
from midflow.core.record.problem import RecordError
from midflow.core.record.validate import check_actor, check_agent

Format = Literal["exact", "ids", "canonical"]
FORMATS: dict[str, Format] = {"exact": "exact", "ids": "ids", "canonical": "canonical"}
LIMIT = re.compile(r"[0-9]{1,18}\Z")

BY_ID = ("statementId", "voidedStatementId")
WITH_AN_ID = frozenset({*BY_ID, "format", "attachments"})


class StatementQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a GET of statements asks for (Communication 2.1.3).

    `statement_id`, `voided_statement_id`, `registration`: UUIDs in small letters; `agent`: as `actors.ifi`
    writes it; `since_ms` (stored after) and `until_ms` (stored at or before): milliseconds since 1970;
    `limit`: 0 leaves it to the server.
    """

    statement_id: str | None = None
    voided_statement_id: str | None = None
    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    related_agents: bool = False
    related_activities: bool = False
    since_ms: int | None = None
    until_ms: int | None = None
    limit: int = 0
    format: Format = "exact"
    attachments: bool = False
    ascending: bool = False


def parse_query(params: Mapping[str, str]) -> StatementQuery:
    """Return what the query string asks for; RecordError names the parameter at fault.

    Unknown parameters, those in the wrong case, and other filters beside an id are refused.
    """
    read = {name: _read(name, text, STATEMENTS, "Communication 2.1.3") for name, text in params.items()}
    given = [name for name in BY_ID if name in params]
    if len(given) == 2:
        message = "cannot be used with voidedStatementId; use one of them"
        raise RecordError(message, section="Communication 2.1.3", where="statementId")
    if given and not WITH_AN_ID.issuperset(params):
        other = next(name for name in params if name not in WITH_AN_ID)
        message = f"cannot be used with {given[0]}, which allows only format and attachments"
        raise RecordError(message, section="Communication 2.1.3", where=other)
    return StatementQuery(**{FIELDS.get(name, name): value for name, value in read.items()})


FIELDS = {
    "statementId": "statement_id",
    "voidedStatementId": "voided_statement_id",
    "since": "since_ms",
    "until": "until_ms",
}


# Documents (Communication 2.2, 2.3, 2.6, 2.7)

Kind = Literal["state", "agent_profile", "activity_profile"]
Method = Literal["GET", "PUT", "POST", "DELETE"]


class DocumentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which document, or documents, a request is about. `id` None: all of them, those after `since_ms`."""

    activity: str | None = None
    agent: str | None = None
    registration: str | None = None
    id: str | None = None
    since_ms: int | None = None


OWNERS: dict[Kind, tuple[str, ...]] = {
    "state": ("activityId", "agent"),
    "agent_profile": ("agent",),
    "activity_profile": ("activityId",),
}
SECTIONS: dict[Kind, str] = {
    "state": "Communication 2.3",
    "agent_profile": "Communication 2.6",
    "activity_profile": "Communication 2.7",
}


def parse_document(params: Mapping[str, str], *, kind: Kind, method: Method) -> DocumentQuery:
    """Return which documents a request to one of the three document resources is about, or RecordError.

    Without an id a GET lists ids, and a DELETE of state removes all of a context; else the id is needed.
    """
    section = SECTIONS[kind]
    name_of_id = "stateId" if kind == "state" else "profileId"
    allowed = {*OWNERS[kind], name_of_id}
    allowed |= {"registration"} if kind == "state" else set()
    allowed |= {"since"} if method == "GET" else set()
    needed = [*OWNERS[kind]]
    if method in ("PUT", "POST") or (method == "DELETE" and kind != "state"):
        needed.append(name_of_id)
    for name in params:
        if name not in allowed:
            raise _unknown(name, allowed, section)
    for name in needed:
        if name not in params:
            raise _missing(name, section)
    read = {name: _read(name, text, DOCUMENTS, section) for name, text in params.items()}
    return DocumentQuery(
        activity=read.get("activityId"),
        agent=read.get("agent"),
        registration=read.get("registration"),
        id=read.get(name_of_id),
        since_ms=read.get("since"),
    )


def parse_agent(params: Mapping[str, str]) -> dict[str, Any]:
    """Return the Agent that a GET of /agents asks about (Communication 2.4)."""
    _only("agent", params, "Communication 2.4")
    agent = decode(params["agent"].encode(errors="surrogatepass"), where="agent")
    check_agent(agent, where="agent")
    return agent


def parse_activity(params: Mapping[str, str]) -> str:
    """Return the activity id that a GET of /activities asks about (Communication 2.5)."""
    _only("activityId", params, "Communication 2.5")
    return _read("activityId", params["activityId"], DOCUMENTS, "Communication 2.5")


def parse_put(params: Mapping[str, str]) -> str:
    """Return the statement id, in small letters, that a PUT of a statement names (Communication 2.1.1)."""
    _only("statementId", params, "Communication 2.1.1")
    return _read("statementId", params["statementId"], STATEMENTS, "Communication 2.1.1")


def _only(name: str, params: Mapping[str, str], section: str) -> None:
    for other in params:
        if other != name:
            raise _unknown(other, {name}, section)
    if name not in params:
        raise _missing(name, section)


# Reading one parameter


def _read(name: str, text: str, table: Mapping[str, Callable[[str], Any]], section: str) -> Any:
    reader = table.get(name)
    if reader is None:
        raise _unknown(name, table, section)
    try:
        return reader(text)
    except RecordError as error:
        error.below("" if error.where.startswith(name) else name)
        raise


def _unknown(name: str, allowed: Any, section: str) -> RecordError:
    close = [known for known in sorted(allowed) if known.lower() == name.lower()]
    remedy = f"write {close[0]}" if close else f"known here are {', '.join(sorted(allowed))}"
    return RecordError(f"is no parameter of this request; {remedy}", section=section, where=name)


def _missing(name: str, section: str) -> RecordError:
    return RecordError("is missing; this request needs it", section=section, where=name)


def _uuid(text: str) -> str:
    values.uuid(text)
    return text.lower()


def _iri(text: str) -> str:
    values.iri(text)
    return text


def _moment(text: str) -> int:
    values.timestamp(text)
    return values.milliseconds(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise values.wrong(text, "true or false", "Communication 2.1.3")
    return text == "true"


def _limit(text: str) -> int:
    if LIMIT.match(text) is None:
        raise values.wrong(text, "a whole number, 0 for as many as the server gives", "Communication 2.1.3")
    return int(text)


def _format(text: str) -> Format:
    if text not in FORMATS:
        raise values.wrong(text, "exact, ids or canonical", "Communication 2.1.3")
    return FORMATS[text]


def _agent(text: str) -> str:
    """Read an Agent in JSON."""
    agent = decode(text.encode(errors="surrogatepass"), where="agent")
    check_agent(agent, where="agent")
    return str(ifi(agent))


def _agent_or_group(text: str) -> str:
    """Read an Agent, or a Group that has an identifier, in JSON."""
    actor = decode(text.encode(errors="surrogatepass"), where="agent")
    check_actor(actor, where="agent")
    who = ifi(actor)
    if who is None:
        message = "must have an identifier; a Group of members only cannot be asked for"
        raise RecordError(message, section="Communication 2.1.3", where="agent")
    return who


def _name(text: str) -> str:
    """Read the id of a document: any text that every store can hold."""
    if "\0" in text:
        raise values.wrong(text, "a text without NUL", "Communication 2.2")
    return text


STATEMENTS: Mapping[str, Callable[[str], Any]] = {
    "statementId": _uuid,
    "voidedStatementId": _uuid,
    "agent": _agent_or_group,
    "verb": _iri,
    "activity": _iri,
    "registration": _uuid,
    "related_activities": _boolean,
    "related_agents": _boolean,
    "since": _moment,
    "until": _moment,
    "limit": _limit,
    "format": _format,
    "attachments": _boolean,
    "ascending": _boolean,
}
DOCUMENTS: Mapping[str, Callable[[str], Any]] = {
    "activityId": _iri,
    "agent": _agent,
    "registration": _uuid,
    "stateId": _name,
    "profileId": _name,
    "since": _moment,
}
