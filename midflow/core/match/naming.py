"""Which task a title in a calendar or a queue speaks of."""

import re
from collections.abc import Iterable, Mapping

from midflow.core.content.model import Task

SMALL = frozenset({
    "a", "an", "the", "and", "or", "of", "to", "in", "on", "at", "for", "with", "by", "is", "it", "so", "from",
})  # fmt: skip
"""Words that say nothing of a task."""
STEM, ENDING = 4, 3
"""Two words are the same where so many letters agree and at most so many follow: close, closing."""

_WORD = re.compile(r"[^\W_]+")


def tasks_named(title: str, tasks: Iterable[Task], said: Mapping[str, str]) -> list[str]:
    """Return the ids of the tasks that a title speaks of, in order.

    `said` maps words to a task's id, and goes first: where all words of an entry are
    in the title, it is that task. Else it is each task all of whose title's words are.
    """
    spoken = _words(title)
    mapped = sorted({task for words, task in said.items() if _all_in(_words(words), spoken)})
    if mapped:
        return mapped
    return sorted(task.id for task in tasks if _all_in(_words(task.title), spoken))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in SMALL]


def _all_in(wanted: list[str], spoken: list[str]) -> bool:
    return bool(wanted) and all(any(_same(word, other) for other in spoken) for word in wanted)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= STEM and max(len(one), len(other)) - shared <= ENDING
