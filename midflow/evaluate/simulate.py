"""`midflow evaluate policy --simulate`: what the policy achieves where it is known what a unit prevents."""

import argparse
import random
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from midflow.core.decide import Decision, Limits
from midflow.core.decide.budget import budget_allows
from midflow.core.decide.effect import PRIOR, Trials, shrunken, tried
from midflow.core.decide.need_model import features
from midflow.core.learner.fit import fit
from midflow.core.learner.logit import Logit, chance
from midflow.core.learner.state import DAY
from midflow.evaluate.doings import Doing, doings
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.history import read_history
from midflow.evaluate.measures import Floats
from midflow.evaluate.need import SETTLE, Memory, table
from midflow.evaluate.page import bars_figure, number, page, words
from midflow.evaluate.page import table as table_of
from midflow.evaluate.prompting import EVERY_MOMENT, Prompter, first_come
from midflow.evaluate.worlds import EFFECTS, World, planted, replayed, simulated
from midflow.flow.worklog import LogError, built_in

LIMITS = Limits(show_at_least=0.2, show_at_most=0.8)
"""Trial mode: coins are fair enough that effects are measured within weeks."""
THOUSAND = 1000.0

Shown = NDArray[np.bool_]


def simulate(args: argparse.Namespace, say: Say) -> Finding:
    """Return each policy's errors avoided a prompt, and its regret, on simulated people or on those of `args.log`."""
    rng = np.random.default_rng(args.seed)
    world = _world(args, rng, say)
    model = _learnt(world, say)
    figures: dict[str, Any] = {
        kind: compare(
            world,
            model,
            planted(kind, world.doings, rng),
            seed=args.seed,
            say=lambda line, kind=kind: say(f"{kind}: {line}"),
        )
        for kind in EFFECTS
    }
    figures["tasks"] = len(world.doings) - world.run_in
    figures["people"] = len({doing.person for doing in world.doings})
    return Finding(figures=figures, words=_words(figures), page=_page(figures))


def compare(world: World, model: Logit, prevents: dict[str, float], *, seed: int, say: Say) -> dict[str, Any]:
    """Return the figures of each policy in a world where each task's unit prevents a share of its errors."""
    after = world.doings[world.run_in :]
    value = world.risk[world.run_in :] * np.array([prevents[doing.task] for doing in after])
    draw = random.Random(seed).random  # noqa: S311 - a simulation must be repeatable
    learner = Learner(world, model, prevents, draw)
    say("midflow")
    shown = {"midflow": learner.run(), "never": np.zeros(len(after), dtype=bool)}
    for name, limits in (("always", EVERY_MOMENT), ("budget_only", first_come(LIMITS))):
        say(name)
        shown[name] = _unaimed(after, Prompter(limits, draw, aims=False))
    say("clairvoyant")
    shown["clairvoyant"] = clairvoyant(after, value - LIMITS.cost)
    best = _net(shown["clairvoyant"], value)
    figures: dict[str, Any] = {
        name: {
            "errors_avoided_per_prompt": float(value[which].sum() / which.sum()) if which.any() else 0.0,
            "regret": THOUSAND * (best - _net(which, value)) / len(after),
            "prompts": int(which.sum()),
        }
        for name, which in shown.items()
    }
    quarter = len(after) // 4
    figures["midflow"]["prompts_first_quarter"] = int(shown["midflow"][:quarter].sum())
    figures["midflow"]["prompts_last_quarter"] = int(shown["midflow"][-quarter:].sum())
    return figures


class Learner:
    """Midflow in a world: need from the records as they are under its own prompts, effects from its own draws."""

    def __init__(
        self, world: World, model: Logit, prevents: dict[str, float], draw: Callable[[], float]
    ) -> None:
        self._world = world
        self._model = model
        self._prevents = prevents
        self._draw = draw
        self._prompter = Prompter(LIMITS, draw, aims=True)
        self._memory = Memory()
        self._own: dict[str, Trials] = {}
        self._everyone = Trials()
        self._coming: list[tuple[float, int, str, Decision, bool]] = []

    def run(self) -> Shown:
        """Return which of the tasks begun after the run-in it prompts at."""
        shown: list[bool] = []
        for n, doing in enumerate(self._world.doings):
            self._memory.learn(doing)
            if n < self._world.run_in:
                self._memory.note(doing)
                continue
            shown.append(self._meet(n, doing))
        return np.array(shown)

    def _meet(self, number: int, doing: Doing) -> bool:
        self._settle(doing.time)
        need = chance(self._model, features(self._memory.facts(doing), doing.time))
        effect = shrunken(PRIOR["text"], self._everyone, self._own.get(doing.task, Trials())).mean
        decision = self._prompter.decide(
            doing.person,
            doing.task,
            doing.case,
            time=doing.time,
            need=need,
            effect=effect,
            prior=PRIOR["text"].mean,
        )
        wrong_at = doing.wrong_at
        if decision.shown and self._draw() < self._prevents[doing.task]:
            wrong_at = inf
        if decision.chance is not None:
            known = doing.time + SETTLE * DAY
            heappush(self._coming, (known, number, doing.task, decision, wrong_at < known))
        self._memory.note(msgspec.structs.replace(doing, wrong_at=wrong_at))
        return decision.shown

    def _settle(self, now: float) -> None:
        """Learn from the draws whose outcome has become known."""
        while self._coming and self._coming[0][0] < now:
            _, _, task, decision, wrong = heappop(self._coming)
            self._own[task] = _tried(self._own.get(task, Trials()), decision, wrong)
            self._everyone = _tried(self._everyone, decision, wrong)


def _tried(trials: Trials, decision: Decision, wrong: bool) -> Trials:
    return tried(
        trials, chance=decision.chance or 0.0, shown=decision.shown, wrong=wrong, need=decision.need or 0.0
    )


def clairvoyant(after: Sequence[Doing], worth: Floats) -> Shown:
    """Return the best moments within the budget, taken greedily, for one who knows what each prompt is worth."""
    shown = np.zeros(len(after), dtype=bool)
    charges: dict[str, list[float]] = {}
    units: dict[tuple[str, str], list[float]] = {}
    for n in np.argsort(-worth, kind="stable").tolist():
        if worth[n] <= 0:
            break
        doing = after[n]
        mine = charges.setdefault(doing.person, [])
        same = units.setdefault((doing.person, doing.task), [])
        if len(same) >= LIMITS.max_shown or any(abs(doing.time - t) < LIMITS.cooldown for t in same):
            continue
        if budget_allows(mine, LIMITS, doing.time):
            mine.append(doing.time)
            same.append(doing.time)
            shown[n] = True
    return shown


def _unaimed(after: Sequence[Doing], prompter: Prompter) -> Shown:
    """What a policy prompts at that takes every moment for the same."""
    return np.array([
        prompter.decide(
            doing.person, doing.task, doing.case, time=doing.time, need=1.0, effect=1.0, prior=1.0
        ).shown
        for doing in after
    ])  # fmt: skip


def _net(shown: Shown, value: Floats) -> float:
    return float((value[shown] - LIMITS.cost).sum())


def _world(args: argparse.Namespace, rng: np.random.Generator, say: Say) -> World:
    if args.log is None:
        say("simulating people")
        return simulated(rng)
    events = read_history(args, say)
    try:
        return replayed(doings(events, built_in(events, args.wrong), say))
    except LogError as error:
        raise Refused(str(error)) from None


def _learnt(world: World, say: Say) -> Logit:
    """Need as the run-in teaches it: from rows whose outcome was known by its end."""
    known = table(list(world.doings[: world.run_in]), say)
    end = int(world.doings[world.run_in].time // DAY)
    part = slice(0, int(np.searchsorted(known.day, end - SETTLE, "right")))
    if part.stop == 0:
        raise Refused(
            f"The first half of the log spans less than {SETTLE} days; nothing can be learnt from it."
        )
    return fit(known.rows[part], known.known(part, end), np.ones(part.stop))


TITLES = {
    "planted": "Each unit prevents 40% of errors",
    "heterogeneous": "Units prevent from 0 to 80%",
    "zero": "No unit prevents anything",
}


def _page(figures: dict[str, Any]) -> str:
    sections: list[str] = []
    for kind, title in TITLES.items():
        found = figures[kind]
        named = {
            "Midflow" if name == "midflow" else name.replace("_", " "): one for name, one in found.items()
        }
        sections.append(words(title))
        if kind != "zero":
            each = [(name, one["errors_avoided_per_prompt"]) for name, one in named.items()]
            sections.append(
                bars_figure(
                    "Errors avoided a prompt.", [(name, value, number(value)) for name, value in each], {}
                )
            )
        rows = {
            name: [number(one["errors_avoided_per_prompt"]), number(one["regret"], 2), f"{one['prompts']:,}"]
            for name, one in named.items()
        }
        sections.append(table_of(title, ("avoided a prompt", "regret", "prompts"), rows))
    fading = figures["zero"]["midflow"]
    note = (
        "Regret: errors more, a thousand tasks, than one has who knows all and keeps the budget, a prompt costing 0.02"
        " errors. Below 0: the budget was not kept."
        f" Without an effect Midflow prompts {fading['prompts_first_quarter']} times in the first quarter and"
        f" {fading['prompts_last_quarter']} in the last."
    )
    lead = f"What the policy achieves where it is known what a unit prevents: {figures['people']} people, {figures['tasks']:,} tasks."
    return page("Prompting where effects are planted", lead, [*sections, words("How to read it", note)])


def _words(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['people']} people, {figures['tasks']:,} tasks after the run-in. Regret: errors a thousand tasks."
    ]
    for kind, title in TITLES.items():
        lines.append(f"{title}:")
        for name, found in figures[kind].items():
            lines.append(
                f"  {name:12} {found['errors_avoided_per_prompt']:.3f} errors avoided a prompt,"
                f" regret {found['regret']:7.2f}, {found['prompts']:,} prompts"
            )
    fading = figures["zero"]["midflow"]
    lines.append(
        f"Without an effect Midflow prompts {fading['prompts_first_quarter']} times in the first quarter"
        f" and {fading['prompts_last_quarter']} in the last."
    )
    return "\n".join(lines)
