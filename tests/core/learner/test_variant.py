"""Options stand elsewhere each time, and the answer is what stays."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.variant import options_order


@given(st.text(max_size=8), st.text(max_size=8), st.integers(0, 60), st.integers(0, 6))
def test_every_option_stands_somewhere_and_moves_from_one_showing_to_the_next(
    person: str, check: str, shown: int, options: int
) -> None:
    order = options_order(person, check, shown=shown, options=options)
    assert sorted(order) == list(range(options))
    assert order == options_order(person, check, shown=shown, options=options)
    after = options_order(person, check, shown=shown + 1, options=options)
    if options > 1:
        assert all(a != b for a, b in zip(order, after, strict=True))


@given(st.text(max_size=8), st.integers(2, 6), st.integers(0, 4))
def test_each_option_stands_in_each_place_once_in_a_round(person: str, options: int, around: int) -> None:
    shown = [options_order(person, "c", shown=around * options + n, options=options) for n in range(options)]
    for place in range(options):
        assert sorted(order[place] for order in shown) == list(range(options))


def test_the_first_place_is_as_often_each_options() -> None:
    first = Counter(options_order(f"p{n}", "c", shown=0, options=4)[0] for n in range(2000))
    assert all(400 < count < 600 for count in first.values())
    assert len({options_order("ana", f"c{n}", shown=0, options=4) for n in range(200)}) == 24
