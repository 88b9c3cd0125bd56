"""One question with an answer that is scored: the thing that is remembered."""

from collections.abc import Sequence
from typing import Any

from midflow.core.content.block import BlockKind, Score, reading_seconds
from midflow.core.content.model import Problem, Value


class Option(Value):
    """`feedback` says why it is right or wrong; it is shown after answering."""

    text: str
    correct: bool = False
    feedback: str = ""


class Check(Value):
    """One right option asks for one answer; several ask for all of them.

    `reason` is shown after any answer.
    """

    question: str
    options: tuple[Option, ...]
    reason: str = ""


MAX_OPTIONS = 6
SECONDS_TO_DECIDE = 15


def lint(body: Check, where: str) -> list[Problem]:
    found: list[Problem] = []

    def wrong(message: str, remedy: str) -> None:
        found.append(Problem(where=where, line=0, message=message, remedy=remedy))

    if not body.question.strip():
        wrong("The check asks nothing.", "Write the question.")
    if not 2 <= len(body.options) <= MAX_OPTIONS:
        wrong(f"The check has {len(body.options)} options.", f"Offer between 2 and {MAX_OPTIONS}.")
    right = sum(option.correct for option in body.options)
    if right == 0:
        wrong("No option is correct.", "Mark the right one with `correct: true`.")
    if body.options and right == len(body.options):
        wrong("Every option is correct.", "Add an option that a beginner would pick and that is wrong.")
    texts = [option.text.strip().casefold() for option in body.options]
    if len(set(texts)) < len(texts):
        wrong("Two options say the same.", "Reword one of them.")
    return found


def text(body: Check) -> str:
    return "\n".join([body.question, *(o.text for o in body.options), body.reason]).strip()


def seconds(body: Check) -> float:
    return reading_seconds(text(body)) + SECONDS_TO_DECIDE


def score(body: Check, answer: Any) -> Score:
    """`answer` is the list of the chosen options' positions, counted from 0."""
    if not isinstance(answer, Sequence) or isinstance(answer, str) or not answer:
        raise ValueError("a check is answered with the list of the chosen options' positions")
    chosen = {i for i in answer if isinstance(i, int) and 0 <= i < len(body.options)}
    if len(chosen) != len(answer):
        raise ValueError(f"positions must be different whole numbers from 0 to {len(body.options) - 1}")
    right = {i for i, option in enumerate(body.options) if option.correct}
    correct = chosen == right
    said = [body.options[i].feedback for i in sorted(chosen) if body.options[i].feedback]
    return Score(correct=correct, points=float(correct), feedback=" ".join(said))


BLOCK = BlockKind(kind="check", shape=Check, seconds=seconds, text=text, lint=lint, score=score)
