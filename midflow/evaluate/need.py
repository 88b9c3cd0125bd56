"""`midflow evaluate need LOG`: who gets a task wrong when they begin it."""

import argparse
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf
from typing import Any

import numpy as np

from midflow.core.decide.need_model import FEATURES, CaseFacts, NeedFacts, base_rate, features
from midflow.core.learner.state import DAY, TaskRecord, with_begun, with_error
from midflow.core.learner.trace import Trace, noted
from midflow.evaluate.doings import Doing, doings
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.history import read_history
from midflow.evaluate.measures import Floats, reliability, scores
from midflow.evaluate.page import number, page, percent, reliability_figure, words
from midflow.evaluate.page import table as page_table
from midflow.evaluate.prequential import Predicted, Table, predict
from midflow.flow.worklog import LogError, built_in

HOUR = 3600.0
SETTLE = 7
"""Days after which a task is learnt from; what comes out as wrong later is learnt at a later refit."""
WARM_UP = 28


@dataclass(frozen=True)
class Backtest:
    """Tasks begun in the order of time, with what was said of each beforehand."""

    doings: list[Doing]
    table: Table
    predicted: Predicted
    scored: Any

    @property
    def wrong(self) -> Floats:
        """Whether each went wrong in the end, 1 or 0."""
        return self.table.outcomes


def run(args: argparse.Namespace, say: Say) -> Finding:
    """Return AUC, log loss and ECE of need and of the task's base rate."""
    found = backtest(args, say)
    wrong = found.wrong[found.scored]
    figures: dict[str, Any] = {
        "midflow": scores(wrong, found.predicted.chances[found.scored]),
        "base_rate": scores(wrong, found.table.baseline[found.scored]),
        "rows": len(wrong),
        "wrong": float(wrong.mean()),
        "trusted": float(found.predicted.trusted[found.scored].mean()),
        "refits": found.predicted.fits,
    }
    return Finding(figures=figures, words=_words(figures), page=_page(found, figures))


def backtest(args: argparse.Namespace, say: Say) -> Backtest:
    """Return what would have been said of each task begun in the log of `args`."""
    events = read_history(args, say)
    try:
        draft = built_in(events, args.wrong)
    except LogError as error:
        raise Refused(str(error)) from None
    return predicted(doings(events, draft, say), say)


def predicted(begun: list[Doing], say: Say) -> Backtest:
    """Return what would have been said of tasks begun, in the order of time; Refused where they span too few days."""
    rows = table(begun, say)
    first, last = int(rows.day[0]), int(rows.day[-1])
    if last - first < WARM_UP:
        raise Refused(f"The log spans {last - first + 1} days; at least {WARM_UP + 1} are needed.")
    return Backtest(
        doings=begun, table=rows, predicted=predict(rows, say), scored=rows.day >= first + WARM_UP
    )


def table(begun: list[Doing], say: Say) -> Table:
    """Return what to predict: whether each task begun, in the order of time, turns out wrong."""
    columns, plain = array("d"), array("d")
    memory = Memory()
    for n, doing in enumerate(begun):
        memory.learn(doing.time)
        known = memory.facts(doing)
        columns.extend(features(known, doing.time))
        plain.append(memory.base_rate(doing))
        memory.note(doing)
        if n % 2000 == 0:
            say(f"task {n + 1:,} of {len(begun):,}")
    times = np.array([doing.time for doing in begun])
    wrong_at = np.array([doing.wrong_at for doing in begun])
    return Table(
        rows=np.frombuffer(columns).reshape(-1, len(FEATURES)), day=(times // DAY).astype(np.int64),
        when=wrong_at / DAY, baseline=np.frombuffer(plain), span=inf, settle=SETTLE,
    )  # fmt: skip


class Memory:
    """All records as they stand at a time; what went wrong is learnt when it comes out, not before."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, ...], TaskRecord] = {}
        self._begun: dict[str, Trace] = {}
        self._erred: dict[str, Trace] = {}
        self._cases: dict[str, _Case] = {}
        self._load: dict[str, tuple[float, float, float]] = {}
        self._coming: list[tuple[float, int, Doing, tuple[str, ...]]] = []
        self._noted = 0

    def learn(self, now: float) -> None:
        """Take in what has come out as wrong before `now`."""
        while self._coming and self._coming[0][0] < now:
            at, _, doing, before = heappop(self._coming)
            for key in _keys(doing, before):
                self._records[key] = with_error(self._records[key], at)
            for name in (doing.task, ""):
                self._erred[name] = noted(self._erred.get(name), int(at // DAY))
            self._cases[doing.case].errors += 1

    def facts(self, doing: Doing) -> NeedFacts:
        """Return what is known when the task is begun."""
        own, person, task, state, step, everyone = (
            self._records.get(key) for key in _keys(doing, self._before(doing))
        )
        return NeedFacts(
            own=own, person=person, task=task, state=state, step=step, everyone=everyone,
            case=self._case(doing), load=self._loads(doing),
        )  # fmt: skip

    def base_rate(self, doing: Doing) -> float:
        """Return the baseline for a task begun."""
        task, day = doing.task, int(doing.time // DAY)
        everyone = self._begun.get(""), self._erred.get("")
        return base_rate(self._begun.get(task), self._erred.get(task), everyone, day)

    def note(self, doing: Doing) -> None:
        """Take in that the task was begun."""
        before = self._before(doing)
        for key in _keys(doing, before):
            self._records[key] = with_begun(self._records.get(key, TaskRecord()), doing.time)
        for name in (doing.task, ""):
            self._begun[name] = noted(self._begun.get(name), int(doing.time // DAY))
        if doing.wrong_at < inf:
            self._noted += 1
            heappush(self._coming, (doing.wrong_at, self._noted, doing, before))
        hour, day = self._loads(doing)
        self._load[doing.person] = (doing.time, hour + 1, day + 1)
        self._cases.setdefault(doing.case, _Case(doing.time)).add(doing)

    def _before(self, doing: Doing) -> tuple[str, ...]:
        case = self._cases.get(doing.case)
        return (case.step if case else "", doing.task, doing.state)

    def _loads(self, doing: Doing) -> tuple[float, float]:
        last, hour, day = self._load.get(doing.person, (doing.time, 0.0, 0.0))
        passed = doing.time - last
        return hour * 0.5 ** (passed / HOUR), day * 0.5 ** (passed / DAY)

    def _case(self, doing: Doing) -> CaseFacts:
        case = self._cases.get(doing.case)
        if case is None or not doing.case:
            return CaseFacts()
        return CaseFacts(
            rows=case.rows, people=len(case.people), errors=case.errors, times=case.tasks.get(doing.task, 0),
            first=case.first, last=case.last, mine=case.person == doing.person,
        )  # fmt: skip


class _Case:
    """What one case has seen so far."""

    def __init__(self, first: float) -> None:
        self.first = self.last = first
        self.rows = self.errors = 0
        self.people: set[str] = set()
        self.tasks: dict[str, int] = {}
        self.person = self.step = ""

    def add(self, doing: Doing) -> None:
        self.last = doing.time
        self.rows += 1
        self.people.add(doing.person)
        self.tasks[doing.task] = self.tasks.get(doing.task, 0) + 1
        self.person = doing.person
        self.step = f"{doing.task}\n{doing.state}"


def _keys(doing: Doing, before: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Under what the records stand: own, person, task, state, step, everyone."""
    return (
        ("own", doing.person, doing.task), ("person", doing.person), ("task", doing.task),
        ("state", doing.task, doing.state), ("step", *before), ("everyone",),
    )  # fmt: skip


def _page(found: Backtest, figures: dict[str, Any]) -> str:
    wrong = found.wrong[found.scored]
    picture = reliability_figure(
        "What was predicted when a task was begun (across) and how many went wrong (up). On the line they agree; the larger a mark, the more rows.",
        reliability(wrong, found.predicted.chances[found.scored]),
        reliability(wrong, found.table.baseline[found.scored]),
        "base rate",
    )
    rows = {
        called: [
            number(figures[who]["auc"]),
            number(figures[who]["log_loss"], 4),
            number(figures[who]["ece"]),
        ]
        for who, called in (("midflow", "Midflow"), ("base_rate", "base rate"))
    }
    lead = f"{figures['rows']:,} tasks begun; {percent(figures['wrong'])} of them went wrong. Each was predicted from what was known before it."
    note = (
        "AUC: how often a task that went wrong was ranked above one that did not; 0.5 is chance, and under 0.70 prompts"
        " cannot be aimed well. Base rate: how often the task went wrong lately, a day counting half after 28 days."
    )
    measured = page_table("Who gets a task wrong", ("AUC", "log loss", "ECE"), rows)
    return page("Need on your history", lead, [measured, words("How to read it", note), picture])


def _words(figures: dict[str, Any]) -> str:
    lines = [f"{figures['rows']:,} tasks begun, {100 * figures['wrong']:.1f}% of them went wrong."]
    for who, called in (("midflow", "Midflow"), ("base_rate", "base rate")):
        found = figures[who]
        auc = "too few to tell" if found["auc"] is None else f"{found['auc']:.3f}"
        lines.append(f"  {called:10} AUC {auc}   log loss {found['log_loss']:.4f}   ECE {found['ece']:.3f}")
    return "\n".join(lines)
