"""`midflow evaluate need LOG`: who gets a task wrong when they begin it."""

import argparse
from array import array
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby
from math import inf
from typing import Any

import numpy as np

from midflow.core.decide.known import Start, facts, kinds_of, plain
from midflow.core.decide.need_model import FEATURES, NeedFacts, features
from midflow.core.decide.sums import Kinds, Sums, begun, erred
from midflow.core.learner.evidence import Worked, apply
from midflow.core.learner.prequential import Table
from midflow.core.learner.state import DAY, LearnerState
from midflow.core.match import CaseState
from midflow.core.match.moments import with_begun, with_error
from midflow.evaluate.doings import Doing, doings
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.history import read_history
from midflow.evaluate.measures import Floats, reliability, scores
from midflow.evaluate.page import number, page, percent, reliability_figure, words
from midflow.evaluate.page import table as page_table
from midflow.evaluate.prequential import Predicted, predict
from midflow.flow.worklog import LogError, built_in

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


def predicted(done: list[Doing], say: Say) -> Backtest:
    """Return what would have been said of tasks begun, in the order of time; Refused where they span too few days."""
    rows = table(done, say)
    first, last = int(rows.day[0]), int(rows.day[-1])
    if last - first < WARM_UP:
        raise Refused(f"The log spans {last - first + 1} days; at least {WARM_UP + 1} are needed.")
    return Backtest(doings=done, table=rows, predicted=predict(rows, say), scored=rows.day >= first + WARM_UP)


def table(rows: list[Doing], say: Say) -> Table:
    """Return what to predict: whether each task begun, in the order of time, turns out wrong."""
    columns, base = array("d"), array("d")
    memory = Memory()
    done = 0
    for _, together in groupby(rows, lambda doing: doing.place):
        event = list(together)
        memory.learn(event[0])
        for doing in event:
            columns.extend(features(memory.facts(doing), doing.time))
            base.append(memory.base_rate(doing))
        for doing in event:
            memory.note(doing)
        done += len(event)
        if done // 2000 != (done - len(event)) // 2000:
            say(f"task {done:,} of {len(rows):,}")
    times = np.array([doing.time for doing in rows])
    wrong_at = np.array([doing.wrong_at for doing in rows])
    return Table(
        rows=np.frombuffer(columns).reshape(-1, len(FEATURES)), day=(times // DAY).astype(np.int64),
        when=wrong_at / DAY, baseline=np.frombuffer(base), span=inf, settle=SETTLE,
    )  # fmt: skip


class Memory:
    """All that is known as it stands at a time; what went wrong is learnt when it comes out, not before."""

    def __init__(self) -> None:
        self._states: dict[str, LearnerState] = {}
        self._cases: dict[str, CaseState] = {}
        self._sums: dict[str, Sums] = {}
        self._coming: list[tuple[float, int, int, Doing, Kinds]] = []
        self._noted = 0

    def learn(self, until: Doing) -> None:
        """Take in what came out as wrong before `until`."""
        while self._coming and self._coming[0][:2] < (until.time, until.place):
            at, _, _, doing, of = heappop(self._coming)
            self._sums |= erred(self._sums, of, at)
            self._work(doing, wrong=True, time=at)
            if doing.case:
                self._cases[doing.case] = with_error(self._cases[doing.case], doing.task)

    def facts(self, doing: Doing) -> NeedFacts:
        """Return what is known when the task is begun."""
        return facts(
            start_of(doing), self._states.get(doing.person, LearnerState()), self._case(doing), self._sums
        )

    def base_rate(self, doing: Doing) -> float:
        """Return the baseline for a task begun."""
        return plain(start_of(doing), self._sums)

    def note(self, doing: Doing) -> None:
        """Take in that the task was begun."""
        case = self._case(doing)
        of = kinds_of(start_of(doing), case)
        self._sums |= begun(self._sums, of, doing.time)
        self._work(doing, wrong=False, time=doing.time)
        if doing.case:
            self._cases[doing.case] = with_begun(
                case, person=doing.person, task=doing.task, state=doing.state, time=doing.time
            )
        if doing.wrong_at < inf:
            self._noted += 1
            heappush(self._coming, (doing.wrong_at, doing.wrong_place, self._noted, doing, of))

    def _work(self, doing: Doing, *, wrong: bool, time: float) -> None:
        state = self._states.get(doing.person, LearnerState())
        self._states[doing.person] = apply(state, Worked(task=doing.task, wrong=wrong, time=time))

    def _case(self, doing: Doing) -> CaseState:
        return self._cases.get(doing.case, CaseState()) if doing.case else CaseState()


def start_of(doing: Doing) -> Start:
    """Return the task begun as need looks at it."""
    return Start(doing.person, doing.task, doing.state, doing.time)


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
