"""Learning from what was done here: need is fitted again, and draws by chance tell what units achieve."""

from collections.abc import Mapping

import msgspec
import numpy as np

from midflow.core.decide.effect import Trials, tried
from midflow.core.decide.fitted import Effects, NeedModel
from midflow.core.decide.need_model import FEATURES
from midflow.core.learner.fit import Floats
from midflow.core.learner.logit import trusted
from midflow.core.learner.prequential import MOST_ROWS, Fitted, Past, Table, refit, refit_is_due
from midflow.core.learner.state import DAY
from midflow.store.begun import PastRow, begun_rows, count_begun, settled_draws
from midflow.store.models import EFFECTS, NEED, models, save_model
from midflow.store.tx import Store, Tx

SETTLE = 7
"""Days after which a task begun is learnt from; what comes out as wrong later is learnt at a later fit."""
A_NIGHT = 1.0
"""Days after which need is fitted again."""
DRAWS = 2000
"""Tasks begun that are counted in one transaction."""

encode = msgspec.msgpack.Encoder().encode


def refit_need(store: Store, now: float, *, every: float = A_NIGHT) -> NeedModel | None:
    """Fit need on the tasks begun up to a week before `now` (seconds), say whether it may be trusted, and store it.

    It is fitted again after so many days, or when much is new; whether it may be
    trusted is settled each time, from what it said before outcomes were known.
    None where there is too little to learn from.
    """
    today = int(now // DAY)
    known, rows, usable = store.read(
        lambda tx: (
            models(tx).get(NEED),
            begun_rows(tx, before=_before(today), most=MOST_ROWS),
            count_begun(tx, before=_before(today)),
        )
    )
    if not rows:
        return None
    last = msgspec.msgpack.decode(known.body, type=NeedModel) if known else None
    table = table_of(rows, earlier=usable - len(rows))
    found = last
    if _is_due(last, today, usable, every):
        fitted = refit(table, _fitted(last), today)
        found = (
            NeedModel(logit=fitted.model, rows=fitted.rows, day=fitted.day, trusted=False) if fitted else None
        )
    if found is None:
        return None
    found = msgspec.structs.replace(found, trusted=_trusted(rows, table, today))
    if found != last:
        store.write(lambda tx: save_model(tx, NEED, encode(found), fitted=now))
    return found


def is_due_early(tx: Tx, now: float) -> bool:
    """Return whether need has not been looked at today, or so much is new that it should be fitted now."""
    known, today = models(tx).get(NEED), int(now // DAY)
    if known is None:
        return True
    last = msgspec.msgpack.decode(known.body, type=NeedModel)
    return _is_due(last, today, count_begun(tx, before=_before(today)), A_NIGHT)


def _is_due(last: NeedModel | None, today: int, usable: int, every: float) -> bool:
    return refit_is_due(_fitted(last), today, usable) or (last is not None and today - last.day >= every)


def _before(today: int) -> float:
    return (today - SETTLE + 1) * DAY


def table_of(rows: list[PastRow], *, earlier: int = 0) -> Table:
    """Return what to predict of tasks begun, in the order of time: whether each turned out wrong; `earlier` as in Table."""
    facts = np.frombuffer(b"".join(row.facts for row in rows), dtype="<f4").astype(np.float64)
    times = np.array([row.time for row in rows])
    wrong_at = np.array([np.inf if row.wrong_at is None else row.wrong_at for row in rows])
    return Table(
        rows=facts.reshape(-1, len(FEATURES)), day=(times // DAY).astype(np.int64), when=wrong_at / DAY,
        baseline=np.array([row.base for row in rows]), span=np.inf, settle=SETTLE,
        earlier=earlier,
    )  # fmt: skip


def _fitted(last: NeedModel | None) -> Fitted | None:
    """The last fit, where its features are still the same."""
    if last is None or len(last.logit.weights) != len(FEATURES):
        return None
    return Fitted(model=last.logit, day=last.day, rows=last.rows)


def _trusted(rows: list[PastRow], table: Table, today: int) -> bool:
    """Whether what models said, each before the outcome was known, was better than the base rate of late."""
    says: Floats = np.array([np.nan if row.said is None else row.said for row in rows])
    past = Past(table, says)
    for day in np.unique(table.day).tolist():
        part = slice(*np.searchsorted(table.day, (day, day + 1)).tolist())
        if not np.isnan(says[part]).any():
            past.add(day, part)
    return trusted(past.differences(today))


def count_draws(store: Store, now: float, *, kinds: Mapping[str, str]) -> int:
    """Count what became of draws by chance whose week is over, each once, and return how many were counted.

    Units are counted by themselves and, where `kinds` has theirs, with others of their kind.
    """
    counted = 0
    while True:
        some, more = store.write(lambda tx: _count_some(tx, now, kinds))
        counted += some
        if not more:
            return counted


def _count_some(tx: Tx, now: float, kind_of: Mapping[str, str]) -> tuple[int, bool]:
    known = models(tx).get(EFFECTS)
    effects = msgspec.msgpack.decode(known.body, type=Effects) if known else Effects()
    kinds, units = dict(effects.kinds), dict(effects.units)
    reached, counted = effects.reached, 0
    rows = settled_draws(tx, after=effects.reached, most=DRAWS)
    for row in rows:
        if row.time > now - SETTLE * DAY:
            break
        reached = row.seq
        if row.unit is None or not 0 < (row.chance or 0.0) < 1:
            continue
        wrong = row.wrong_at is not None and row.wrong_at <= row.time + SETTLE * DAY
        counted += 1
        kind = kind_of.get(row.unit)
        for sums, name in ((units, row.unit), *([(kinds, kind)] if kind else [])):
            sums[name] = tried(
                sums.get(name, Trials()),
                chance=row.chance or 0.0,
                shown=row.shown,
                wrong=wrong,
                need=row.need or 0.0,
            )
    if reached > effects.reached:
        body = encode(Effects(kinds=kinds, units=units, reached=reached))
        save_model(tx, EFFECTS, body, fitted=now)
    return counted, reached > effects.reached and len(rows) == DRAWS
