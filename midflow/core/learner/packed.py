"""What is known of one person on one check, and on one skill, in a few bytes each.

A person's state is read at each of their events, which touches a few checks of
perhaps hundreds. So a check stays a row of bytes until somebody asks for it:
reading a state costs a dictionary, and storing it takes little. What a row
keeps is rounded as it is packed, and a state holds rows alone: made again from
the log it is the same to the last bit.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import exp, floor, log
from struct import Struct

import msgspec

from midflow.core.learner.correction import Recalled
from midflow.core.learner.memory import DAY, MIN_STABILITY, Memory
from midflow.core.learner.response import OnItem, OnSkill

CHECK = Struct(">IHHHHHHHBBbBI")
"""Due first: of several rows the least is the one that falls due first."""

SKILL = Struct(">IHHfeeeeBIHH")

NEVER = 0xFFFF_FFFF
"""Stands for a time that there is not."""

MINUTE = 60
MOST = 0xFFFF
SHORTEST, STEPS = log(MIN_STABILITY), MOST / (log(100_000.0) - log(MIN_STABILITY))
"""Stability is kept on the log scale, to 0.02%: that is less than 0.00002 of recall."""

FINE = 100.0
"""Steps of difficulty to one; difficulty is at most 10."""

EVEN = 32.0
"""Steps of surprise, which is within 1."""


class OnCheck(msgspec.Struct, frozen=True, gc=False):
    """One person on one check: its memory with its history, and the answers as the response model counts them.

    `item.last` is when it was last answered; the memory's may be later, where work showed it remembered.
    """

    recalled: Recalled
    item: OnItem


def pack_check(on: OnCheck) -> bytes:
    """Return the row of a check. Its times are kept to the minute; lapses are those a day or more after the answer before."""
    recalled, memory = on.recalled, on.recalled.memory
    last, days = _minute(memory.last), round(max(memory.due - memory.last, 0.0) / DAY)
    return CHECK.pack(
        last + days * 1440, days, _stability(memory), round(memory.difficulty * FINE), _few(memory.reviews),
        _few(memory.right), _few(recalled.reviews), _few(recalled.lapses),
        min(recalled.in_a_row, 255), min(recalled.same_day, 255), round(recalled.surprise * EVEN), on.item.run,
        NEVER if on.item.last is None else max(last - _minute(on.item.last), 0),
    )  # fmt: skip


def unpack_check(row: bytes) -> OnCheck:
    """Return what the row of a check says."""
    *_, reviews, lost, in_a_row, same_day, surprise, run, since = CHECK.unpack(row)
    memory = unpack_memory(row)
    recalled = Recalled(memory, memory.reviews, reviews, lost, in_a_row, same_day, surprise / EVEN)
    last = None if since == NEVER else memory.last - since * MINUTE
    return OnCheck(recalled, OnItem(memory.right, memory.reviews - memory.right, run, last))


def unpack_memory(row: bytes) -> Memory:
    """Return the memory in the row of a check."""
    due, days, stability, difficulty, answers, right, _, lapses, *_ = CHECK.unpack(row)
    return Memory(
        stability=exp(SHORTEST + stability / STEPS), difficulty=difficulty / FINE,
        last=float((due - days * 1440) * MINUTE), due=float(due * MINUTE),
        reviews=answers, lapses=lapses, right=right,
    )  # fmt: skip


def first_due(rows: Iterable[bytes]) -> float | None:
    """Return when the first of these checks falls due, in seconds; None where there is none."""
    first = min(rows, default=None)
    return None if first is None else float(int.from_bytes(first[:4], "big") * MINUTE)


class Memories(Mapping[str, Memory]):
    """The memories in rows of checks, each read when it is asked for."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Mapping[str, bytes]) -> None:
        self._rows = rows

    def __getitem__(self, check: str) -> Memory:
        return unpack_memory(self._rows[check])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def pack_skill(on: OnSkill) -> bytes:
    """Return the row of a skill. Of its memory stay the state and when it was last touched; it never falls due."""
    memory = on.memory
    seen = (
        (NEVER, 0, 0)
        if memory is None
        else (_minute(memory.last), _stability(memory), round(memory.difficulty * FINE))
    )
    return SKILL.pack(
        NEVER if on.last is None else _minute(on.last), _few(on.wins), _few(on.fails),
        on.ability, on.variance, on.fast, on.recent_wins, on.recent_fails, on.run, *seen,
    )  # fmt: skip


def unpack_skill(row: bytes) -> OnSkill:
    """Return what the row of a skill says."""
    (
        last,
        wins,
        fails,
        ability,
        variance,
        fast,
        recent_wins,
        recent_fails,
        run,
        seen,
        stability,
        difficulty,
    ) = SKILL.unpack(row)
    memory = None
    if seen != NEVER:
        memory = Memory(
            stability=exp(SHORTEST + stability / STEPS), difficulty=difficulty / FINE,
            last=float(seen * MINUTE), due=float(seen * MINUTE), reviews=0, lapses=0, right=0,
        )  # fmt: skip
    when = None if last == NEVER else float(last * MINUTE)
    return OnSkill(wins, fails, ability, variance, fast, recent_wins, recent_fails, run, when, memory)


def _minute(time: float) -> int:
    """The whole minute of a time, one before 1970 or after the year 5000 being taken for the next that can be kept."""
    return min(max(floor(time / MINUTE), 0), 1_600_000_000)


def _stability(memory: Memory) -> int:
    return min(max(round((log(memory.stability) - SHORTEST) * STEPS), 0), MOST)


def _few(count: int) -> int:
    return min(count, MOST)
