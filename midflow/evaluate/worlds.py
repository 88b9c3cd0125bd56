"""Worlds in which it is known who would err and what a unit would prevent: simulated people, or a log's."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log1p

import numpy as np

from midflow.core.learner.state import DAY
from midflow.evaluate.doings import Doing
from midflow.evaluate.measures import Floats

PEOPLE, TASKS, WEEKS = 160, 12, 24
A_DAY = 4.0
"""Tasks that a simulated person begins on a working day, on average."""
BEGINNING = 1_577_836_800.0
CONSTANT = 0.4
"""The share of errors that a unit prevents where each prevents the same; where they differ, from 0 to twice that."""

EFFECTS = ("planted", "heterogeneous", "zero")


@dataclass(frozen=True)
class World:
    """Tasks begun without any prompt, in the order of time. `risk` (n): the true chance that each goes wrong."""

    doings: Sequence[Doing]
    risk: Floats
    run_in: int


def simulated(chance: np.random.Generator) -> World:
    """Return simulated people at work: some tasks are hard for all, some people err often, and what rests is forgotten.

    The first half is the run-in, from which need is learnt.
    """
    person_odds = chance.normal(0, 0.7, PEOPLE)
    task_odds = chance.normal(0, 0.7, TASKS)
    odds = -3.0 + person_odds[:, None] + task_odds[None, :] + chance.normal(0, 0.9, (PEOPLE, TASKS))
    liking = chance.dirichlet(np.full(TASKS, 0.6), PEOPLE)
    last: dict[tuple[int, int], float] = {}
    found: list[tuple[Doing, float]] = []
    for day in range(WEEKS * 7):
        if day % 7 >= 5:
            continue
        for person in range(PEOPLE):
            hours = np.sort(chance.uniform(8, 17, chance.poisson(A_DAY)))
            for hour, task in zip(hours, chance.choice(TASKS, len(hours), p=liking[person]), strict=True):
                time = BEGINNING + day * DAY + float(hour) * 3600
                rested = (time - last.get((person, task), time)) / DAY
                risk = 1 / (1 + exp(-(odds[person, task] + 0.3 * log1p(rested))))
                last[person, task] = time
                wrong_at = time + float(chance.exponential(2 * 3600)) if chance.random() < risk else inf
                found.append((_doing(len(found), time, person, int(task), wrong_at), risk))
    found.sort(key=lambda one: one[0].time)
    half = BEGINNING + WEEKS * 7 / 2 * DAY
    run_in = sum(doing.time < half for doing, _ in found)
    return World(
        doings=[doing for doing, _ in found], risk=np.array([risk for _, risk in found]), run_in=run_in
    )


def replayed(doings: Sequence[Doing]) -> World:
    """Return a log's people: what went wrong there is what would go wrong. The first half is the run-in."""
    risk = np.array([float(doing.wrong_at < inf) for doing in doings])
    return World(doings=doings, risk=risk, run_in=len(doings) // 2)


def planted(kind: str, doings: Sequence[Doing], chance: np.random.Generator) -> dict[str, float]:
    """Return the share of errors that each task's unit prevents: the same for all, different, or none."""
    tasks = sorted({doing.task for doing in doings})
    if kind == "heterogeneous":
        return dict(zip(tasks, chance.uniform(0, 2 * CONSTANT, len(tasks)).tolist(), strict=True))
    return dict.fromkeys(tasks, CONSTANT if kind == "planted" else 0.0)


def _doing(number: int, time: float, person: int, task: int, wrong_at: float) -> Doing:
    return Doing(
        time=time,
        person=f"P{person}",
        task=f"task-{task}",
        case=f"C-{number}",
        state="",
        wrong_at=wrong_at,
        place=number,
    )
