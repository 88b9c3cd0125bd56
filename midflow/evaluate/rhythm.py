"""`midflow evaluate rhythm LOG`: who will do what in the next day and week."""

import argparse
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midflow.core.events import WorkEvent
from midflow.core.learner.prequential import Table
from midflow.core.learner.rhythm import FEATURES, HORIZONS, STALE_DAYS, Traces, decayed_frequency, features
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.history import read_history
from midflow.evaluate.measures import Floats, reliability, scores
from midflow.evaluate.page import number, page, reliability_figure, words
from midflow.evaluate.page import table as page_table
from midflow.evaluate.prequential import predict
from midflow.flow.worklog import slug

DAY = 86_400.0
TOP = (1, 3)
"""How many of a person's likeliest tasks are looked at."""
WARM_UP = 28
"""Days at the start of a log that are predicted but not scored: the baseline too knows nothing yet."""


@dataclass(frozen=True)
class PersonDays:
    """A row for each person, task that they did in the last 90 days, and day of the log, in the order of days.

    `next`: the day on which they did it next, `at` the same in seconds, both
    infinite where they never did. `who`: a number for each person;
    `there`: whether they did anything at all that day.
    """

    rows: Floats
    day: NDArray[np.int64]
    next: Floats
    since: NDArray[np.int64]
    plain: dict[int, Floats]
    who: NDArray[np.int64]
    there: NDArray[np.bool_]
    at: Floats
    first: int
    last: int


def run(args: argparse.Namespace, say: Say) -> Finding:
    """Return AUC, log loss and ECE of the rhythm model and of the decayed frequency."""
    return evaluate(read_history(args, say), say)


def evaluate(events: Sequence[WorkEvent], say: Say) -> Finding:
    """Return the finding on events in the order of time; Refused where they span too few days."""
    days = person_days(events, say)
    figures: dict[str, Any] = {}
    pictures: list[str] = []
    for name, horizon in HORIZONS.items():
        table = table_of(days, horizon)
        found = predict(table, lambda line, name=name: say(f"{name}: {line}"))
        scored = (days.day >= days.first + WARM_UP) & (days.day + horizon <= days.last + 1)
        if not scored.any():
            raise Refused(
                f"The log spans {days.last - days.first + 1} days; at least {WARM_UP + horizon + 1} are needed."
            )
        figures[name] = _pair(table, found.chances, scored)
        figures[name]["rows"] = int(scored.sum())
        figures[name]["trusted"] = float(found.trusted[scored].mean())
        pictures.append(_picture(name, table, found.chances, scored))
        if name == "24h":
            figures["stale_24h"] = _pair(table, found.chances, scored & (days.since > STALE_DAYS))
            figures["next_day"] = {
                "midflow": foreseen(days, found.chances, scored), "decay": foreseen(days, table.baseline, scored)
            }  # fmt: skip
    return Finding(figures=figures, words=_words(figures), page=_page(figures, pictures))


def person_days(events: Sequence[WorkEvent], say: Say) -> PersonDays:
    """Return the rows of events in the order of time, each from what was known before its day."""
    done: dict[tuple[str, str], list[int]] = {}
    times: dict[tuple[str, str], list[float]] = {}
    people: dict[str, int] = {}
    for event in events:
        pair = (event.person, slug(event.data["activity"]))
        people.setdefault(event.person, len(people))
        dates = done.setdefault(pair, [])
        day = int(event.time // DAY)
        if not dates or dates[-1] != day:
            dates.append(day)
            times.setdefault(pair, []).append(event.time)
    by_day: dict[int, list[tuple[str, str]]] = {}
    for pair, dates in done.items():
        for day in dates:
            by_day.setdefault(day, []).append(pair)
    first, last = min(by_day), max(by_day)
    columns, index = array("d"), array("q")
    plain = {horizon: array("d") for horizon in HORIZONS.values()}
    memory = Traces()
    for day in range(first, last + 1):
        here = {person for person, _ in by_day.get(day, ())}
        for pair, known in memory.current(day):
            dates = done[pair]
            place = bisect_left(dates, day)
            columns.extend(features(known, day))
            came = place < len(dates)
            columns.extend((dates[place], times[pair][place]) if came else (inf, inf))
            index.extend((day, day - known.own.last, people[pair[0]], pair[0] in here))
            for horizon, column in plain.items():
                column.append(decayed_frequency(known.own, day, horizon))
        memory.note(day, by_day.get(day, ()))
        if (day - first) % 20 == 0:
            say(f"day {day - first + 1:,} of {last - first + 1:,} of the log")
    wide = np.frombuffer(columns).reshape(-1, len(FEATURES) + 2)
    dates_since = np.frombuffer(index, dtype=np.int64).reshape(-1, 4)
    return PersonDays(
        rows=wide[:, :-2], next=wide[:, -2], at=wide[:, -1],
        day=dates_since[:, 0], since=dates_since[:, 1], who=dates_since[:, 2], there=dates_since[:, 3] > 0,
        plain={horizon: np.frombuffer(column) for horizon, column in plain.items()}, first=first, last=last,
    )  # fmt: skip


def foreseen(days: PersonDays, chances: Floats, scored: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how often the tasks likeliest for a person came on that day, and how long before.

    `precision`: the share that came of the likeliest 1 and 3 tasks of each person and
    day, by number, `precision_present` on the days on which the person did anything
    at all (nobody else gets a refresher); `lead_hours`: from the start of the day to the task, over the
    likeliest 3 that came. `chances` (n) rank the rows of `days` where `scored`.
    """
    rows = np.flatnonzero(scored)
    order = rows[np.lexsort((-chances[rows], days.who[rows], days.day[rows]))]
    began = np.ones(len(order), dtype=bool)
    began[1:] = (np.diff(days.day[order]) != 0) | (np.diff(days.who[order]) != 0)
    starts = np.flatnonzero(began)
    place = np.arange(len(order)) - np.repeat(starts, np.diff([*starts.tolist(), len(order)]))
    came, there = days.next[order] == days.day[order], days.there[order]
    hours = (days.at[order] - days.day[order] * DAY)[came & (place < max(TOP))] / 3600
    return {
        "precision_present": {
            str(k): float(came[(place < k) & there].mean()) if there.any() else None for k in TOP
        },
        "precision": {str(k): float(came[place < k].mean()) for k in TOP},
        "lead_hours": {"median": float(np.median(hours)), "p10": float(np.quantile(hours, 0.1))} if len(hours) else None,
    }  # fmt: skip


def table_of(days: PersonDays, horizon: int) -> Table:
    """Return what to predict: whether it is done within `horizon` days."""
    return Table(
        rows=days.rows,
        day=days.day,
        when=days.next,
        baseline=days.plain[horizon],
        span=horizon,
        settle=horizon,
    )


def _pair(table: Table, chances: Floats, where: NDArray[np.bool_]) -> dict[str, Any]:
    outcomes = table.outcomes[where]
    return {"midflow": scores(outcomes, chances[where]), "decay": scores(outcomes, table.baseline[where])}


TITLES = {
    "24h": "In the next 24 hours",
    "7d": "In the next 7 days",
    "stale_24h": "Not done for 14 days: in the next 24 hours",
}
MEASURES = {"auc": 3, "log_loss": 4, "ece": 3}
"""What is measured, with the decimals that are shown."""


def _picture(name: str, table: Table, chances: Floats, where: NDArray[np.bool_]) -> str:
    outcomes = table.outcomes[where]
    return reliability_figure(
        f"{TITLES[name]}: what was predicted (across) and what came (up). On the line they agree; the larger a mark, the more rows.",
        reliability(outcomes, chances[where]), reliability(outcomes, table.baseline[where]), "frequency alone",
    )  # fmt: skip


def _page(figures: dict[str, Any], pictures: list[str]) -> str:
    sections: list[str] = []
    for name, title in TITLES.items():
        rows = {
            called: [number(figures[name][who][measure], digits) for measure, digits in MEASURES.items()]
            for who, called in (("midflow", "Midflow"), ("decay", "frequency alone"))
        }
        sections.append(page_table(title, ("AUC", "log loss", "ECE"), rows))
    shares = {
        called: [
            number(figures["next_day"][who][kind][str(k)])
            for kind in ("precision", "precision_present")
            for k in TOP
        ]
        for who, called in (("midflow", "Midflow"), ("decay", "frequency alone"))
    }
    columns = ("the likeliest", "the 3 likeliest", "when there", "when there, of 3")
    sections.append(
        page_table("Of each person's likeliest tasks, the share that came that day", columns, shares)
    )
    lead = "How well it is foreseen who will do which task, from what was known before each day."
    note = (
        "AUC: how often a task that came was ranked above one that did not; 0.5 is chance. Log loss and ECE: smaller is"
        " better. Frequency alone: the share of past days with the task, a day counting half after 28 days."
    )
    return page("Rhythm on your history", lead, [*sections, words("How to read it", note), *pictures])


def _words(figures: dict[str, Any]) -> str:
    lines: list[str] = []
    for name, title in TITLES.items():
        lines.append(f"{title}:")
        for who, called in (("midflow", "Midflow"), ("decay", "frequency alone")):
            found = figures[name][who]
            if found["auc"] is None:
                lines.append(f"  {called:16} too few rows to tell")
                continue
            lines.append(
                f"  {called:16} AUC {found['auc']:.3f}   log loss {found['log_loss']:.4f}   ECE {found['ece']:.3f}"
            )
    for who, called in (("midflow", "Midflow"), ("decay", "frequency alone")):
        found = figures["next_day"][who]
        shares = ", ".join(
            f"{100 * share:.1f}% of the {k} likeliest".replace("the 1 ", "the ")
            for k, share in found["precision"].items()
        )
        lead, when = found["lead_hours"], found["precision_present"]
        present = ", ".join(f"{100 * when[k]:.1f}%" for k in when if when[k] is not None)
        hours = "" if lead is None else f"; half of them {lead['median']:.1f} h or more into the day"
        lines.append(f"Came on the day, {called}: {shares} ({present} when there){hours}")
    return "\n".join(lines)
