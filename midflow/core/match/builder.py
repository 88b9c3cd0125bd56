"""Rows such as “status - is - held”, written as a condition in CEL and read back from one.

Only what rows can say is read: fields compared with values, all joined by `&&` or all by `||`.
Everything else is for whoever writes CEL by hand.
"""

import re
from collections.abc import Callable
from typing import Literal, TypeVar

from midflow.core.content.model import Value

Scalar = str | bool | int | float
Op = Literal["is", "is_not", "is_one_of", "contains", "has_item", "more_than", "less_than", "exists"]
Join = Literal["all", "any"]
ROOTS = ("data", "event", "before", "person", "case")
"""What a field may be of; `case` is a field by itself."""

RESERVED = ("in", "true", "false", "null")
"""Words of CEL that cannot stand after a dot."""

_SIGN: dict[Op, str] = {"is": "==", "is_not": "!=", "more_than": ">", "less_than": "<"}
_OP_OF: dict[str, Op] = {sign: op for op, sign in _SIGN.items()}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN = re.compile(r'[^\s."\[\]\\](?:[^."\[\]\\\n\r]*[^\s."\[\]\\])?')
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\')'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>&&|\|\||==|!=|[<>()\[\],.!]))",
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


T = TypeVar("T")


class Row(Value):
    """One comparison. `path` leads to the field, as ("data", "status"); `exists` takes no value, `is_one_of` several."""

    path: tuple[str, ...]
    op: Op = "is"
    values: tuple[Scalar, ...] = ()


class Rows(Value):
    """Comparisons of which all must hold, or any; without a row everything does."""

    join: Join = "all"
    rows: tuple[Row, ...] = ()


class RowError(ValueError):
    """A row that cannot be written: its place from 0, and what to do."""

    def __init__(self, place: int, remedy: str) -> None:
        super().__init__(remedy)
        self.place = place


class _UnreadError(Exception):
    """A condition that rows cannot say."""


def write(rows: Rows) -> str:
    """Return the condition in CEL; `read` is the inverse. Raises RowError."""
    if not rows.rows:
        return "true"
    found: list[str] = []
    for place, row in enumerate(rows.rows):
        wrong = _wrong(row)
        if wrong:
            raise RowError(place, wrong)
        found.append(_comparison(row))
    return (" && " if rows.join == "all" else " || ").join(found)


def read(text: str) -> Rows | None:
    """Return the rows of a condition, None where rows cannot say it."""
    try:
        return _Reader(text).rows()
    except _UnreadError:
        return None


def name_of(path: tuple[str, ...]) -> str:
    """Return a field as an author reads it: `status` for data.status, `before.status`, `data["a.b"]`."""
    short = path[1:] if path[0] == "data" and len(path) > 1 and path[1] not in ROOTS else path
    if all(_PLAIN.fullmatch(part) for part in short):
        return ".".join(short)
    return path[0] + "".join(f"[{_literal(part)}]" for part in path[1:])


def path_of(name: str) -> tuple[str, ...]:
    """Return the path of a field as an author writes it; () where it is none. The inverse of `name_of`."""
    head, bracket, _ = name.strip().partition("[")
    parts = head.split(".")
    if not all(_PLAIN.fullmatch(part) for part in parts):
        return ()
    inside: list[str] = []
    if bracket:
        try:
            inside = _Reader(name.strip()[len(head) :]).subscripts()
        except _UnreadError:
            return ()
    known = parts[0] in ROOTS and (len(parts) + len(inside) > 1 or parts[0] == "case")
    return (*(() if known else ("data",)), *parts, *inside)


def _wrong(row: Row) -> str | None:
    """What to do about a row, None where it is right."""
    if not row.path or row.path[0] not in ROOTS or (len(row.path) == 1) != (row.path[0] == "case"):
        return "Name a field."
    if any("\ud800" <= char <= "\udfff" for part in (*row.path, *row.values) for char in str(part)):
        return "Half a character cannot be compared with."
    if row.op == "exists":
        return "To exist takes no value." if row.values else None
    if row.op == "is_one_of":
        if not row.values:
            return "Give at least one value."
    elif len(row.values) != 1:
        return "Give one value."
    return next((said for said in (_wrong_value(row.op, value) for value in row.values) if said), None)


def _wrong_value(op: Op, value: Scalar) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if op in ("more_than", "less_than") and not number:
        return "Write a number."
    if op == "contains" and not (isinstance(value, str) and value):
        return "Write the text to look for."
    if isinstance(value, float) and not abs(value) < float("inf"):
        return "Write a number that is not endless."
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "The number is too large."
    return None


def _comparison(row: Row) -> str:
    path = _path(row.path)
    if row.op == "exists":
        return _exists(row.path)
    if row.op == "is_one_of":
        return f"{path} in [{', '.join(_literal(value) for value in row.values)}]"
    value = _literal(row.values[0])
    if row.op == "contains":
        return f"{path}.contains({value})"
    return f"{value} in {path}" if row.op == "has_item" else f"{path} {_SIGN[row.op]} {value}"


def _exists(path: tuple[str, ...]) -> str:
    if len(path) == 1:
        return f'{path[0]} != ""'
    return f"has({_path(path)})" if _dotted(path[-1]) else f"{_path(path)} != null"


def _path(path: tuple[str, ...]) -> str:
    return path[0] + "".join(f".{part}" if _dotted(part) else f"[{_literal(part)}]" for part in path[1:])


def _dotted(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) and part not in RESERVED


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    short = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    said = (short.get(char) or (char if char.isprintable() else f"\\U{ord(char):08x}") for char in value)
    return f'"{"".join(said)}"'


def _unescaped(literal: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        if code is None and found[3] in _UNESCAPED:
            return _UNESCAPED[found[3]]
        if code is None or int(code, 16) > 0x10FFFF:
            raise _UnreadError
        return chr(int(code, 16))

    return _ESCAPE.sub(one, literal[1:-1])


class _Reader:
    """Reads the tokens of a condition from left to right; gives up by _UnreadError."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = place = 0
        text = text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _UnreadError
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            place = found.end()

    def rows(self) -> Rows:
        if self._tokens == [("name", "true")]:
            return Rows()
        found = [self._comparison()]
        join = self._next()
        sign = join[1] if join else "&&"
        while join is not None:
            if join not in (("sign", "&&"), ("sign", "||")) or join[1] != sign:
                raise _UnreadError
            found.append(self._comparison())
            join = self._next()
        return Rows(join="all" if sign == "&&" else "any", rows=tuple(found))

    def subscripts(self) -> list[str]:
        found: list[str] = []
        while self._tokens[self._at :]:
            found.append(self._within("[", self._text, "]"))
        return found

    def _comparison(self) -> Row:
        if self._peek() == ("name", "has") and self._peek(1) == ("sign", "("):
            self._next()
            return self._checked(Row(path=self._within("(", self._path, ")"), op="exists"))
        if self._peek() == ("sign", "!"):
            self._next()
            return self._checked(Row(path=self._path(), values=(False,)))
        if self._peek()[0] != "name" or self._peek()[1] in ("true", "false"):
            return self._membership()
        path = self._path()
        if path[-1] == "contains" and self._peek() == ("sign", "("):
            value = self._within("(", self._text, ")")
            return self._checked(Row(path=path[:-1], op="contains", values=(value,)))
        if self._peek() == ("name", "in"):
            self._next()
            values = self._within("[", self._values, "]")
            return self._checked(Row(path=path, op="is_one_of", values=values))
        if self._peek() in (("", ""), ("sign", "&&"), ("sign", "||")):
            return self._checked(Row(path=path, values=(True,)))
        kind, sign = self._next() or ("", "")
        if kind != "sign" or sign not in _OP_OF:
            raise _UnreadError
        if (sign, self._peek()) == ("!=", ("name", "null")) and not _dotted(path[-1]):
            self._next()
            return self._checked(Row(path=path, op="exists"))
        value = self._value()
        if path == ("case",) and (sign, value) == ("!=", ""):
            return Row(path=path, op="exists")
        return self._checked(Row(path=path, op=_OP_OF[sign], values=(value,)))

    def _membership(self) -> Row:
        value = self._value()
        if self._next() != ("name", "in"):
            raise _UnreadError
        return self._checked(Row(path=self._path(), op="has_item", values=(value,)))

    def _checked(self, row: Row) -> Row:
        if _wrong(row):
            raise _UnreadError
        return row

    def _path(self) -> tuple[str, ...]:
        kind, root = self._next() or ("", "")
        if kind != "name":
            raise _UnreadError
        found = [root]
        while self._peek() in (("sign", "."), ("sign", "[")):
            if self._peek()[1] == "[":
                found.append(self._within("[", self._text, "]"))
                continue
            self._next()
            kind, part = self._next() or ("", "")
            if kind != "name" or part in RESERVED:
                raise _UnreadError
            found.append(part)
        return tuple(found)

    def _values(self) -> tuple[Scalar, ...]:
        found = [self._value()]
        while self._peek() == ("sign", ","):
            self._next()
            found.append(self._value())
        return tuple(found)

    def _value(self) -> Scalar:
        kind, said = self._next() or ("", "")
        if kind == "text":
            return _unescaped(said)
        if kind == "number":
            return float(said) if re.search(r"[.eE]", said) else int(said)
        if said not in ("true", "false"):
            raise _UnreadError
        return said == "true"

    def _text(self) -> str:
        value = self._value()
        if not isinstance(value, str):
            raise _UnreadError
        return value

    def _within(self, opening: str, inner: Callable[[], T], closing: str) -> T:
        if self._next() != ("sign", opening):
            raise _UnreadError
        found = inner()
        if self._next() != ("sign", closing):
            raise _UnreadError
        return found

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else ("", "")

    def _next(self) -> tuple[str, str] | None:
        found = self._peek()
        self._at += 1
        return found if found[0] else None
