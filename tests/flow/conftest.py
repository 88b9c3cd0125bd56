"""A small support desk: Ana who answers tickets, Chloé who leads the team, one task with two units."""

from collections.abc import Callable, Iterator

import pytest

from midflow import plugs
from midflow.core.content.blocks.check import Check, Option
from midflow.core.content.blocks.checklist import Checklist, Item
from midflow.core.content.model import Block, Rule, Source, Task, Unit
from midflow.core.content.release import Draft, Policy, compile_release
from midflow.core.events import WorkEvent
from midflow.core.match import gate
from midflow.flow.ingest import Receipt, admit, ingest
from midflow.flow.rulebook import Rulebook, prepare
from midflow.store.people import Person, add_account, save_person
from midflow.store.tx import Store
from tests.conftest import Opens

NOW = 1_790_000_000.0
DESK = "desk"


def hold_unit(**changes: object) -> Unit:
    check = Check(
        question="What must a ticket on hold say?",
        options=(Option(text="Who acts next and by when.", correct=True), Option(text="That you are busy.")),
        reason="Somebody else must be able to pick it up.",
    )
    items = Checklist(items=(Item(id="reason", text="Write the reason"), Item(id="date", text="Set a date")))
    plain = {
        "id": "hold-a-ticket",
        "title": "Put a ticket on hold so that it comes back",
        "objective": "Leave a ticket on hold that a colleague can pick up",
        "task": "put-on-hold",
        "blocks": (Block(kind="checklist", id="list", body=items), Block(kind="check", id="why", body=check)),
    }
    return Unit(**{**plain, **changes})  # type: ignore[arg-type]


DRAFT = Draft(
    units=(hold_unit(),),
    tasks=(
        Task(id="put-on-hold", title="Put a ticket on hold", roles=(), redo_is_error=True),
        Task(id="close", title="Close a ticket"),
    ),
    rules=(
        Rule(id="hold", task="put-on-hold", phase="starting", events=("desk.wait",), because="You put it on hold."),
        Rule(id="stale", task="put-on-hold", phase="stuck", events=("desk.wait",), when="data.hours > 48"),
        Rule(id="closing", task="close", phase="starting", events=("desk.close",)),
        Rule(
            id="came-back", task="close", phase="erred", events=("desk.reopen",), who="last_doer",
            when="before.type == 'desk.close'",
        ),
    ),
    sources=(Source(name=DESK, fields=("hours",)),),
)  # fmt: skip


def book_of(draft: Draft = DRAFT, policy: Policy | None = None) -> Rulebook:
    kinds = plugs.block_kinds()
    made = compile_release(
        draft, policy or Policy(), number=1, created=NOW, kinds=kinds, valid_condition=gate
    )
    return prepare(made, kinds)


@pytest.fixture
def store(opens: Opens) -> Iterator[Store]:
    opened = opens()

    def people(tx):  # type: ignore[no-untyped-def]
        for id, name in (("ana", "Ana"), ("chloe", "Chloé")):
            save_person(tx, Person(id=id, name=name, roles=("support-agent",)), now=NOW)
            add_account(tx, DESK, id, id, now=NOW)

    opened.write(people)
    yield opened
    opened.close()


@pytest.fixture
def send(store: Store) -> Callable[..., Receipt]:
    """Send one event as it would arrive; chance always shows unless told otherwise."""
    count = iter(range(1_000_000))

    def send(type_: str = "desk.wait", *, person: str = "ana", at: float = NOW, **more: object) -> Receipt:
        book = more.pop("book", None) or book_of()
        draw = float(more.pop("draw", 0.0))  # type: ignore[arg-type]
        received = float(more.pop("received", at))  # type: ignore[arg-type]
        fields = {"id": f"e{next(count)}", "case": "T-1", "data": {}, **more}
        event = WorkEvent(source=DESK, type=type_, time=at, person=person, **fields)  # type: ignore[arg-type]
        arrival = admit(event, book, received=received, reachable=True)  # type: ignore[arg-type]
        return store.write(lambda tx: ingest(tx, [arrival], book=book, draw=lambda: draw))[0]  # type: ignore[arg-type]

    return send
