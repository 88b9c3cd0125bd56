"""A release made ready for deciding: rules compiled, units by task, limits in seconds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import msgspec

from midflow.core.content.block import BlockKinds
from midflow.core.content.decode import encode_unit
from midflow.core.content.model import Task, Unit
from midflow.core.content.release import Policy, Release, decode
from midflow.core.decide.effect import PRIOR, Effect, strongest
from midflow.core.decide.situation import Limits
from midflow.core.events import KeptFields
from midflow.core.learner.foretell import Fitted
from midflow.core.match import RuleIndex
from midflow.flow.fitted import fitted, shipped
from midflow.store import keys, releases
from midflow.store.models import model_versions
from midflow.store.tx import Store, Tx

DAY = 86_400.0
SHOW_BOUNDS = {True: (0.2, 0.8), False: (0.05, 0.95)}
"""Bounds of the chance of showing, in trial mode and otherwise."""

LEASE = {"low": 30 * DAY, "normal": 30 * DAY, "safety_critical": DAY}
"""Seconds for which a device may show a unit without a sync, by risk."""


@dataclass(frozen=True)
class PreparedUnit:
    """A unit with what each decision needs of it. `skill`: what its checks are about. `expires` in seconds, None for never.

    `kind`: of its kinds of blocks the one that is thought to help most; `prior`: what
    such a unit is thought to achieve before anything is measured; `version` changes with its content.
    """

    unit: Unit
    checks: tuple[str, ...]
    skill: str
    kind: str
    prior: Effect
    version: str
    form: str
    expires: float | None


@dataclass(frozen=True)
class Rulebook:
    """Everything of one release that the edge reads, and what was fitted to decide by."""

    release: Release
    index: RuleIndex
    tasks: Mapping[str, Task]
    units: Mapping[str, PreparedUnit]
    by_task: Mapping[str, tuple[PreparedUnit, ...]]
    limits: Limits
    kept: KeptFields
    kinds: BlockKinds
    fitted: Fitted
    models: Mapping[str, int]


def prepare(
    release: Release, kinds: BlockKinds, *, declared: Iterable[tuple[str, Iterable[str]]] = (),
    learned: Fitted | None = None, models: Mapping[str, int] | None = None,
) -> Rulebook:  # fmt: skip
    """Return the rulebook of a release.

    `declared` are fields kept beyond those of the release; `learned`: what was
    fitted in this organisation, None for what is shipped, in the versions `models`.
    """
    tasks = {task.id: task for task in release.tasks}
    units = {unit.id: _prepared(unit, tasks) for unit in release.units}
    by_task: dict[str, list[PreparedUnit]] = {}
    for prepared in units.values():
        if prepared.unit.task is not None and prepared.unit.kind == "training":
            by_task.setdefault(prepared.unit.task, []).append(prepared)
    return Rulebook(
        release=release,
        index=RuleIndex(release.rules, release.tasks),
        tasks=tasks,
        units=units,
        by_task={task: tuple(found) for task, found in by_task.items()},
        limits=limits_of(release.policy),
        kept=KeptFields([*((source.name, source.fields) for source in release.sources), *declared]),
        kinds=kinds,
        fitted=learned or shipped(),
        models=models or {},
    )


def current_book(
    store: Store, kinds: BlockKinds, *, declared: Iterable[tuple[str, Iterable[str]]] = ()
) -> Rulebook:
    """Return the rulebook of the current release, one without rules where nothing is published.

    `declared` are fields kept beyond those of the release and of the store's sources.
    """

    def load(tx: Tx) -> tuple[Any, Any, Fitted, dict[str, int]]:
        return releases.current_release(tx), keys.declared_sources(tx), fitted(tx), model_versions(tx)

    current, here, learned, models = store.read(load)
    made = decode(current[1], kinds) if current else Release(number=0, created=0.0, policy=Policy(), hash="")
    return prepare(made, kinds, declared=[*here, *declared], learned=learned, models=models)


def skill_of(unit: Unit, tasks: Mapping[str, Task]) -> str:
    """Return what a unit's checks are about: its first skill, else its task's, else the unit itself (`unit:` and its id)."""
    task = tasks.get(unit.task or "")
    skills = unit.skills or (task.skills if task else ())
    return skills[0] if skills else f"unit:{unit.id}"


def kinds_of_units(units: Iterable[Unit]) -> dict[str, str]:
    """Return of each unit, by its id, the kind under which its effect is counted with that of others."""
    return {unit.id: strongest(block.kind for block in unit.blocks) for unit in units}


def _prepared(unit: Unit, tasks: Mapping[str, Task]) -> PreparedUnit:
    present = [block.kind for block in unit.blocks]
    kind = strongest(present)
    expires = None
    if unit.expires is not None:
        day = date.fromisoformat(unit.expires)
        expires = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + DAY
    return PreparedUnit(
        unit=unit,
        checks=tuple(f"{unit.id}#{block.id}" for block in unit.blocks if block.kind == "check"),
        skill=skill_of(unit, tasks),
        kind=kind,
        prior=PRIOR[kind],
        version=sha256(msgspec.json.encode(encode_unit(unit))).hexdigest()[:16],
        form="checklist" if "checklist" in present else "inline",
        expires=expires,
    )


def limits_of(policy: Policy) -> Limits:
    """Return the limits and parameters of decisions under a policy."""
    low, high = SHOW_BOUNDS[policy.trial]
    return Limits(
        per_day=policy.limits.per_day,
        per_week=policy.limits.per_week,
        gap=policy.limits.gap_minutes * 60.0,
        cooldown=policy.limits.cooldown_days * DAY,
        max_shown=policy.limits.max_showings,
        max_ignored=policy.limits.max_ignored,
        cost=policy.interruption_cost,
        show_at_least=low,
        show_at_most=high,
    )
