"""What probes found: what is left after 7, 30 and 90 days, measured beside modelled, over everybody."""

from midflow.core.content.release import Release
from midflow.core.learner.probes import Asked, Plan, Probed, Retention, probed, retention
from midflow.flow.remind import PROBES
from midflow.store.outcomes import answers_of
from midflow.store.people import people
from midflow.store.tx import Tx

FEWEST_PEOPLE = 5
"""People whose probes must be there before a group of them is told."""


def found_by_probes(tx: Tx, release: Release) -> list[Retention]:
    """Return retention by plan and delay, of those who are measured, without groups of fewer than five people."""
    critical = {unit.id for unit in release.units if unit.risk == "safety_critical"}
    share = release.policy.probe_share
    found: list[Probed] = []
    who: dict[tuple[Plan, int], set[str]] = {}
    for person in people(tx):
        if not person.preferences.measured:
            continue
        answers = [
            Asked(check=row.check, time=row.time, right=row.right)
            for row in answers_of(tx, person.id)
            if row.check.partition("#")[0] not in critical
        ]
        for probe in probed(person.id, answers, share=share, salt=PROBES):
            who.setdefault((probe.plan, probe.delay), set()).add(person.id)
            found.append(probe)
    return retention(probe for probe in found if len(who[probe.plan, probe.delay]) >= FEWEST_PEOPLE)
