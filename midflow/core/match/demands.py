"""What a condition demands: read from its text, so that rules are looked up instead of tried one by one.

A demand is a list of keys of which one must be true of the event, or the condition
cannot hold. What is not understood demands nothing, and such a rule is tried each
time; so an index of demands leaves out no rule that matches.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from math import inf
from typing import Any, Literal, NamedTuple

Kind = Literal["is", "has", "starts", "over", "under"]


class Key(NamedTuple):
    """One thing to be true of an event: a field that is, has in it, starts with, or lies over or under a value.

    `over` and `under` include the value itself. `value` is as `settled` makes it.
    """

    kind: Kind
    variable: str
    field: str
    value: Any


Demand = tuple[Key, ...]


def demands(text: str) -> tuple[Demand, ...]:
    """Return what must be true for the condition `text` (CEL) to hold: one key of each demand."""
    code = _masked(text)
    return tuple(_all_of(text, code)) if code is not None else ()


def settled(value: Any) -> Any:
    """Return a value as one that equals another where CEL says so; None for what is never asked for.

    CEL compares 1 and 1.0 as equal, and true and 1 not; Python takes all three for one.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return (value,)
    if isinstance(value, int | float):
        return as_float(value)
    return None


def as_float(number: float) -> float:
    """Return a number as a float; one too large for that is infinite."""
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf


_FIELD = r"(?P<variable>data|event|person|before)\.(?P<field>[A-Za-z_]\w*)"
_LITERAL = r"""(?:"[^"\\]*"|'[^'\\]*'|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?|true|false)"""
_EQUAL = re.compile(rf"{_FIELD}\s*==\s*(?P<value>{_LITERAL})")
_EQUAL_TURNED = re.compile(rf"(?P<value>{_LITERAL})\s*==\s*{_FIELD}")
_IN = re.compile(rf"{_FIELD}\s+in\s+\[\s*(?P<values>(?:{_LITERAL}\s*(?:,\s*{_LITERAL}\s*)*)?)\]")
_COMPARED = re.compile(rf"{_FIELD}\s*(?P<sign>[<>]=?)\s*(?P<value>{_LITERAL})")
_COMPARED_TURNED = re.compile(rf"(?P<value>{_LITERAL})\s*(?P<sign>[<>]=?)\s*{_FIELD}")
_STARTS = re.compile(rf"{_FIELD}\.startsWith\(\s*(?P<value>{_LITERAL})\s*\)")
_HAS = re.compile(rf"(?P<value>{_LITERAL})\s+in\s+{_FIELD}")
_EXISTS = re.compile(rf"{_FIELD}\.exists\(\s*(\w+)\s*,\s*\3\s*==\s*(?P<value>{_LITERAL})\s*\)")
_TRUTH = re.compile(rf"(?P<no>!?)\s*{_FIELD}")
_EACH = re.compile(_LITERAL)


def _masked(text: str) -> str | None:
    """The text with what stands in quotes blanked out; None where quotes or comments are of a rarer kind."""
    found: list[str] = []
    quote, skip = "", False
    for place, char in enumerate(text):
        inside = bool(quote)
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            if text[place - 1 : place].isalnum() or text.startswith(char * 3, place):
                return None  # raw, bytes, or over several lines
            quote = char
        found.append("x" if inside else char)
    code = "".join(found)
    return None if quote or "//" in code else code


def _all_of(text: str, code: str) -> Iterator[Demand]:
    """The demands of an expression: each part joined by && brings its own."""
    text, code = _bare(text, code)
    either = _split(text, code, "||")
    if _at_depth_0(code, "?"):
        return
    if len(either) > 1:
        yield from _one_of(either)
        return
    parts = _split(text, code, "&&")
    if len(parts) > 1:
        for part in parts:
            yield from _all_of(*part)
        return
    found = _keys(text)
    if found is not None:
        yield found


def _one_of(parts: list[tuple[str, str]]) -> Iterator[Demand]:
    """Where one part of several must hold, the first demands of all of them make one."""
    firsts = [next(_all_of(*part), None) for part in parts]
    keys: list[Key] = []
    for demand in firsts:
        if demand is None:
            return
        keys += demand
    yield tuple(dict.fromkeys(keys))


def _keys(term: str) -> Demand | None:
    """The keys of a single comparison, None where it is of another kind."""
    found = _EQUAL.fullmatch(term) or _EQUAL_TURNED.fullmatch(term)
    if found:
        return _made("is", found, [found["value"]])
    if found := _IN.fullmatch(term):
        return _made("is", found, _EACH.findall(found["values"]))
    if found := _HAS.fullmatch(term) or _EXISTS.fullmatch(term):
        return _made("has", found, [found["value"]])
    if found := _STARTS.fullmatch(term):
        return _made("starts", found, [found["value"]]) if found["value"][0] in "\"'" else None
    if found := _COMPARED.fullmatch(term):
        return _compared(found, above=found["sign"][0] == ">")
    if found := _COMPARED_TURNED.fullmatch(term):
        return _compared(found, above=found["sign"][0] == "<")
    if found := _TRUTH.fullmatch(term):
        return _made("is", found, ["false" if found["no"] else "true"])
    return None


def _compared(found: re.Match[str], *, above: bool) -> Demand | None:
    number = found["value"][0] not in "\"'tf"
    return _made("over" if above else "under", found, [found["value"]]) if number else None


def _made(kind: Kind, found: re.Match[str], values: list[str]) -> Demand | None:
    keys = [Key(kind, found["variable"], found["field"], _read(value)) for value in values]
    return None if any(key.value is None for key in keys) else tuple(dict.fromkeys(keys))


def _read(literal: str) -> Any:
    if literal[0] in "\"'":
        return literal[1:-1]
    if literal in ("true", "false"):
        return settled(literal == "true")
    return settled(float(literal.removesuffix("u")))


def _bare(text: str, code: str) -> tuple[str, str]:
    """An expression without blanks and brackets around it."""
    while True:
        begin = len(code) - len(code.lstrip())
        text, code = text[begin : len(code.rstrip())], code.strip()
        if not (code.startswith("(") and code.endswith(")") and _closes_last(code)):
            return text, code
        text, code = text[1:-1], code[1:-1]


def _closes_last(code: str) -> bool:
    """Whether the bracket that opens first closes last."""
    depth = 0
    for place, char in enumerate(code):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return place == len(code) - 1
    return False


def _depths(code: str) -> Iterator[tuple[int, str, int]]:
    depth = 0
    for place, char in enumerate(code):
        depth += (char in "([{") - (char in ")]}")
        yield place, char, depth


def _at_depth_0(code: str, wanted: str) -> bool:
    return any(char == wanted and depth == 0 for _, char, depth in _depths(code))


def _split(text: str, code: str, mark: str) -> list[tuple[str, str]]:
    """The parts of an expression between the marks (&& or ||) that stand in no bracket."""
    cuts = [p for p, _, depth in _depths(code) if depth == 0 and code.startswith(mark, p)]
    edges = [-len(mark), *cuts, len(code)]
    return [(text[begin + len(mark) : end], code[begin + len(mark) : end]) for begin, end in pairwise(edges)]
