"""What probes found is told over everybody who is measured, and of nobody alone."""

import msgspec

from midflow.core.learner.probes import DELAYS, delays_of, plan_of
from midflow.flow.probing import found_by_probes
from midflow.flow.remind import PROBES
from midflow.store.outcomes import OutcomeRow, add_outcomes
from midflow.store.people import Person, save_person
from midflow.store.preferences import PLAIN
from midflow.store.tx import Store, Tx
from tests.flow.conftest import NOW, book_of
from tests.flow.statements import batch, says

DAY = 86_400.0
CHECK = "hold-a-ticket#why"


def probed_people(plan: str, many: int) -> list[str]:
    names = (f"p{n}" for n in range(5000))
    return [one for one in names if plan_of(one, CHECK, share=0.1, salt=PROBES) == plan][:many]


def tell(store: Store, who: list[str], days: float, *, right: int, measured: bool = True) -> None:
    """Each of `who` learned the check and was asked it so many days later; `right` of them knew it."""
    from midflow.flow.record import record

    def write(tx: Tx) -> None:
        start = tx.execute("SELECT coalesce(max(seq), 0) FROM outcome").fetchone()[0]
        record(tx, [batch(*(says(10_000 + start + n) for n in range(2 * len(who))))], now_ms=1000)
        for place, name in enumerate(who):
            kept = msgspec.structs.replace(PLAIN, measured=measured)
            save_person(tx, Person(id=name, name=name, roles=(), preferences=kept), now=NOW)
            rows = [(NOW, True), (NOW + days * DAY, place < right)]
            add_outcomes(
                tx,
                [
                    OutcomeRow(
                        start + 1 + 2 * place + n, name, "reviewed", "hold-a-ticket", "why", time, well, None
                    )
                    for n, (time, well) in enumerate(rows)
                ],
            )

    store.write(write)


def test_measured_stands_beside_modelled(store: Store) -> None:
    tell(store, probed_people("probed", 8), 30.5, right=6)
    policy = msgspec.structs.replace(book_of().release.policy, probe_share=0.1)
    release = msgspec.structs.replace(book_of().release, policy=policy)
    (found,) = store.read(lambda tx: found_by_probes(tx, release))
    assert (found.plan, found.delay, found.answers, found.measured) == ("probed", 30, 8, 0.75)
    assert 0.5 < found.modelled < 0.9
    none = msgspec.structs.replace(release, policy=msgspec.structs.replace(policy, probe_share=0.0))
    assert store.read(lambda tx: found_by_probes(tx, none)) == []
    units = tuple(msgspec.structs.replace(unit, risk="safety_critical") for unit in release.units)
    assert store.read(lambda tx: found_by_probes(tx, msgspec.structs.replace(release, units=units))) == []


def test_fewer_than_five_people_and_those_who_are_not_measured_are_not_told(store: Store) -> None:
    people = probed_people("left", 60)
    same = [one for one in people if delays_of(one, CHECK, "left", salt=PROBES) == (DELAYS[0],)]
    policy = msgspec.structs.replace(book_of().release.policy, probe_share=0.1)
    release = msgspec.structs.replace(book_of().release, policy=policy)
    tell(store, same[:4], 7.2, right=4)
    tell(store, same[4:8], 7.2, right=4, measured=False)
    assert store.read(lambda tx: found_by_probes(tx, release)) == []
    tell(store, same[8:9], 7.2, right=0)
    (found,) = store.read(lambda tx: found_by_probes(tx, release))
    assert (found.answers, found.measured) == (5, 0.8)
