"""In which order a check's options stand, so that it is the answer that is learned and not its place."""

from hashlib import blake2b


def options_order(person: str, check: str, *, shown: int, options: int) -> tuple[int, ...]:
    """Return the positions of the options as written, in the order in which they stand at this showing.

    `shown` >= 0: how often the check was shown to the person before. The same arguments give the same order
    everywhere. From one showing to the next every option moves, and in as many showings in a row, counted from
    the first, as there are options each stands in each place once. Answers keep naming the positions as written, so that
    scoring knows of no order. O(shown).
    """
    if options < 2:
        return tuple(range(options))
    order = _shuffled(person, check, 0, 0, options)
    for around in range(1, shown // options + 1):
        order = _next(person, check, around, order)
    turn = shown % options
    return (*order[turn:], *order[:turn])


def _next(person: str, check: str, around: int, before: tuple[int, ...]) -> tuple[int, ...]:
    """Another order to turn, none of whose options stands where it stood last: `before` turned all but once round."""
    last = (before[-1], *before[:-1])
    for attempt in range(16):
        order = _shuffled(person, check, around, attempt, len(before))
        if all(now != then for now, then in zip(order, last, strict=True)):
            return order
    return before


def _shuffled(person: str, check: str, around: int, attempt: int, options: int) -> tuple[int, ...]:
    def key(place: int) -> bytes:
        text = f"{person}\x1f{check}\x1f{around}\x1f{attempt}\x1f{place}"
        return blake2b(text.encode(), digest_size=8).digest()

    return tuple(sorted(range(options), key=key))
