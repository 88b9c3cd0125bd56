"""An index of conditions by what they demand: an event finds the ones that may hold."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isnan
from typing import Any, TypeVar

from midflow.core.match.demands import Demand, Key, settled

SMALL = 8
"""Rules that share all that was asked so far are told apart by trying them up to this number."""

Asked = tuple[int, tuple[Demand, ...]]
"""A rule's place, and what it still demands."""


Found = TypeVar("Found")
ByField = dict[str, dict[str, Found]]
"""What is asked, by variable and field."""

Bounds = list[tuple[float, int]]
"""Values that a field must reach or stay under, in order, each with the place of a rule."""


class Index:
    """Rules by one of their demands each: the one that the fewest others share.

    Those that share a value are told apart by their other demands in an index
    of its own. What it costs to look up grows with the fields of the event and
    with the rules that are found, not with the rules that exist.
    """

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._rest: list[int] = []
        self._equal: ByField[dict[Any, Index | list[int]]] = {}
        self._has: ByField[dict[Any, list[int]]] = {}
        self._starts: ByField[dict[int, dict[str, list[int]]]] = {}
        self._over: ByField[Bounds] = {}
        self._under: ByField[Bounds] = {}
        self._build(list(asked))

    def candidates(self, variables: Mapping[str, Any]) -> list[int]:
        """Return the places of the rules that may hold of `variables`, in order."""
        found: list[int] = []
        self.collect(variables, found)
        return sorted(set(found))

    def _build(self, asked: Sequence[Asked]) -> None:
        shared = Counter(key for _, asks in asked for demand in asks for key in demand)
        by_key: dict[Key, list[Asked]] = {}
        for place, asks in asked:
            chosen = min(asks, key=lambda demand: _cost(demand, shared, len(asked)), default=None)
            if chosen is None:
                self._rest.append(place)
                continue
            left = tuple(demand for demand in asks if demand is not chosen)
            for key in chosen:
                by_key.setdefault(key, []).append((place, left))
        for key, listed in by_key.items():
            self._list(key, listed)
        for fields in (*self._over.values(), *self._under.values()):
            for bounds in fields.values():
                bounds.sort()

    def _list(self, key: Key, listed: list[Asked]) -> None:
        kind, variable, field, value = key
        places = [place for place, _ in listed]
        if kind == "is":
            values = self._equal.setdefault(variable, {}).setdefault(field, {})
            tell_apart = len(listed) > SMALL and any(left for _, left in listed)
            values[value] = Index(listed) if tell_apart else places
        elif kind == "has":
            self._has.setdefault(variable, {}).setdefault(field, {})[value] = places
        elif kind == "starts":
            lengths = self._starts.setdefault(variable, {}).setdefault(field, {})
            lengths.setdefault(len(value), {})[value] = places
        else:
            bounds = self._over if kind == "over" else self._under
            bounds.setdefault(variable, {}).setdefault(field, []).extend((value, place) for place in places)

    def collect(self, variables: Mapping[str, Any], found: list[int]) -> None:
        """Add the places of the rules that may hold to `found`, in any order, some of them twice."""
        found += self._rest
        for said, values in _met(self._equal, variables):
            here = values.get(settled(said))
            if isinstance(here, Index):
                here.collect(variables, found)
            elif here:
                found += here
        for said, values in _met(self._has, variables):
            if isinstance(said, list | dict):
                for inside in said:  # pyright: ignore[reportUnknownVariableType]
                    found += values.get(settled(inside), ())
        for said, lengths in _met(self._starts, variables):
            if isinstance(said, str):
                for length, texts in lengths.items():
                    found += texts.get(said[:length], ())
        self._collect_bounds(variables, found)

    def _collect_bounds(self, variables: Mapping[str, Any], found: list[int]) -> None:
        for said, bounds in _met(self._over, variables):
            number = _number(said)
            if number is not None:
                found += [place for _, place in bounds[: bisect_right(bounds, number, key=_bound)]]
        for said, bounds in _met(self._under, variables):
            number = _number(said)
            if number is not None:
                found += [place for _, place in bounds[bisect_left(bounds, number, key=_bound) :]]


def _met(asked: ByField[Found], variables: Mapping[str, Any]) -> Iterator[tuple[Any, Found]]:
    """What is asked of each field that is there, with the field's value."""
    for variable, fields in asked.items():
        said: Mapping[str, Any] = variables[variable]
        # Whichever are fewer, the fields that are asked for or those that there are.
        for field in fields if len(fields) <= len(said) else said:
            if field in fields and field in said:
                yield said[field], fields[field]


def _bound(pair: tuple[float, int]) -> float:
    return pair[0]


def _cost(demand: Demand, shared: Counter[Key], all_of_them: int) -> float:
    """About how many rules an event that meets the demand also meets; a bound is met by half of all events."""
    return sum(shared[key] if key.kind in ("is", "has", "starts") else all_of_them / 2 for key in demand)


def _number(value: Any) -> float | None:
    number = settled(value)
    return number if isinstance(number, float) and not isnan(number) else None
