"""A decision becomes a message that any channel can carry, with the reason for it."""

import msgspec

from midflow.core.content.model import Task, Unit
from midflow.core.decide.policy import form
from midflow.core.decide.refresher import REFRESHER
from midflow.core.decide.situation import Candidate, Situation

OFFER_SECONDS = {"starting": 1800.0, "stuck": 1800.0, "erred": 1800.0, "done": 1800.0}
"""How long a prompt stays on offer before it goes to the inbox, by phase."""

PHASE_WORDS = {
    "starting": "You have just started",
    "stuck": "This seems to be taking a while",
    "erred": "Something had to be done again",
    "done": "You have just finished",
}


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person sees this: what happened, which task, what is known, what chance did."""

    event: str
    task: str
    evidence: tuple[str, ...]
    chance: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt, free of any channel. `minutes` is the unit's length."""

    title: str
    message: str
    objective: str
    minutes: float
    form: str
    risk: str
    task_id: str
    task_title: str
    why: Why


def message(
    situation: Situation, chosen: Candidate, unit: Unit, task: Task, *, because: str, chance: float, tool: str
) -> Message:
    """Return what the person is told.

    `because` is the rule's own sentence, `tool` the name of the tool in which it
    happened, `chance` the propensity in [0, 1].
    """
    came = "Likely to come soon" if situation.rule == REFRESHER else PHASE_WORDS[situation.phase]
    happened = f"{came}: {_lower_first(task.title)}"
    where = f" on {situation.case}" if situation.case else ""
    minutes = f"{unit.minutes:g} minute{'s' * (unit.minutes != 1)}"
    return Message(
        title=unit.title,
        message=because or f"{happened}{where}. {minutes} on how to get it right.",
        objective=unit.objective,
        minutes=unit.minutes,
        form=form(chosen, situation),
        risk=unit.risk,
        task_id=task.id,
        task_title=task.title,
        why=Why(
            event=f"{happened}." if situation.rule == REFRESHER else f"{happened}{where}, in {tool}.",
            task=f"This unit teaches the task “{task.title}”.",
            evidence=chosen.need.evidence,
            chance=_chance(chance, situation.seeded),
        ),
    )


def _chance(chance: float, seeded: bool) -> str:
    if seeded:
        return "In this sample the draw is fixed so that you see the prompt; elsewhere some are held back by chance."
    if chance >= 1:
        return "This one is always shown; it is never left to chance."
    return f"It was shown with a chance of {100 * chance:.0f}%; some are held back so that the effect can be measured."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
