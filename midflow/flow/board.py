"""What a group did and what it was shown: counts of groups, never of a person."""

import msgspec

from midflow.core.decide.silence import WORDS
from midflow.store import counts, people
from midflow.store.counts import Count
from midflow.store.privacy import log_access
from midflow.store.tx import Store, Tx

FEWEST_PEOPLE = 5
"""A number is shown where at least this many people stand behind it."""

DAYS = 28


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A count, or None where fewer people than may be told stand behind it."""

    name: str
    count: int | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A team's figures; of one with too few people nothing but its title."""

    title: str
    small: bool
    people: int = 0
    figures: tuple[Figure, ...] = ()
    silences: tuple[Figure, ...] = ()


def read_board(store: Store, *, reader: str, now: float) -> list[Group]:
    """Return the figures of every team over the last 28 days, and write down who read them."""

    def read(tx: Tx) -> list[Group]:
        sizes = counts.teams_of_people(tx)
        titles = people.teams(tx)
        groups = [
            _group(tx, team, titles.get(team, team), size, now - DAYS * 86_400)
            for team, size in sizes.items()
        ]
        for team, size in sizes.items():
            if size >= FEWEST_PEOPLE:
                what = f"counts of the last {DAYS} days"
                log_access(tx, at=now, reader=reader, purpose="study", subject=f"team {team}", what=what)
        return sorted(groups, key=lambda group: group.title)

    return store.write(read)


def _group(tx: Tx, team: str, title: str, size: int, since: float) -> Group:
    if size < FEWEST_PEOPLE:
        return Group(title=title, small=True)
    found = {
        "Work events in": counts.events(tx, team, since),
        "Prompts displayed": counts.prompts(tx, team, since),
        "Safety-critical prompts, beside the budget": counts.exempt(tx, team, since),
        "Units opened": counts.statements(tx, team, since, "opened"),
        "Units completed": counts.statements(tx, team, since, "completed"),
        "Checks answered for the first time": counts.first_answers(tx, team, since),
        "Of these right": counts.first_answers(tx, team, since, right=True),
    }
    silences = counts.silences(tx, team, since)
    return Group(
        title=title,
        small=False,
        people=size,
        figures=tuple(_figure(name, count) for name, count in found.items()),
        silences=tuple(_figure(WORDS.get(reason, reason), count) for reason, count in silences.items()),
    )


def _figure(name: str, count: Count) -> Figure:
    told = count.times == 0 or count.people >= FEWEST_PEOPLE
    return Figure(name=name, count=count.times if told else None)
