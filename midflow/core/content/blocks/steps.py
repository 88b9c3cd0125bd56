"""A procedure: what to do, one step after the other."""

from midflow.core.content.block import BlockKind, reading_seconds
from midflow.core.content.model import Problem, Title, Value


class Step(Value):
    """`do` is an instruction; `detail` (Markdown) says how, `why` why it matters."""

    do: Title
    detail: str = ""
    why: str = ""


class Steps(Value):
    steps: tuple[Step, ...]
    title: str = ""


MAX_STEPS = 9


def lint(body: Steps, where: str) -> list[Problem]:
    found: list[Problem] = []
    if not body.steps:
        found.append(
            Problem(where=where, line=0, message="There are no steps.", remedy="Add at least one step.")
        )
    if len(body.steps) > MAX_STEPS:
        found.append(
            Problem(
                where=where,
                line=0,
                severity="warning",
                message=f"{len(body.steps)} steps are more than fit in one unit.",
                remedy=f"Split the procedure after at most {MAX_STEPS} steps.",
            )
        )
    return found


def text(body: Steps) -> str:
    lines = [body.title, *(f"{s.do} {s.detail} {s.why}" for s in body.steps)]
    return "\n".join(line.strip() for line in lines if line.strip())


def seconds(body: Steps) -> float:
    return reading_seconds(text(body)) + 2 * len(body.steps)


BLOCK = BlockKind(kind="steps", shape=Steps, seconds=seconds, text=text, lint=lint)
