"""What the core says of content, as an author would say it."""

import re


def about_condition(wrong: str) -> str:
    """Return what is wrong with a condition; the place that a parser names as an author counts it."""
    place = re.search(r"<input>:1:(\d+): ", wrong)
    if not place:
        return wrong
    remedy = "Compare with ==, join with && or ||, and put words in quotes."
    return f"Not a CEL expression: it cannot be read at character {place[1]}. {remedy}"
