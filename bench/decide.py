"""Refitting need and rhythm, one decision, and what the policy comes to on all work logs together."""

import os
import random
import statistics
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import numpy as np

from midflow.core.content.blocks.check import Check, Option
from midflow.core.content.model import Block, Rule, Task, Unit
from midflow.core.content.release import Draft
from midflow.core.decide import Candidate, Limits, Need, Situation, TaskRate, decide
from midflow.core.events import WorkEvent
from midflow.core.learner.correction import Recalled
from midflow.core.learner.fit import fit
from midflow.core.learner.memory import Memory
from midflow.core.learner.packed import OnCheck, pack_check
from midflow.core.learner.response import OnItem
from midflow.core.learner.state import LearnerState, TaskRecord
from midflow.core.match import CaseState
from midflow.evaluate.need import backtest
from midflow.evaluate.policy import prompt
from midflow.evaluate.prompting import Prompter, first_come
from midflow.flow.decide import make
from midflow.flow.work import Kept
from midflow.store.people import Person
from tests.flow.conftest import book_of

ROWS, FEATURES = 60_000, 26
RULES, UNITS = 20, 10


def run() -> dict[str, object]:
    return {
        "refit_seconds": refit(),
        "decision_ms": decision(),
        "event_to_decision_ms": in_process(),
        "policy_on_all_logs": pooled(),
        "goals": "refit <= 0.5 s; event_to_decision p95 <= 2 ms; lift >= 2.5",
    }


def refit() -> dict[str, float]:
    """A refit of 60,000 rows by 26 features, from nothing and from the fit of the day before."""
    chance = np.random.default_rng(0)
    x = chance.normal(size=(ROWS, FEATURES))
    y = (chance.random(ROWS) < 1 / (1 + np.exp(2 - x @ chance.normal(size=FEATURES) * 0.3))).astype(float)
    weights = np.ones(ROWS)
    cold, warm = [], []
    for _ in range(5):
        started = time.perf_counter()
        model = fit(x, y, weights)
        cold.append(time.perf_counter() - started)
        started = time.perf_counter()
        fit(x, y, weights, start=model)
        warm.append(time.perf_counter() - started)
    return {
        "from_nothing": round(statistics.median(cold), 3),
        "from_yesterday": round(statistics.median(warm), 3),
    }


def decision() -> dict[str, float]:
    """One decision among ten units, eight of which are to choose from by chance."""
    units = tuple(
        Candidate(
            unit=f"u{n}", need=Need(p=0.1 + 0.02 * n, evidence=()), effect=0.2, variance=0.02, form="inline"
        )
        for n in range(10)
    )
    situation = Situation(
        now=1e9, event_time=1e9, person="ana", task="mend", phase="starting", rule="mend", case="T-1",
        candidates=units, limits=Limits(), draw=0.5, charges=tuple(1e9 - 90_000.0 * n for n in range(1, 5)),
    )  # fmt: skip
    return timed(lambda _n: decide(situation), 20_000)


def timed(work: Callable[[int], object], times: int) -> dict[str, float]:
    """Percentiles of the milliseconds that `work` takes, by wall clock and, on a busy machine more telling, of processor time."""
    wall, cpu = [], []
    for n in range(times):
        started, busy = time.perf_counter(), time.thread_time()
        work(n)
        cpu.append(1000 * (time.thread_time() - busy))
        wall.append(1000 * (time.perf_counter() - started))
    wall.sort()
    cpu.sort()
    found = {f"p{p}": round(wall[times * p // 100], 4) for p in (50, 95, 99)}
    return {**found, "cpu_p50": round(cpu[times // 2], 4), "cpu_p95": round(cpu[times * 95 // 100], 4)}


def in_process() -> dict[str, float]:
    """From an event to its decision, without the store: twenty rules match it, for a task of ten units with two checks each.

    All rules are of one phase of the task, so that they make one moment.
    """
    book = book_of(
        Draft(
            units=tuple(_unit(n) for n in range(UNITS)),
            tasks=(Task(id="mend", title="Mend a pump"),),
            rules=tuple(
                Rule(id=f"r-{n}", task="mend", phase="starting", events=("desk.mend",), when=f"data.hours > {n}.5")
                for n in range(RULES)
            ),
        )
    )  # fmt: skip
    now, person, kept, draw = 1.79e9, Person(id="ana", name="Ana"), Kept(), random.Random(0).random
    known = [check for unit in book.units.values() for check in unit.checks]
    checks = {
        check: pack_check(OnCheck(recalled=_recalled(now, n), item=OnItem())) for n, check in enumerate(known)
    }
    state = LearnerState(
        checks=checks,
        tasks={"mend": TaskRecord(begun=6.0, erred=2.0, as_of=now - 9e5, times=9, errors=2, last=now - 9e5)},
    )

    def one(n: int) -> None:
        event = WorkEvent(
            source="desk",
            id=str(n),
            type="desk.mend",
            time=now,
            person="ana",
            case=f"T-{n}",
            data={"hours": 30.0},
        )
        (moment,) = book.index.match(event, person="ana", facts={}, case=CaseState(), time=now).moments
        made = make(
            moment, book=book, kept=kept, person=person, state=state, rate=TaskRate(begun=400, erred=90), said=None,
            now=now, draw=draw, number=str(n), tool="desk", reachable=True, seeded=False,
        )  # fmt: skip
        if len(made.situation.candidates) != UNITS or made.decision.chance is None:
            raise RuntimeError(f"this is no choice among ten units: {made.decision}")

    return timed(one, 5_000)


def _recalled(now: float, n: int) -> Recalled:
    """Answered right twice, once wrong, and not for some days."""
    memory = Memory(
        stability=3.0, difficulty=5.0, last=now - 86_400.0 * (5 + n), due=now, reviews=3, lapses=1, right=2
    )
    return Recalled(memory=memory)


def _unit(n: int) -> Unit:
    options = (Option(text="Close the valve.", correct=True), Option(text="Open the lid."))
    checks = tuple(
        Block(kind="check", id=f"c-{k}", body=Check(question="What comes first?", options=options, reason="It leaks."))
        for k in range(2)
    )  # fmt: skip
    return Unit(id=f"u-{n}", title=f"Unit {n}", objective="Mend it", task="mend", blocks=checks)


def pooled() -> dict[str, object]:
    """Precision over all logs together, beside every moment and beside first come within the same budget."""
    data = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "worklogs"
    if not data.is_dir():
        return {"skipped": f"{data} is not there; name the folder with MIDFLOW_TEST_DATA"}
    sums = {"midflow": [0.0, 0.0, 0.0], "budget_only": [0.0, 0.0, 0.0]}
    for path in sorted(data.glob("*.csv.gz")):
        found = backtest(Namespace(log=str(path), map=None, wrong=None), lambda _line: None)
        draw, needs = random.Random(0).random, found.predicted.chances
        wrong = found.wrong[found.scored]
        for name, limits, seen in (
            ("midflow", Limits(), needs),
            ("budget_only", first_come(Limits()), np.ones(len(needs))),
        ):
            prompter = Prompter(limits, draw, aims=name == "midflow")
            shown = prompt(found.doings, seen, prompter, lambda _line: None).shown[found.scored]
            more = (wrong[shown].sum(), shown.sum(), wrong.mean() * shown.sum())
            sums[name] = [a + float(b) for a, b in zip(sums[name], more, strict=True)]
    return {
        name: {
            "prompts": int(shown),
            "precision": round(hits / shown, 4),
            "lift_over_every_moment_of_the_same_log": round(hits / expected, 2),
        }
        for name, (hits, shown, expected) in sums.items()
    }
