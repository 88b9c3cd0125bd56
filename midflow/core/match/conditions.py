"""Conditions in CEL (Common Expression Language), gated when they are saved.

The evaluator has no cost limit, so what could run long is refused before it is
stored: the text is short, macros nest at most two deep, only known names occur,
and a trial run on the largest data an event may carry stays within a bound.
"""

from collections.abc import Callable, Mapping
from typing import Any

import cel

from midflow.core.events import MAX_ITEMS
from midflow.core.match.demands import as_float, demands

NAMES = ("event", "data", "case", "person", "before")
"""The variables of a condition: the event's context, its data, its case, the person,
and what happened before it in the same case."""

MAX_LENGTH = 500
MAX_MACRO_DEPTH = 2
TRIAL_SECONDS = 0.02

_MACROS = ("all", "exists", "exists_one", "map", "filter")
_EAGER_MISSES = (KeyError, TypeError, ValueError, RuntimeError, IndexError, OverflowError, ZeroDivisionError)


class Condition:
    """A compiled condition. A field that the event lacks makes it false.

    `reads`: which of `NAMES` it reads. `demands`: without which it cannot hold.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._always = text.strip() == "true"
        self._program = None if self._always else cel.compile(text)
        self.demands = demands(text)
        self.reads = frozenset(NAMES).intersection(self._program.variables() if self._program else ())

    def holds(self, context: cel.Context) -> bool:
        """Return whether the condition is true; an error of evaluation counts as false."""
        if self._program is None:
            return True
        try:
            return self._program.execute(context) is True
        except _EAGER_MISSES:
            return False


def context(variables: Mapping[str, Any]) -> cel.Context:
    """Return the evaluation context shared by all rules of one event."""
    try:
        return cel.Context(dict(variables))
    except ValueError:
        return cel.Context(_narrowed(dict(variables)))


def _narrowed(value: Any) -> Any:
    """A value without the whole numbers that CEL has no room for: they become floats."""
    if isinstance(value, dict):
        return {name: _narrowed(inside) for name, inside in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_narrowed(inside) for inside in value]  # pyright: ignore[reportUnknownVariableType]
    return as_float(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


def gate(text: str, *, timer: Callable[[], float] | None = None) -> str | None:
    """Return None when the condition may be saved, else what is wrong and the remedy.

    `timer` returns seconds of a monotonic clock; with it a trial run over the
    largest lists an event may carry is timed against `TRIAL_SECONDS`.
    """
    if len(text) > MAX_LENGTH:
        return f"The condition has {len(text)} characters; at most {MAX_LENGTH} are allowed. Split it into two rules."
    depth = macro_depth(text)
    if depth > MAX_MACRO_DEPTH:
        return f"Macros are nested {depth} deep; at most {MAX_MACRO_DEPTH}. Test one list at a time."
    try:
        program = cel.compile(text)
    except ValueError as error:
        return f"Not a CEL expression: {_first_line(error)}"
    unknown = sorted(set(program.variables()) - set(NAMES) - _bound_names(text))
    if unknown:
        return f"Unknown name: {', '.join(unknown)}. Known are {', '.join(NAMES)}."
    return _trial(program, text, timer) if timer else None


def macro_depth(text: str) -> int:
    """Return how deep list macros (`all`, `exists`, `map`, ...) are nested in a condition."""
    depth = deepest = 0
    opened: list[bool] = []
    for position, char in _code(text):
        if char == "(":
            is_macro = _word_before(text, position) in _MACROS
            opened.append(is_macro)
            depth += is_macro
            deepest = max(deepest, depth)
        elif char == ")" and opened:
            depth -= opened.pop()
    return deepest


def _code(text: str) -> list[tuple[int, str]]:
    """Positions and characters of `text` outside of string literals."""
    found: list[tuple[int, str]] = []
    quote = ""
    skip = False
    for position, char in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            found.append((position, char))
    return found


def _word_before(text: str, position: int) -> str:
    start = position
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    dotted = text[:start].rstrip().endswith(".")
    return text[start:position] if dotted else ""


def _bound_names(text: str) -> set[str]:
    """The names that macros bind: the first argument of each macro call."""
    names: set[str] = set()
    for position, char in _code(text):
        if char == "(" and _word_before(text, position) in _MACROS:
            names.add(text[position + 1 :].split(",", 1)[0].strip())
    return names


def _trial(program: cel.Program, text: str, timer: Callable[[], float]) -> str | None:
    fields = {word for word in _words(text) if word not in NAMES}
    row = dict.fromkeys(fields, "x" * 40)
    data = {name: [row] * MAX_ITEMS for name in fields}
    shared = context({"event": row, "data": data, "case": "x", "person": {"roles": ["x"] * MAX_ITEMS}})
    started = timer()
    try:
        program.execute(shared)
    except _EAGER_MISSES:
        return None
    if timer() - started > TRIAL_SECONDS:
        return f"A trial run took longer than {TRIAL_SECONDS * 1000:.0f} ms. Test fewer elements."
    return None


def _words(text: str) -> set[str]:
    outside = dict(_code(text))
    kept = (outside.get(position, " ") for position in range(len(text)))
    return set("".join(char if char.isalnum() or char == "_" else " " for char in kept).split())


def _first_line(error: Exception) -> str:
    return str(error).split("ERROR:", 1)[-1].splitlines()[0].strip()
