"""The editor of a rule's condition: rows for whoever knows no CEL, and a line of CEL for whoever does.

The rows that a browser sends are plain: a field as it is named, what is asked of it, values as they
were typed, and whether these are text, numbers or yes and no. The core writes the condition.
"""

import time

import msgspec
from django.core.exceptions import ValidationError
from django.forms import Media, Script, TextInput
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.admin.widgets import AdminAutoHeightTextInput

from midflow.core.match import gate
from midflow.core.match.builder import Join, Op, Row, RowError, Rows, name_of, path_of, read, write
from midflow.studio.authoring.plain_words import about_condition

TESTER = {"js": [Script("studio/tester.js", type="module")], "css": ["studio/tester.css"]}
"""What a page needs whose content can be tried. As modules, two scripts keep their names to themselves."""

NUMERIC: tuple[Op, ...] = ("more_than", "less_than")
OPS: tuple[tuple[Op, str], ...] = (
    ("is", "is"),
    ("is_not", "is not"),
    ("is_one_of", "is one of"),
    ("contains", "contains the text"),
    ("has_item", "has in its list"),
    ("more_than", "is more than"),
    ("less_than", "is less than"),
    ("exists", "exists"),
)
KINDS = (("text", "text"), ("number", "number"), ("yes_no", "yes or no"))


class EditorRow(msgspec.Struct):
    """One row as it stands in the browser."""

    field: str
    op: Op = "is"
    kind: str = "text"
    values: tuple[str, ...] = ()


class EditorRows(msgspec.Struct):
    """All rows as they stand in the browser."""

    join: Join = "all"
    rows: tuple[EditorRow, ...] = ()


def written(sent: EditorRows) -> str:
    """Return the condition in CEL. Raises RowError."""
    return write(Rows(join=sent.join, rows=tuple(_row(place, row) for place, row in enumerate(sent.rows))))


def rows_of(text: str) -> EditorRows | None:
    """Return the rows in which a condition is edited, None where it is left to whoever wrote it."""
    rows = read(text)
    if rows is None:
        return None
    found = [_editor_row(row) for row in rows.rows]
    return None if None in found else EditorRows(join=rows.join, rows=tuple(row for row in found if row))


def problem_with(text: str) -> str:
    """Return what the gate says of a condition, in an author's words; "" where it may be saved."""
    return about_condition(gate(text, timer=time.perf_counter) or "")


def _row(place: int, sent: EditorRow) -> Row:
    kind = "number" if sent.op in NUMERIC else "text" if sent.op == "contains" else sent.kind
    values = () if sent.op == "exists" else tuple(_value(place, kind, value) for value in sent.values)
    return Row(path=path_of(sent.field), op=sent.op, values=values)


def _value(place: int, kind: str, typed: str):
    if kind == "yes_no":
        return typed == "yes"
    if kind == "text":
        return typed
    for number in (int, float):
        try:
            return number(typed.strip())
        except ValueError:
            continue
    raise RowError(place, "Write a number.")


def _editor_row(row: Row) -> EditorRow | None:
    """None for what the page's fields cannot hold: a line break, or values of several kinds."""
    kinds = {_kind(value) for value in row.values}
    values = tuple(_typed(value) for value in row.values)
    if len(kinds) > 1 or any(value.splitlines() not in ([value], []) for value in values):
        return None
    return EditorRow(field=name_of(row.path), op=row.op, kind=next(iter(kinds), "text"), values=values)


def _kind(value) -> str:
    return "yes_no" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def _typed(value) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


class ConditionWidget(TextInput):
    """The line of CEL, and beside it the rows, which the page's script brings to life."""

    sent: tuple[str, str] | None = None
    """How the condition came and its rows, where a form is shown again."""

    def render(self, name, value, attrs=None, renderer=None):
        value = "true" if value is None else value
        rows = rows_of(value)
        by, sent = self.sent or (
            "hand" if rows is None else "rows",
            msgspec.json.encode(rows or EditorRows()).decode(),
        )
        return render_to_string(
            "authoring/condition.html",
            {
                "name": name,
                "line": super().render(name, value, attrs, renderer),
                "by": by,
                "rows": sent,
                "ops": OPS,
                "kinds": KINDS,
                "condition_url": reverse("rule_condition"),
            },
        )  # fmt: skip

    @property
    def media(self):
        return Media(
            js=[Script("studio/rule.js", type="module"), *TESTER["js"]],
            css={"all": ["studio/rule.css", *TESTER["css"]]},
        )


class EventTypesWidget(AdminAutoHeightTextInput):
    """Event types one a line, with those seen lately to choose from."""

    def get_context(self, name, value, attrs):
        found = super().get_context(name, value, attrs)
        found["widget"]["attrs"]["data-seen-url"] = reverse("rule_seen")
        return found


def condition_sent(data, name="when") -> str:
    """Return the condition that a form carries. Raises ValidationError naming the row."""
    if data.get(f"{name}-by") != "rows":
        return data.get(name, "")
    try:
        return written(msgspec.json.decode(data.get(f"{name}-rows") or "{}", type=EditorRows))
    except RowError as error:
        raise ValidationError(f"Row {error.place + 1}: {error}") from None
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise ValidationError("The rows could not be read. Reload the page.") from None
