"""A person's state as it is stored: short, and quick to read."""

import zlib

import msgspec

from midflow.core.learner.correction import Recalled
from midflow.core.learner.memory import Memory
from midflow.core.learner.packed import CHECK, SKILL, OnCheck, pack_check
from midflow.core.learner.response import OnItem
from midflow.core.learner.state import Charge, LearnerState, OpenOffer, Showing, TaskRecord

PLAIN, PACKED = 0x01, 0x02
"""The first byte says how the rest is to be read. States of schema 2 begin with another."""

LARGEST_PLAIN = 8192
"""Bytes beyond which a state is compressed: up to here, some hundred checks, reading it quickly is worth more."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(LearnerState).decode


class _Columns(msgspec.Struct, array_like=True):
    """Rows of one length as columns: what is alike stands together, and takes a third less when compressed."""

    names: str
    bytes_: bytes


class _Packed(msgspec.Struct, array_like=True):
    checks: _Columns
    skills: _Columns
    rest: LearnerState


_decode_packed = msgspec.msgpack.Decoder(_Packed).decode


def encode(state: LearnerState) -> bytes:
    """Return the state as bytes; `decode` is the inverse."""
    plain = _encode(state)
    if len(plain) <= LARGEST_PLAIN:
        return bytes((PLAIN,)) + plain
    rest = msgspec.structs.replace(state, checks={}, skills={})
    packed = _Packed(_columns(state.checks, CHECK.size), _columns(state.skills, SKILL.size), rest)
    return bytes((PACKED,)) + zlib.compress(_encode(packed), 6)


def decode(body: bytes) -> LearnerState:
    """Return the state of bytes that `encode` made, or that schema 2 made."""
    if body[0] == PLAIN:
        return _decode(memoryview(body)[1:])
    if body[0] == PACKED:
        packed = _decode_packed(zlib.decompress(memoryview(body)[1:]))
        checks, skills = _rows(packed.checks, CHECK.size), _rows(packed.skills, SKILL.size)
        return msgspec.structs.replace(packed.rest, checks=checks, skills=skills)
    return _brought_up(body)


def _columns(rows: dict[str, bytes], width: int) -> _Columns:
    names = sorted(rows)
    joined = b"".join([rows[name] for name in names])
    return _Columns("\n".join(names), b"".join([joined[place::width] for place in range(width)]))


def _rows(columns: _Columns, width: int) -> dict[str, bytes]:
    if not columns.bytes_:
        return {}
    names = columns.names.split("\n")
    joined = bytearray(len(columns.bytes_))
    for place in range(width):
        joined[place::width] = columns.bytes_[place * len(names) : (place + 1) * len(names)]
    whole = bytes(joined)
    return dict(zip(names, [whole[at : at + width] for at in range(0, len(whole), width)], strict=True))


class _TaskRecord2(msgspec.Struct):
    begun: float = 0.0
    erred: float = 0.0
    as_of: float = 0.0
    times: int = 0
    errors: int = 0
    last: float = 0.0
    last_error: float = 0.0


class _Charge2(msgspec.Struct):
    time: float
    decision: str


class _OpenOffer2(msgspec.Struct):
    decision: str
    unit: str
    expires: float


class _State2(msgspec.Struct):
    """What schema 2 kept: a memory a check, and nothing of skills."""

    memories: dict[str, Memory] = {}
    tasks: dict[str, _TaskRecord2] = {}
    units: dict[str, Showing] = {}
    charges: tuple[_Charge2, ...] = ()
    open: _OpenOffer2 | None = None
    seen: float = 0.0


_decode_2 = msgspec.msgpack.Decoder(_State2).decode


def _brought_up(body: bytes) -> LearnerState:
    old = _decode_2(body)
    return LearnerState(
        checks={check: pack_check(_on_check(memory)) for check, memory in old.memories.items()},
        tasks={task: TaskRecord(**msgspec.structs.asdict(record)) for task, record in old.tasks.items()},
        units=old.units,
        charges=tuple(Charge(time=charge.time, decision=charge.decision) for charge in old.charges),
        open=OpenOffer(**msgspec.structs.asdict(old.open)) if old.open else None,
        seen=old.seen,
    )


def _on_check(memory: Memory) -> OnCheck:
    """Which answers were right stands in the record; until a state is made again from it the counts have to do."""
    recalled = Recalled(
        memory, answers=memory.reviews, reviews=max(memory.reviews - 1, 0), lapses=memory.lapses
    )
    return OnCheck(recalled, OnItem(memory.right, memory.reviews - memory.right, 1, memory.last))
