"""States as they are stored: short, the same when read back, and read where an older Midflow wrote them."""

import random

import msgspec

from midflow.core.learner.evidence import Answered, Offered, Worked, apply, trace
from midflow.core.learner.memory import GOOD, Memory, review
from midflow.core.learner.response import Norms, look
from midflow.core.learner.state import LearnerState
from midflow.store.states import LARGEST_PLAIN, decode, encode

NOW = 1_790_000_000.0
DAY = 86_400.0


def somebody(checks: int, draw: random.Random) -> LearnerState:
    """Somebody who has answered so many checks of 20 skills, four times each on average."""
    state, now = LearnerState(), NOW
    for number in range(4 * checks):
        place = number if number < checks else draw.randrange(checks)
        check, skill = f"issue-a-refund-{place // 2}#{('why', 'when')[place % 2]}", f"skill-{place % 20}"
        now += draw.random() * DAY
        view = look(trace(state, check, skill), Norms(), now)
        state = apply(
            state,
            Answered(
                check=check, grade=draw.choice((1, 3, 3, 4)), time=now, skill=skill,
                expected=view.expected, without_item=view.without_item,
            ),
        )  # fmt: skip
    for task in range(10):
        state = apply(state, Worked(task=f"task-{task}", wrong=task % 3 == 0, time=now))
    return apply(
        state, Offered(decision="1", unit="u", task="t", time=now, expires=now + 60, shown=True, charged=True)
    )


def test_a_state_is_the_same_when_it_is_read_back() -> None:
    for checks in (0, 1, 40, 200):
        state = somebody(checks, random.Random(checks))
        assert decode(encode(state)) == state


def test_a_person_with_200_checks_takes_at_most_eight_kilobytes_or_four_compressed() -> None:
    for checks in (50, 100, 150, 200):
        size = len(encode(somebody(checks, random.Random(1))))
        assert size <= LARGEST_PLAIN + 1
    assert size <= 4096


def test_a_state_that_schema_2_wrote_is_read() -> None:
    memory = review(review(None, GOOD, NOW), GOOD, NOW + 3 * DAY)
    old = {
        "memories": {"hold#why": msgspec.structs.asdict(memory)},
        "tasks": {"hold": {"begun": 2.0, "erred": 1.0, "as_of": NOW, "times": 2, "errors": 1, "last": NOW, "last_error": NOW}},
        "units": {"hold": {"shown": 1, "ignored": 0, "last": NOW, "known": False, "irrelevant": False, "completed": 0.0}},
        "charges": [{"time": NOW, "decision": "7"}],
        "open": {"decision": "7", "unit": "hold", "expires": NOW + 60},
        "seen": NOW,
    }  # fmt: skip
    state = decode(msgspec.msgpack.encode(old))
    found: Memory = state.memories["hold#why"]
    assert (found.reviews, found.right, round(found.stability, 2)) == (2, 2, round(memory.stability, 2))
    assert state.tasks["hold"].times == 2
    assert state.units["hold"].shown == 1
    assert state.charges[0].decision == "7"
    assert state.open is not None
    assert state.open.unit == "hold"
    assert decode(encode(state)) == state
