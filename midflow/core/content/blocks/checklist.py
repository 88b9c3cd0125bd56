"""Items ticked in a run that is bound to one case."""

from collections.abc import Sequence
from typing import Any

from midflow.core.content.block import BlockKind, Score, reading_seconds
from midflow.core.content.model import Problem, Slug, Title, Value


class Item(Value):
    """`required`: a run without it is not complete."""

    id: Slug
    text: Title
    detail: str = ""
    required: bool = True


class Checklist(Value):
    items: tuple[Item, ...]
    title: str = ""


def lint(body: Checklist, where: str) -> list[Problem]:
    ids = [item.id for item in body.items]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    found = [
        Problem(
            where=where, line=0, message=f"Two items have the id '{i}'.", remedy="Give each item its own id."
        )
        for i in twice
    ]
    if not ids:
        found.append(
            Problem(where=where, line=0, message="The checklist has no items.", remedy="Add an item.")
        )
    return found


def text(body: Checklist) -> str:
    lines = [body.title, *(f"{i.text} {i.detail}" for i in body.items)]
    return "\n".join(line.strip() for line in lines if line.strip())


def seconds(body: Checklist) -> float:
    return reading_seconds(text(body)) + 3 * len(body.items)


def score(body: Checklist, answer: Any) -> Score:
    """`answer` is the list of the ids ticked; complete when every required one is."""
    if not isinstance(answer, Sequence) or isinstance(answer, str):
        raise ValueError("a checklist is answered with the list of the ids that are ticked")
    unknown = sorted({str(i) for i in answer} - {item.id for item in body.items})
    if unknown:
        raise ValueError(f"no such item: {', '.join(unknown)}")
    required = [item.id for item in body.items if item.required]
    ticked = [i for i in required if i in answer]
    points = len(ticked) / len(required) if required else 1.0
    return Score(correct=len(ticked) == len(required), points=points)


BLOCK = BlockKind(kind="checklist", shape=Checklist, seconds=seconds, text=text, lint=lint, score=score)
