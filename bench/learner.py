"""The learner's arithmetic: one answer in plain Python, a million memories and a fit in numpy, on one thread.

Processor time of the thread, so that what else the machine does is not counted.
"""

import gc
import random
import time
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
from fsrs import Card, Rating, Scheduler

from bench import projection
from midflow.core.learner.bulk import learn_weights, logistic
from midflow.core.learner.evidence import Answered, Worked, apply, trace
from midflow.core.learner.memories import interval_many, review_many
from midflow.core.learner.memory import DAY, review
from midflow.core.learner.response import (
    Norms,
    OnItem,
    OnSkill,
    Overall,
    Tally,
    Trace,
    chance,
    history_key,
    learn,
    look,
    run_keys,
    sigmoid,
    tally,
)  # fmt: skip
from midflow.core.learner.session import Askable, compose
from midflow.core.learner.state import LearnerState
from midflow.core.learner.weights import (
    FEATURES,
    UNLEARNED,
    Calibration,
    Shift,
    calibrated,
    recalibrated,
    shifted,
)
from midflow.store import states

ANSWERS = 50_000
MEMORIES = 1_000_000
ONE_BY_ONE = 10_000
ROWS = 220_000


def run() -> dict[str, object]:
    return {
        "predict_and_update_microseconds": {
            "without times": min(answer(sitting=None) for _ in range(5)),
            "sittings of ten": min(answer(sitting=10) for _ in range(5)),
            "each after two days": min(answer(sitting=1) for _ in range(5)),
        },
        "million_memories": million(),
        "fit_seconds": fit(),
        "session_of_200_checks_milliseconds": session(200),
        "person": {f"{checks} checks": person(checks) for checks in (20, 100, 200)},
        "projection_of_a_million": projection.run(1_000_000),
        "goals": "10 us an answer; a million at least 60x faster than py-fsrs; a fit <= 1 s; a person with 200 checks"
        " <= 8192 bytes, or 4096 compressed; a projection of 50,000 a second",
    }


def answer(*, sitting: int | None) -> float:
    """The pure functions of one answer, put in a row as the caller does, without the caller's dictionaries."""
    draw = random.Random(1)
    weights = msgspec.structs.replace(UNLEARNED, values=tuple(draw.random() for _ in FEATURES))
    trace, norms, line, now = Trace(Overall(), OnSkill(), OnItem()), Norms(), Calibration(), 0.0
    shift = Shift()
    rights = [draw.random() < 0.7 for _ in range(ANSWERS)]
    gc.disable()
    started = time.thread_time()
    for number, right in enumerate(rights):
        now += 2 * DAY if sitting and number % sitting == 0 else 20.0
        at = now if sitting else None
        run_keys(trace, "refunds")
        history_key(trace.item, at)
        view = look(trace, norms, at)
        logit = chance(weights, view)
        expected = sigmoid(calibrated(line, logit) + shift.offset)
        line = recalibrated(line, logit, right, expected)
        shift = shifted(shift, right, expected)
        trace = learn(trace, view, right, "refunds", at)
        norms = tally(norms, view, right)
    took = time.thread_time() - started
    gc.enable()
    return round(took / ANSWERS * 1e6, 2)


def million() -> dict[str, float]:
    draw = np.random.default_rng(1)
    stability, difficulty = draw.uniform(1, 100, MEMORIES), draw.uniform(1, 10, MEMORIES)
    days, grades = draw.integers(1, 100, MEMORIES).astype(float), draw.integers(1, 5, MEMORIES)
    tries = list[float]()
    for _ in range(3):
        started = time.thread_time()
        after, _ = review_many(stability, difficulty, days, grades)
        interval_many(after, 0.9)
        tries.append(time.thread_time() - started)
    many = min(tries)
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    when = datetime(2026, 3, 2, tzinfo=UTC)
    card, _ = scheduler.review_card(Card(card_id=1), Rating.Good, when)
    started = time.thread_time()
    for number in range(ONE_BY_ONE):
        scheduler.review_card(card, Rating(1 + number % 4), when + timedelta(days=1 + number % 100))
    single = (time.thread_time() - started) / ONE_BY_ONE * MEMORIES
    return {
        "seconds": round(many, 3),
        "py_fsrs_seconds": round(single, 1),
        "times_faster": round(single / many, 1),
    }


def fit() -> float:
    draw = np.random.default_rng(1)
    features = draw.normal(size=(ROWS, len(FEATURES)))
    right = (draw.random(ROWS) < logistic(features[:, 0])).astype(float)
    started = time.thread_time()
    learn_weights(features, right, prior=UNLEARNED)
    return round(time.thread_time() - started, 2)


def session(checks: int) -> float:
    """One day's session composed out of checks that are all due."""
    draw = random.Random(1)
    now = 1.77e9
    askables = [
        Askable(
            check=f"check-{number:03}", memory=review(None, draw.choice((1, 3)), now - draw.uniform(9, 90) * DAY),
            seconds=20.0, unit=f"unit-{number // 2}", skills=(f"skill-{number % 20}",),
        )
        for number in range(checks)
    ]  # fmt: skip
    tries = list[float]()
    for _ in range(20):
        started = time.thread_time()
        compose(askables, now=now)
        tries.append(time.thread_time() - started)
    return round(min(tries) * 1e3, 2)


def person(checks: int) -> dict[str, float]:
    """A person's whole state as it is stored, and how long it takes to read: some 28 letters a name, 20 skills, 15 tasks."""
    draw, state, now = random.Random(1), LearnerState(), 1.77e9
    for number in range(4 * checks):
        place = number if number < checks else draw.randrange(checks)
        check = f"handle-a-customer-order-{place // 2}#{('why', 'when')[place % 2]}"
        now += draw.random() * DAY
        skill = f"skill-{place % 20:02}"
        view = look(trace(state, check, skill), Norms(everyone=Tally(100, 70, 1, 20)), now)
        told = Answered(
            check=check, grade=draw.choice((1, 3, 3, 3, 4)), time=now, skill=skill,
            expected=view.expected, without_item=view.without_item,
        )  # fmt: skip
        state = apply(state, told)
    for task in range(15):
        state = apply(state, Worked(task=f"task-{task}", wrong=False, time=now))
    stored = states.encode(state)
    tries = list[float]()
    for _ in range(20):
        started = time.thread_time()
        for _ in range(50):
            states.decode(stored)
        tries.append((time.thread_time() - started) / 50 * 1e6)
    return {"stored_bytes": len(stored), "read_microseconds": round(min(tries), 1)}
