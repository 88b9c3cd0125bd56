"""`midflow evaluate scheduler`: what is known for the minutes that reviews take, ours beside what people use.

Environment, learners, costs and policies are apart, as in the SRS simulators
of open-spaced-repetition and MaiMemo. Each baseline is tuned for each family
and budget on other learners, to know most without taking more minutes than
ours takes there; then all are judged on the same new ones.
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from midflow.evaluate.asking import ability_error
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.measures import Floats
from midflow.evaluate.page import number, page, percent, scatter_figure, table, words
from midflow.evaluate.remembering import FAMILIES, Family
from midflow.evaluate.schedulers import CONTENDERS, SIMPLE, Contender, Maker
from midflow.evaluate.schooling import HORIZONS, Course, Schooling, course, school

BUDGETS = (1, 2, 5)
"""Minutes of review a working day."""

HEADLINE = (2, 180)
"""The budget and the horizon whose figures stand first."""

TUNING_SEEDS = range(1000, 1012)
TUNING_DAYS = 180


class Scale(NamedTuple):
    """How much is simulated: seeds, budgets, horizons, and every how many-th setting is tried in tuning."""

    seeds: Sequence[int]
    budgets: Sequence[int]
    horizons: Sequence[int]
    every: int
    tuning: Sequence[int]
    people: int


Judged = dict[int, dict[str, Schooling]]
"""By budget and policy."""


def run(args: argparse.Namespace, say: Say) -> Finding:
    """Simulate as `args.seeds` and `args.quick` say."""
    if args.seeds < 2:
        raise Refused(f"--seeds {args.seeds}: an interval needs at least 2.")
    scale = (
        Scale(range(min(args.seeds, 3)), (2,), (90,), 7, TUNING_SEEDS[:1], 20)
        if args.quick
        else Scale(range(args.seeds), BUDGETS, HORIZONS, 1, TUNING_SEEDS, 100)
    )
    figures: dict[str, Any] = {}
    for name, family in FAMILIES.items():
        chosen = {
            budget: tuned(family, budget, scale, lambda line, n=name: say(f"{n}, tuning {line}"))
            for budget in scale.budgets
        }
        judged = _judged(family, chosen, scale, lambda line, n=name: say(f"{n}: {line}"))
        figures[name] = {policy: _of_policy(policy, judged, chosen, scale) for policy in CONTENDERS}
    say("ability")
    figures["ability_rmse"] = ability_error(len(scale.seeds), scale.people)
    figures["seeds"] = len(scale.seeds)
    return Finding(figures=figures, words=_words(figures, scale), page=_page(figures, scale))


def tuned(family: Family, budget: int, scale: Scale, say: Say) -> dict[str, str]:
    """Return by policy the setting that knows most on the tuning seeds, within the minutes that ours takes on them."""
    days = min(TUNING_DAYS, max(scale.horizons))
    world = course(scale.tuning, days)

    def tried(maker: Maker) -> tuple[float, float]:
        found = _schooled(family, maker, scale.tuning, world, budget)
        return float(found.minutes[days].mean()), float(found.known[days].mean())

    say(f"{budget} min")
    allowed = tried(CONTENDERS["midflow"].settings[""])[0]
    chosen: dict[str, str] = {}
    for name, contender in CONTENDERS.items():
        say(f"{budget} min, {name}")
        settings = list(contender.settings)[:: scale.every]
        if len(settings) == 1:
            chosen[name] = settings[0]
            continue
        seen = {setting: tried(contender.settings[setting]) for setting in settings}
        within = [setting for setting in settings if seen[setting][0] <= allowed]
        best = max(within, key=lambda s: seen[s][1]) if within else min(settings, key=lambda s: seen[s][0])
        chosen[name] = best
    return chosen


def _judged(family: Family, chosen: dict[int, dict[str, str]], scale: Scale, say: Say) -> Judged:
    world = course(scale.seeds, max(scale.horizons))
    found: Judged = {}
    for budget in scale.budgets:
        found[budget] = {}
        for name, contender in CONTENDERS.items():
            say(f"{budget} min, {name}")
            maker = contender.settings[chosen[budget][name]]
            found[budget][name] = _schooled(family, maker, scale.seeds, world, budget)
    return found


def _schooled(family: Family, maker: Maker, seeds: Sequence[int], world: Course, budget: int) -> Schooling:
    policy = maker(len(seeds), world.items, 60.0 * budget)
    return school(family, policy, seeds, world, 60.0 * budget)


def _of_policy(name: str, judged: Judged, chosen: dict[int, dict[str, str]], scale: Scale) -> dict[str, Any]:
    grid = {
        str(budget): {
            str(days): _measures(name, judged[budget], days) | {"setting": chosen[budget][name]} for days in scale.horizons
        }
        for budget in scale.budgets
    }  # fmt: skip
    budget, days = HEADLINE if HEADLINE[1] in scale.horizons else (scale.budgets[0], scale.horizons[0])
    first = grid[str(budget)][str(days)]
    keys = ("minutes", "items_known", "delayed_test", "recall_error")
    return {key: first[key] for key in keys} | {"by_minutes_and_days": grid}


def _measures(name: str, judged: Mapping[str, Schooling], days: int) -> dict[str, Any]:
    found, ours = judged[name], judged["midflow"]
    return {
        "minutes": round(float(found.minutes[days].mean()), 3),
        "items_known": round(float(found.known[days].mean()), 2),
        "delayed_test": round(float(found.delayed[days].mean()), 4),
        "recall_error": _missed(CONTENDERS[name], found.success),
        "success": None if name == "none" else round(float(found.success.mean()), 4),
        "midflow_more": None if name == "midflow" else paired(ours.known[days], found.known[days]),
    }


def _missed(contender: Contender, success: Floats) -> float | None:
    """How far the share of right answers lies off what is aimed at, for the mean learner; None without an aim."""
    if contender.aims is None:
        return None
    low, high = contender.aims
    return round(float(np.maximum(np.maximum(low - success, success - high), 0.0).mean()), 4)


def paired(ours: Floats, theirs: Floats) -> dict[str, Any]:
    """Return by what share ours is more, learner by learner, with its 95% interval (t of the paired differences)."""
    more, base = ours - theirs, float(theirs.mean())
    half = float(stats.t.ppf(0.975, len(more) - 1)) * float(more.std(ddof=1)) / len(more) ** 0.5
    middle = float(more.mean())
    return {
        "share": round(middle / base, 4),
        "interval": [round((middle - half) / base, 4), round((middle + half) / base, 4)],
    }


TITLES = {
    "spacing": "ACT-R with spacing (Pavlik and Anderson 2005)",
    "scales": "Multiscale context model (Mozer and others 2009)",
    "drawn_fsrs": "FSRS with other weights for each learner",
}
COLUMNS = (
    "minutes",
    "items known",
    "test 30 days later",
    "right",
    "off target",
    "Midflow more",
    "95% interval",
)


def _at(family: Mapping[str, Any], policy: str, budget: int, days: int) -> dict[str, Any]:
    return family[policy]["by_minutes_and_days"][str(budget)][str(days)]


def _rows(family: Mapping[str, Any], budget: int, days: int) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for name in CONTENDERS:
        one = _at(family, name, budget, days)
        more = one["midflow_more"]
        rows[f"{name} {one['setting']}".strip()] = [
            number(one["minutes"], 2), number(one["items_known"], 1), percent(one["delayed_test"]),
            percent(one["success"]), percent(one["recall_error"]),
            "–" if more is None else f"{100 * more['share']:+.1f}%",
            "–" if more is None else "{:+.1f} to {:+.1f}%".format(*(100 * end for end in more["interval"])),
        ]  # fmt: skip
    return rows


def _words(figures: dict[str, Any], scale: Scale) -> str:
    lines = [
        f"{figures['seeds']} learners a family; minutes a working day; baselines tuned within our minutes."
    ]
    for name, title in TITLES.items():
        for budget in scale.budgets:
            for days in scale.horizons:
                lines.append(f"{title}, {budget} min, {days} days:")
                lines.append(f"  {'':34}" + "".join(f"{column:>20}" for column in COLUMNS))
                lines += [
                    f"  {label:34}" + "".join(f"{cell:>20}" for cell in cells)
                    for label, cells in _rows(figures[name], budget, days).items()
                ]
                best = max(
                    SIMPLE,
                    key=lambda simple, n=name, b=budget, d=days: _at(figures[n], simple, b, d)["items_known"],
                )
                lines.append(f"  The best of the simple ones: {best}.")
    ability = figures["ability_rmse"]
    lines.append("Error of ability (logits) after answers: ours, at random")
    lines += [
        f"  {n:>3} {ability['midflow'][n]:.3f} {ability['random'][n]:.3f}"
        for n in ("1", "3", "5", "10", "20")
    ]
    return "\n".join(lines)


def _page(figures: dict[str, Any], scale: Scale) -> str:
    sections: list[str] = []
    for name, title in TITLES.items():
        family = figures[name]
        sections.append(words(title))
        for days in scale.horizons:
            points = [
                (policy.replace("midflow", "Midflow"), one["minutes"], one["items_known"])
                for policy in CONTENDERS
                if policy != "none"
                for one in (_at(family, policy, budget, days) for budget in scale.budgets)
            ]
            caption = f"{days} days: items known on the mean day, by the minutes that a working day took."
            sections.append(scatter_figure(caption, points, ("minutes", "items known")))
            sections += [
                table(f"{budget} minutes, {days} days", COLUMNS, _rows(family, budget, days))
                for budget in scale.budgets
            ]
    ability = figures["ability_rmse"]
    rows = {n: [number(ability["midflow"][n]), number(ability["random"][n])] for n in ability["midflow"]}
    sections.append(table("Error of ability in logits, by answers", ("Midflow", "at random"), rows))
    note = (
        "Each baseline has the setting, of those named, that knew most on other learners within the minutes that ours"
        " took there. Off target: how far the mean learner's share of right answers lies off what the policy aims at"
        " after 30 days; ours aims between 80 and 90%; midflow_any is ours without"
        " that aim. Simulated learners are no people."
    )
    lead = f"What is known for the minutes that reviews take: {figures['seeds']} simulated learners of each of three kinds."
    return page("Schedulers compared", lead, [*sections, words("How to read it", note)])
