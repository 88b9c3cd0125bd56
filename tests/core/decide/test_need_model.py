"""The fitted need's features: finite, in order, and no stranger to an empty record."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.decide.need_model import FEATURES, CaseFacts, NeedFacts, base_rate, features
from midflow.core.decide.sums import NOTHING as NO_SUMS
from midflow.core.decide.sums import Sums, begun, erred, kinds
from midflow.core.learner.state import TaskRecord, with_begun, with_error

NOW = 1_790_000_000.0
DAY = 86_400.0
NOTHING = NeedFacts(
    own=None, person=None, task=None, state=None, step=None, everyone=None, case=CaseFacts(), load=(0.0, 0.0)
)


def record(begun: int, erred: int) -> TaskRecord:
    found = TaskRecord()
    for n in range(begun):
        found = with_begun(found, NOW - (begun - n) * 3600)
    for n in range(erred):
        found = with_error(found, NOW - (erred - n) * 1800)
    return found


def test_of_a_stranger_at_an_unknown_task_all_rates_are_the_prior() -> None:
    found = features(NOTHING, NOW)
    assert len(found) == len(FEATURES)
    assert found[:6] == pytest.approx([found[0]] * 6)


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 400 * DAY), st.integers(0, 99))
def test_features_are_finite(begun: int, erred: int, later: float, rows: int) -> None:
    one = record(begun, erred)
    case = CaseFacts(rows=rows, people=rows, errors=rows, times=rows, first=NOW - DAY, last=NOW, mine=True)
    known = NeedFacts(
        own=one, person=one, task=one, state=one, step=None, everyone=one, case=case, load=(3.0, 9.0)
    )
    assert np.isfinite(features(known, NOW + later)).all()


def test_who_often_got_it_wrong_is_expected_to_again() -> None:
    good, bad = (
        features(
            NeedFacts(
                own=record(40, wrong), person=None, task=None, state=None, step=None, everyone=None,
                case=CaseFacts(), load=(0.0, 0.0),
            ),
            NOW,
        )[FEATURES.index("own")]
        for wrong in (0, 20)
    )  # fmt: skip
    assert bad > good + 1


def test_the_base_rate_is_shrunk_towards_everyone_and_fades() -> None:
    sums: dict[str, Sums] = {}
    day, of = 1000, kinds("mend", "", "")
    for _ in range(200):
        sums |= begun(sums, of, day * DAY)
    for _ in range(100):
        sums |= erred(sums, of._replace(everyone="nobody"), day * DAY)
    assert base_rate(NO_SUMS, NO_SUMS, day) == pytest.approx(0.1)
    assert base_rate(sums["mend"], sums[""], day) > 0.4
    assert base_rate(sums["mend"], sums[""], day + 28 * 12) < 0.11
