"""Steps anchored to elements of the host tool: what to click and fill in, shown beside it."""

import re
from typing import Annotated, Literal

import msgspec

from midflow.core.content.block import BlockKind, reading_seconds
from midflow.core.content.model import Problem, Title, Value

Short = Annotated[str, msgspec.Meta(max_length=80)]


class Attribute(Value):
    """An attribute that the host's developers wrote on purpose."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    value: Short


class Place(Value):
    """An element of a page, as the picker describes it; the more is filled in, the more surely it is found again.

    `tag` is its HTML name, `name` what a screen reader calls it, `near` texts
    around it that tell it from others of its name, `page` some words of the
    page, `path` the way outwards through the boxes that it lies in.
    """

    tag: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    role: Short = ""
    name: Short = ""
    attributes: tuple[Attribute, ...] = ()
    near: tuple[Short, ...] = ()
    page: tuple[Short, ...] = ()
    path: tuple[Short, ...] = ()


class Anchor(Place):
    """Where in the host tool a step points to. `within`: the frames or components around it, the outermost first."""

    within: tuple[Place, ...] = ()


PICKED = {
    "pasted": "What the picker copied: open the tool with #midflow-pick at the end of its address, click the element, copy."
}
"""An author pastes an anchor whole, and does not fill it in field by field."""


class GuideStep(Value):
    """`do` is an instruction, `detail` (Markdown) says how. Without an anchor the step is a card beside the work.

    `done` says what ends it: the person says so (`next`), clicks the element,
    gives it a value (`value`, or any), or comes to a page whose address holds
    `value`.
    """

    do: Title
    anchor: Annotated[Anchor | None, msgspec.Meta(extra=PICKED)] = None
    detail: str = ""
    done: Literal["next", "click", "value", "navigation"] = "next"
    value: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Guide(Value):
    steps: tuple[GuideStep, ...]
    title: str = ""


MAX_STEPS = 9
MADE_UP = re.compile(
    r"^[:«_]|^(?:ember|ext-|gwt-|yui|cke_|mui-|radix-|headlessui|react-|ng-|svelte-|css-|sc-|select2-|ui-id-|dijit|rc[-_])"
    r"|\d{3,}|[0-9a-f]{8}-[0-9a-f]{4}-",
    re.IGNORECASE,
)
"""Values that programs make up anew each time, such as counters and hashes."""


def lint(body: Guide, where: str) -> list[Problem]:
    found: list[Problem] = []

    def wrong(message: str, remedy: str, severity: Literal["error", "warning"] = "error") -> None:
        found.append(Problem(where=where, line=0, message=message, remedy=remedy, severity=severity))

    if not body.steps:
        wrong("There are no steps.", "Add at least one step.")
    if len(body.steps) > MAX_STEPS:
        wrong(
            f"{len(body.steps)} steps are more than fit in one unit.",
            f"Split the guide after at most {MAX_STEPS} steps.",
            "warning",
        )
    for number, step in enumerate(body.steps, 1):
        if step.done in ("click", "value") and step.anchor is None:
            wrong(
                f"Step {number} ends by '{step.done}' but points nowhere.",
                "Pick its element, or let it end by `next`.",
            )
        if step.done == "navigation" and not step.value:
            wrong(
                f"Step {number} ends by an address but does not say which.",
                "Fill in `value`: a part of the address.",
            )
        for place in (step.anchor, *step.anchor.within) if step.anchor else ():
            for made in _made_up(place):
                wrong(
                    f"Step {number} points by {made.name}=“{made.value}”, which looks made up by a program.",
                    "Remove it: it will be another one tomorrow.",
                )
            if not (place.name or place.attributes or place.near):
                wrong(
                    f"Step {number} points to a {place.tag} by its place alone.",
                    "Give its name or an attribute: places change.",
                    "warning",
                )
    return found


def _made_up(place: Place) -> list[Attribute]:
    return [one for one in place.attributes if one.name != "href" and MADE_UP.search(one.value)]


def text(body: Guide) -> str:
    lines = [body.title, *(f"{step.do} {step.detail}" for step in body.steps)]
    return "\n".join(line.strip() for line in lines if line.strip())


def seconds(body: Guide) -> float:
    return reading_seconds(text(body)) + 8 * len(body.steps)


BLOCK = BlockKind(kind="guide", shape=Guide, seconds=seconds, text=text, lint=lint)
