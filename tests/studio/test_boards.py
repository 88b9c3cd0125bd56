"""What a manager sees, and what nobody does."""

import pytest

NOW = 1_790_000_000.0
DESK = ("ana", "ben", "chloe", "dora", "emil", "femi")


@pytest.fixture
def at_work(data, monkeypatch):
    """Six people of the service desk and two of the night team answered a check; one of each was wrong."""
    import time

    from midflow.core.events import WorkEvent
    from midflow.store import log
    from midflow.store.outcomes import OutcomeRow, add_outcomes
    from midflow.store.people import Person, save_person, save_team
    from midflow.studio.storage import store

    monkeypatch.setattr(time, "time", lambda: NOW)

    def write(tx):
        save_team(tx, "desk", "Service desk")
        save_team(tx, "night", "Night team")
        outcomes = [OutcomeRow(1, "ana", "opened", "hold-well", None, NOW - 50, None, None)]
        for number, id in enumerate([*DESK, "gus", "hana"]):
            save_person(
                tx, Person(id=id, name=id.title(), teams=("desk" if id in DESK else "night",)), now=NOW
            )
            event = WorkEvent(source="desk", id=id, type="desk.wait", time=NOW - 60, person=id)
            silence = "no_rule" if id in DESK else None
            log.add_events(tx, [log.EventRow(number + 1, event, NOW - 60, id, 0, silence)])
            for turn, right in enumerate((id not in ("ana", "gus"), True)):
                seq = 10 * (number + 1) + turn
                outcomes.append(
                    OutcomeRow(seq, id, "answered", "hold-well", "why", NOW - 50 + turn, right, None)
                )
        add_outcomes(tx, outcomes)

    store().write(write)


def board():
    from midflow.flow.board import read_board
    from midflow.studio.storage import store

    groups = {group.title: group for group in read_board(store(), reader="chloe@desk.example", now=NOW)}
    return groups, {figure.name: figure.count for figure in groups["Service desk"].figures}


def test_a_group_of_five_or_more_sees_its_counts(at_work):
    groups, figures = board()
    assert groups["Service desk"].people == 6
    assert figures["Work events in"] == 6
    assert figures["Checks answered for the first time"] == 6
    assert figures["Of these right"] == 5
    assert [(one.name, one.count) for one in groups["Service desk"].silences] == [
        ("No rule speaks of this event.", 6)
    ]


def test_a_number_with_one_person_behind_it_is_not_told(at_work):
    assert board()[1]["Units opened"] is None


def shown(people, *, charged):
    """Prompts that were shown to these people, one each, with or without taking of their budget."""
    from midflow.core.decide import Decision, Limits, Situation
    from midflow.store import log
    from midflow.studio.storage import store

    def row(seq, person):
        made_from = Situation(
            now=NOW - 50, event_time=NOW - 60, person=person, task="isolate", phase="starting", rule="isolate",
            case="T-1", candidates=(), limits=Limits(), draw=0.0,
        )  # fmt: skip
        return log.DecisionRow(seq, 1, 1, made_from, Decision(shown=True, reason=None, charged=charged))

    first = 100 * (1 + charged)
    store().write(lambda tx: log.add_decisions(tx, [row(first + n, id) for n, id in enumerate(people)]))


def test_prompts_beside_the_budget_are_counted_apart(at_work):
    name = "Safety-critical prompts, beside the budget"
    shown(DESK, charged=True)
    assert board()[1][name] == 0
    shown(DESK[:5], charged=False)
    assert board()[1][name] == 5


def test_a_number_of_prompts_beside_the_budget_with_four_people_behind_it_is_not_told(at_work):
    shown(DESK[:4], charged=False)
    assert board()[1]["Safety-critical prompts, beside the budget"] is None


def test_a_small_group_is_named_and_nothing_of_it_is_told(at_work):
    small = board()[0]["Night team"]
    assert (small.small, small.people, small.figures, small.silences) == (True, 0, (), ())


def test_what_is_older_than_four_weeks_does_not_count(at_work):
    from midflow.flow.board import read_board
    from midflow.studio.storage import store

    later = read_board(store(), reader="chloe@desk.example", now=NOW + 40 * 86_400)
    assert {figure.count for group in later for figure in group.figures} == {0}


def test_every_read_is_written_down(at_work, sign_in):
    from midflow.store.privacy import accesses_of
    from midflow.studio.storage import store

    browser = sign_in("chloe@desk.example", "Managers")
    for _ in range(2):
        assert browser.get("/boards/").status_code == 200
    looks = store().read(lambda tx: accesses_of(tx, "team desk"))
    assert [(look.reader, look.purpose) for look in looks] == [("chloe@desk.example", "study")] * 2
    assert store().read(lambda tx: accesses_of(tx, "team night")) == []


def test_the_page_says_what_it_is_not_and_names_nobody(at_work, sign_in):
    page = sign_in("chloe@desk.example", "Managers").get("/boards/").content.decode()
    assert "These are counts, not effects" in page
    assert "Fewer than 5 people: not shown." in page
    assert not [id for id in (*DESK, "gus", "hana") if f">{id.title()}<" in page]


def test_learners_and_authors_do_not_see_the_boards(at_work, sign_in):
    assert sign_in("ana@desk.example").get("/boards/").status_code == 403
    assert sign_in("ines@desk.example", "Authors").get("/boards/").status_code == 403
