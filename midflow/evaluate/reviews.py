"""Reviews of one person, read from a table: which check, which grade, when."""

from pathlib import Path
from typing import cast

import msgspec

from midflow.core.learner.memory import Grade
from midflow.evaluate.finding import Refused
from midflow.evaluate.responses import read_rows, read_time

COLUMNS = ("card_id", "review_rating", "review_time")
GRADES = ("1", "2", "3", "4")


class Reviewed(msgspec.Struct, frozen=True, gc=False):
    """One answer to one check. `time` in seconds."""

    check: str
    grade: Grade
    time: float


def read_reviews(path: Path) -> list[Reviewed]:
    """Return the answers of a table in the order of their times.

    CSV or tab-separated, .gz or not, with the columns `COLUMNS`; times are
    seconds or ISO 8601. Raises Refused, with file and line, for a row that
    cannot be read.
    """
    found: list[Reviewed] = []
    for line, (card, rating, when) in read_rows(path, COLUMNS):
        if not card:
            raise Refused(f"{path}:{line}: card_id must not be empty.")
        if rating not in GRADES:
            raise Refused(f"{path}:{line}: review_rating is 1 (again) to 4 (easy), not {rating!r}.")
        found.append(Reviewed(card, cast("Grade", int(rating)), read_time(path, line, "review_time", when)))
    if not found:
        raise Refused(f"{path} has no reviews, only a header.")
    return sorted(found, key=lambda review: review.time)
