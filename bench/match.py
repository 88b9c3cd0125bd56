"""Matching: what an event costs against 100 rules and against 10,000 when ten match, and what histories add.

A rule matches in blocks of ten: rule k asks for value k // 10, so an event with one
value matches ten rules, however many there are.
"""

import random
import statistics
import time

from midflow.core.content.model import Absent, After, Count, Rule, Term, Times, Unused
from midflow.core.events import WorkEvent
from midflow.core.match import CaseState, Past, Record, RuleIndex
from midflow.core.match.history import Seen, noted

FEW, MANY, MATCHING, NOW = 100, 10_000, 10, 1_790_000_000.0
EVENTS, TIMES = 300, 15

CONDITIONS = {
    "one equality": 'data.status == "s{v}"',
    "two equalities": 'data.tier == "t{tens}" && data.region == "r{ones}"',
    "one of a list": 'data.status in ["s{v}", "x{v}", "y{v}"]',
    "either of two fields": 'data.status == "s{v}" || data.other == "s{v}"',
    "has and a comparison": 'has(data.status) && data.status == "s{v}" && data.hours > 2.0',
    "at most a number": "data.near <= {v}.5 && data.n == {v}",
    "above a number": "data.hours > {above}.5",
    "the source": 'event.source == "urn:tool:{v}"',
    "a beginning": 'data.status.startsWith("s{v}-")',
    "what came before": 'before.status == "s{v}" && before.by_me',
    "a field of its own": "data.flag{v}",
    "no condition, a type of its own": "true",
}
"""What authors write. `above` leaves ten rules under the event's number, whatever their count."""


def run() -> dict[str, object]:
    kinds = {name: compare(name, text) for name, text in CONDITIONS.items()}
    mixed = compare("mixed", None)
    return {
        "us_an_event": {**kinds, "all of these together": mixed},
        "worst_ratio": max(found["ratio"] for found in (*kinds.values(), mixed)),
        "compile_10000_seconds": compiling(),
        "a_condition_that_demands_nothing": compare("nothing", 'data.status != "s{v}x" && !(data.n != {v})'),
        "history": histories(),
        "goals": "10,000 rules at most 3 times 100 rules, where the same number match",
    }


def compare(name: str, text: str | None) -> dict[str, float]:
    """Microseconds an event against few and many rules, measured in turns, and their ratio."""
    few, many = index_of(name, text, FEW), index_of(name, text, MANY)
    events = [event(name, seed) for seed in range(EVENTS)]
    for one in events[:5]:
        a, b = matched(few, one), matched(many, one)
        if a != b or not a:
            raise RuntimeError(
                f"{name}: {a} of {FEW} and {b} of {MANY} rules match, which is not the same number"
            )
    times: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(TIMES):
        for label, index in (("few", few), ("many", many)):
            started = time.process_time()
            for one in events:
                matched(index, one)
            times[label].append(1e6 * (time.process_time() - started) / EVENTS)
    a, b = (statistics.median(times[label]) for label in ("few", "many"))
    return {"rules_100": round(a, 1), "rules_10000": round(b, 1), "ratio": round(b / a, 2)}


def rules_of(name: str, text: str | None, count: int) -> list[Rule]:
    texts = (
        [text] if text is not None else [t for t in CONDITIONS.values() if t != "true" and "above" not in t]
    )
    made = []
    for k in range(count):
        value = k // MATCHING
        when = texts[value % len(texts)].format(
            v=value, tens=value // 32, ones=value % 32, above=k if k < MATCHING else k + 1000
        )
        type_ = f"desk.type-{value}" if name == "no condition, a type of its own" else "desk.done"
        made.append(Rule(id=f"r-{k}", task=f"task-{k}", phase="stuck", events=(type_,), when=when))
    return made


def index_of(name: str, text: str | None, count: int) -> RuleIndex:
    return RuleIndex(rules_of(name, text, count), ())


def event(name: str, seed: int) -> WorkEvent:
    """An event with a value that there is among 100 rules too."""
    value = random.Random(seed).randrange(FEW // MATCHING)
    beginning = f"s{value}-begun" if name == "a beginning" else f"s{value}"
    type_ = f"desk.type-{value}" if name == "no condition, a type of its own" else "desk.done"
    data = {
        "status": beginning, "tier": "t0", "region": f"r{value}", "n": value, "near": value, "hours": 11.0,
        "other": "-", f"flag{value}": True, "activity": "Done", "category": "network", "channel": "mail",
    }  # fmt: skip
    return WorkEvent(
        source=f"urn:tool:{value}", id=str(seed), type=type_, time=NOW, person="ana", case="T-1", data=data
    )


def matched(index: RuleIndex, event: WorkEvent) -> int:
    before = CaseState(
        last={"type": "desk.begun", "status": event.data["status"]}, last_person="ana", last_time=NOW
    )
    return len(index.match(event, person="ana", facts={}, case=before, time=NOW).moments)


def compiling() -> float:
    """How long 10,000 rules of all kinds take to be made ready, as at a new release."""
    rules = rules_of("mixed", None, MANY)
    started = time.process_time()
    RuleIndex(rules, ())
    return round(time.process_time() - started, 2)


def histories() -> dict[str, object]:
    """1,000 rules with terms, of which ten have a condition that holds, with 50 events remembered of each type."""
    plain = rules_of("one equality", CONDITIONS["one equality"], 1000)
    rules = [with_history(rule, n) for n, rule in enumerate(plain)]
    trail = {}
    for n in range(100):
        trail = noted(trail, f"desk.{'done' if n % 2 else 'reply'}", Seen(NOW - 600 * n, n, "", "s1", "ben"))
    case = CaseState(last={"type": "desk.begun"}, last_time=NOW, trail=dict(trail))
    past = Past(
        record=lambda *_: Record(times=5, last=NOW - 9e6, rate=0.2, everyones=0.1), trail=lambda _: trail
    )
    events = [event("", seed) for seed in range(EVENTS)]
    costs = {}
    for label, index in (("without_terms", RuleIndex(plain, ())), ("with_terms", RuleIndex(rules, ()))):
        rounds = []
        for _ in range(TIMES):
            started = time.process_time()
            for one in events:
                index.match(one, person="ana", facts={}, case=case, time=NOW, seq=10**6, past=past)
            rounds.append(1e6 * (time.process_time() - started) / EVENTS)
        costs[label] = round(statistics.median(rounds), 1)
    started = time.process_time()
    for n in range(2000):
        noted(trail, "desk.done", Seen(NOW + n, 10**6 + n, "", "s1", "ben"))
    return {"us_an_event": costs, "us_to_note_one": round(1e6 * (time.process_time() - started) / 2000, 1)}


def with_history(rule: Rule, n: int) -> Rule:
    terms: list[Term] = [
        Times(at_least=1),
        Unused(days=30),
        After(events=("desk.reply",), within_hours=4, by="another"),
        Count(events=("desk.done",), status="s1", at_least=40, within_hours=24),
        Count(events=("desk.done", "desk.reply"), at_least=50, within_hours=48, where="person"),
        Absent(events=("desk.reply",), within_hours=4),
    ]
    return Rule(
        id=rule.id, task=rule.task, phase="stuck", events=rule.events, when=rule.when, history=(terms[n % 6],)
    )
