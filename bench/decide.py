"""Refitting need and rhythm, one decision, and what the policy comes to on all work logs together."""

import os
import random
import statistics
import time
from argparse import Namespace
from pathlib import Path

import numpy as np

from midflow.core.decide import Candidate, Limits, Need, Situation, decide
from midflow.core.learner.fit import fit
from midflow.evaluate.need import backtest
from midflow.evaluate.policy import prompt
from midflow.evaluate.prompting import Prompter, first_come

ROWS, FEATURES = 60_000, 26


def run() -> dict[str, object]:
    return {
        "refit_seconds": refit(),
        "decision_ms": decision(),
        "policy_on_all_logs": pooled(),
        "goals": "refit <= 0.5 s; decision p95 <= 2 ms; lift >= 2.5",
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
    """One decision among ten units, eight of which are to choose from by chance, by wall clock."""
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
    times = []
    for _ in range(20_000):
        started = time.perf_counter()
        decide(situation)
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    return {"p50": round(times[10_000], 4), "p95": round(times[19_000], 4), "p99": round(times[19_800], 4)}


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
