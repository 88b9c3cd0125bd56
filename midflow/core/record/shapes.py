"""The small engine that walks the tables of objects.py.

A check is called with a value and raises RecordError. The path in the error is put together on the way
out of nested checks, so that nothing is spent on it while all is well.
"""

from collections.abc import Callable, Mapping
from typing import Any

from midflow.core.record.problem import RecordError
from midflow.core.record.values import wrong

Check = Callable[[Any], None]


class Shape:
    """The table of one object: what it may have, how that is checked, what it must have, and its rules."""

    __slots__ = ("members", "name", "required", "rules", "section")

    def __init__(
        self,
        name: str,
        section: str,
        members: Mapping[str, Check],
        *,
        required: tuple[str, ...] = (),
        rules: tuple[Check, ...] = (),
    ) -> None:
        self.name = name
        self.section = section
        self.members = dict(members)
        self.required = required
        self.rules = rules

    def __call__(self, value: Any) -> None:
        """Check one value."""
        if type(value) is not dict:
            raise wrong(value, f"{self.name}, as an object", self.section)
        members = self.members
        key = ""
        try:
            for key, item in value.items():
                check = members.get(key)
                if check is None:
                    raise self._unknown(key)
                check(item)
        except RecordError as error:
            error.within(key)
            raise
        for key in self.required:
            if key not in value:
                raise RecordError(f'{self.name} needs "{key}"', section=self.section)
        for rule in self.rules:
            rule(value)

    def _unknown(self, key: str) -> RecordError:
        close = [name for name in self.members if name.lower() == key.lower()]
        remedy = f'; write "{close[0]}"' if close else f"; {self.name} has {', '.join(self.members)}"
        return RecordError(f"is not a member of {self.name}{remedy}", section=self.section)


class ByType:
    """An object whose table depends on its objectType."""

    __slots__ = ("absent", "name", "section", "shapes")

    def __init__(self, name: str, section: str, shapes: Mapping[str, Check], *, absent: str | None) -> None:
        self.name = name
        self.section = section
        self.shapes = dict(shapes)
        self.absent = absent

    def __call__(self, value: Any) -> None:
        """Check one value."""
        if type(value) is not dict:
            raise wrong(value, f"{self.name}, as an object", self.section)
        kind = value.get("objectType", self.absent)
        shape = self.shapes.get(kind) if type(kind) is str else None
        if shape is None:
            error = wrong(kind, " or ".join(self.shapes), self.section)
            error.within("objectType")
            raise error
        shape(value)


class ListOf:
    """An array whose items all follow one check."""

    __slots__ = ("check", "least", "name", "section")

    def __init__(self, name: str, section: str, check: Check, *, least: int = 0) -> None:
        self.name = name
        self.section = section
        self.check = check
        self.least = least

    def __call__(self, value: Any) -> None:
        """Check one value."""
        if type(value) is not list:
            raise wrong(value, f"an array of {self.name}", self.section)
        if len(value) < self.least:
            raise RecordError(f"must have at least {self.least} of {self.name}", section=self.section)
        check = self.check
        item = None
        try:
            for item in value:
                check(item)
        except RecordError as error:
            error.within(next(place for place, other in enumerate(value) if other is item))
            raise


class MapOf:
    """An object with free keys: a check for the keys, and one for the values."""

    __slots__ = ("key", "least", "name", "section", "value")

    def __init__(self, name: str, section: str, key: Check, value: Check | None, *, least: int = 0) -> None:
        self.name = name
        self.section = section
        self.key = key
        self.value = value
        self.least = least

    def __call__(self, value: Any) -> None:
        """Check one value."""
        if type(value) is not dict:
            raise wrong(value, f"{self.name}, as an object", self.section)
        if len(value) < self.least:
            raise RecordError(f"must have at least {self.least} entry", section=self.section)
        check_key, check_value = self.key, self.value
        key = ""
        try:
            for key, item in value.items():
                check_key(key)
                if check_value is not None:
                    check_value(item)
        except RecordError as error:
            error.within(key)
            raise


class OneOf:
    """A string out of a few."""

    __slots__ = ("allowed", "section")

    def __init__(self, section: str, *allowed: str) -> None:
        self.section = section
        self.allowed = frozenset(allowed)

    def __call__(self, value: Any) -> None:
        """Check one value."""
        if type(value) is not str or value not in self.allowed:
            raise wrong(value, " or ".join(sorted(self.allowed)), self.section)
