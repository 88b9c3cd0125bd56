"""`midflow evaluate policy LOG`: whether prompting is worth it here, on a log in which nobody was prompted."""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from midflow.core.decide import Decision, Limits
from midflow.core.decide.budget import violations
from midflow.core.decide.effect import PRIOR
from midflow.core.decide.timing import Row, wait
from midflow.core.learner.state import DAY
from midflow.evaluate.doings import Doing
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.measures import Floats, auc, clustered_ratio
from midflow.evaluate.need import Backtest, backtest
from midflow.evaluate.page import bars_figure, number, page, percent, words
from midflow.evaluate.page import table as page_table
from midflow.evaluate.prompting import Prompter, first_come
from midflow.evaluate.simulate import simulate
from midflow.flow.replay import spread

BUILT_IN = PRIOR["text"].mean
"""What the unit that stands for one of an author's is thought to prevent."""
ENOUGH_AUC = 0.70
AHEAD = 200
"""Rows of a person that are looked at for the next breakpoint."""


@dataclass(frozen=True)
class Outcome:
    """What a policy did with each task begun (n). `waited`: seconds to the breakpoint, not a number where there was none."""

    shown: NDArray[np.bool_]
    waited: Floats
    charges: dict[str, list[float]]


def run(args: argparse.Namespace, say: Say) -> Finding:
    """Return what prompting would have hit on a log, or, with `--simulate`, what it achieves where effects are planted."""
    if args.simulate:
        return simulate(args, say)
    if args.log is None:
        raise Refused("Name a LOG, or say --simulate.")
    return evaluate(backtest(args, say), args.seed, say)


def evaluate(found: Backtest, seed: int, say: Say) -> Finding:
    """Return the finding on needs that were predicted; `seed` fixes chance."""
    limits, draw = Limits(), random.Random(seed).random  # noqa: S311 - a back-test must be repeatable
    needs = found.predicted.chances
    ours = prompt(found.doings, needs, Prompter(limits, draw, aims=True), say)
    plain = prompt(found.doings, np.ones(len(needs)), Prompter(first_come(limits), draw, aims=False), say)
    scored = found.scored
    wrong, shown = found.wrong[scored], ours.shown[scored]
    people = np.unique([doing.person for doing in found.doings], return_inverse=True)[1][scored]
    chance = np.random.default_rng(seed)
    all_waits = ours.waited[scored]
    figures: dict[str, Any] = {
        "prompts_per_person_day": _per_person_day(found.doings, ours.shown & scored, scored),
        "naive_per_person_day": _per_person_day(found.doings, scored, scored),
        "budget_violations": sum(violations(times, limits) for times in ours.charges.values()),
        "precision": _share(wrong, shown),
        "lift": _lift(wrong, shown, people, chance),
        "risk_auc": auc(wrong, needs[scored]),
        "at_breakpoint": float(np.isfinite(all_waits[shown]).mean()) if shown.any() else None,
        "verdict": "",
        "wait_p90_seconds": _p90(all_waits[shown]),
        "base_rate": float(wrong.mean()),
        "prompts": int(shown.sum()),
        "budget_only": {
            "precision": _share(wrong, plain.shown[scored]),
            "lift": _lift(wrong, plain.shown[scored], people, chance),
            "prompts": int(plain.shown[scored].sum()),
        },
    }
    figures["verdict"] = verdict(figures["risk_auc"], figures["lift"])
    return Finding(figures=figures, words=_words(figures), page=_page(figures))


def prompt(doings: Sequence[Doing], needs: Floats, prompter: Prompter, say: Say) -> Outcome:
    """Return what `prompter` does with tasks begun, given the need of each (n)."""
    shown = np.zeros(len(doings), dtype=bool)
    waited = np.full(len(doings), np.nan)
    rows = _rows_by_person(doings)
    place = dict.fromkeys(rows, -1)
    for n, doing in enumerate(doings):
        place[doing.person] += 1
        decision = decided(prompter, doing, float(needs[n]))
        if decision.shown:
            shown[n] = True
            passed = wait(*_around(rows[doing.person], place[doing.person]))
            waited[n] = np.nan if passed is None else passed
        if n % 2000 == 0:
            say(f"deciding on task {n + 1:,} of {len(doings):,}")
    return Outcome(shown=shown, waited=waited, charges=prompter.charges)


def decided(prompter: Prompter, doing: Doing, need: float) -> Decision:
    """Return the decision on one task begun, its unit being the built-in one."""
    return prompter.decide(
        doing.person, doing.task, doing.case, time=doing.time, need=need, effect=BUILT_IN, prior=BUILT_IN
    )


def verdict(risk_auc: float | None, lift: dict[str, Any]) -> str:
    """Return in plain words whether prompting is worth it, from who errs being foreseen and prompts hitting more errors."""
    interval = lift["interval"]
    if risk_auc is None or risk_auc < ENOUGH_AUC or interval is None or interval[0] <= 1:
        return "no lift can be shown on this log: only help on request is advised"
    return (
        f"prompting is worth trying: a prompt meets a task about to go wrong {lift['value']:.1f} times as often as"
        f" prompting at every moment would (95% interval {interval[0]:.1f} to {interval[1]:.1f});"
        " whether a unit then helps, a log without prompts cannot say"
    )


def _rows_by_person(doings: Sequence[Doing]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for doing in doings:
        rows.setdefault(doing.person, []).append(Row(time=doing.time, case=doing.case, task=doing.task))
    return rows


def _around(rows: list[Row], place: int) -> tuple[Row, Row | None, Iterator[Row]]:
    return rows[place], rows[place - 1] if place else None, islice(rows, place + 1, place + AHEAD)


def _per_person_day(
    doings: Sequence[Doing], counted: NDArray[np.bool_], scored: NDArray[np.bool_]
) -> dict[str, float]:
    days: dict[tuple[str, int], int] = {}
    for doing, one, within in zip(doings, counted.tolist(), scored.tolist(), strict=True):
        if within:
            day = (doing.person, int(doing.time // DAY))
            days[day] = days.get(day, 0) + one
    return msgspec.to_builtins(spread(days.values()))


def _share(wrong: Floats, shown: NDArray[np.bool_]) -> float | None:
    return float(wrong[shown].mean()) if shown.any() else None


def _p90(waits: Floats) -> float | None:
    known = waits[np.isfinite(waits)]
    return float(np.quantile(known, 0.9)) if len(known) else None


def _lift(
    wrong: Floats, shown: NDArray[np.bool_], people: NDArray[np.int64], chance: np.random.Generator
) -> dict[str, Any]:
    def sums(of: Floats) -> Floats:
        return np.bincount(people, weights=of).astype(np.float64)

    hits, prompts, everything = wrong * shown, shown.astype(np.float64), np.ones(len(wrong))
    return clustered_ratio(sums(hits), sums(prompts), sums(wrong), sums(everything), chance=chance)


def _page(figures: dict[str, Any]) -> str:
    plain, lift = figures["budget_only"], figures["lift"]
    hits = [
        ("Midflow", figures["precision"]), ("first come", plain["precision"]), ("every moment", figures["base_rate"]),
    ]  # fmt: skip
    lifts = [("Midflow", lift), ("first come", plain["lift"])]
    days = {
        "Midflow": figures["prompts_per_person_day"], "every moment": figures["naive_per_person_day"],
    }  # fmt: skip
    return page("Prompting on your history", f"{figures['verdict'][:1].upper()}{figures['verdict'][1:]}.", [
        bars_figure(
            "Of the prompts shown, the share that met a task that went wrong.",
            [(name, share or 0.0, percent(share)) for name, share in hits], {},
        ),
        bars_figure(
            "The same as a multiple of prompting at every moment; the line is the 95% interval, people drawn as a whole.",
            [(name, found["value"] or 0.0, number(found["value"], 2)) for name, found in lifts],
            {name: found["interval"] for name, found in lifts if found["interval"] is not None},
        ),
        page_table(
            "Prompts on a day on which a person works", ("mean", "95th percentile", "most"),
            {name: [number(d["mean"], 2), f"{d['p95']:g}", f"{d['max']}"] for name, d in days.items()},
        ),
        words(
            "How to read it",
            f"Who errs is foreseen with AUC {number(figures['risk_auc'])}; under 0.70 prompts cannot be aimed well."
            f" The budget of 2 a day and 5 in 7 days was broken {figures['budget_violations']} times."
            f" {percent(figures['at_breakpoint'])} of prompts came at a breakpoint within half an hour:"
            " at the start of another task or case, or in a pause of two minutes.",
            "In this log nobody was prompted. It shows where prompts would have met errors, not that a unit prevents"
            " them: only a trial in which chance decides who is prompted can show that.",
        ),
    ])  # fmt: skip


def _spread(title: str, found: dict[str, float]) -> str:
    return f"{title} {found['mean']:.2f} (p95 {found['p95']:g}, most {found['max']})"


def _words(figures: dict[str, Any]) -> str:
    ours, naive, plain = (
        figures["prompts_per_person_day"],
        figures["naive_per_person_day"],
        figures["budget_only"],
    )
    lift, precision = figures["lift"], figures["precision"]
    lines = [
        f"{figures['verdict'][:1].upper()}{figures['verdict'][1:]}.",
        "",
        _spread("Prompts a person-day", ours) + _spread("; at every moment it would be", naive) + ".",
        f"Budget violations: {figures['budget_violations']}.",
    ]
    if precision is not None and figures["risk_auc"] is not None:
        lines.append(
            f"Of {figures['prompts']:,} prompts {100 * precision:.1f}% meet a task that goes wrong;"
            f" {100 * figures['base_rate']:.1f}% of all tasks do. Who errs is foreseen with AUC {figures['risk_auc']:.3f}."
        )
    if lift["interval"] is not None:
        lines.append(
            f"Lift {lift['value']:.2f}, 95% interval {lift['interval'][0]:.2f} to {lift['interval'][1]:.2f} (by person)."
        )
    if plain["precision"] is not None:
        lines.append(
            f"First come, first shown within the same budget: {100 * plain['precision']:.1f}% of {plain['prompts']:,}."
        )
    if figures["at_breakpoint"] is not None:
        lines.append(
            f"At a breakpoint within half an hour: {100 * figures['at_breakpoint']:.1f}% of prompts."
        )
    return "\n".join(lines)
