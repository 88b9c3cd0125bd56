"""Prose in Markdown."""

from midflow.core.content.block import BlockKind, reading_seconds
from midflow.core.content.model import Problem, Value


class Text(Value):
    """`markdown`: paragraphs, lists, emphasis, links, tables. Raw HTML is shown as text."""

    markdown: str


MAX_WORDS = 220


def lint(body: Text, where: str) -> list[Problem]:
    words = len(body.markdown.split())
    if words == 0:
        return [
            Problem(where=where, line=0, message="The text is empty.", remedy="Write it or remove the block.")
        ]
    if words > MAX_WORDS:
        return [
            Problem(
                where=where,
                line=0,
                severity="warning",
                message=f"{words} words in one text block; people skim past {MAX_WORDS}.",
                remedy="Split it, or turn the procedure into steps.",
            )
        ]
    return []


def text(body: Text) -> str:
    return body.markdown


def seconds(body: Text) -> float:
    return reading_seconds(body.markdown)


BLOCK = BlockKind(kind="text", shape=Text, seconds=seconds, text=text, lint=lint)
