"""What the preview beside the editor shows: a unit as learners see it, and what stands between it and them."""

import re

from midflow import plugs
from midflow.core.content.decode import ContentError
from midflow.core.content.lint import lint_unit
from midflow.studio.authoring.publishing import problems_with
from midflow.studio.authoring.shapes import label_of


def context_of(instance):
    """Return what the preview's page needs."""
    try:
        value = instance.value()
        problems = [f"{problem.message} {problem.remedy}" for problem in problems_with(instance)]
    except ContentError as error:
        return {"thing": instance, "problems": [in_plain_words(error)], "hints": []}
    found = lint_unit(value, plugs.block_kinds())
    hints = [f"{problem.message} {problem.remedy}" for problem in found if problem.severity == "warning"]
    return {"thing": instance, "problems": problems, "hints": hints}


def in_plain_words(error: ContentError) -> str:
    """Return what is wrong with a field as an author would say it."""
    message, _, path = error.message.partition(" - at ")
    field = re.findall(r"\w+", path)
    name = f"“{label_of(field[-1])}”" if field else "It"
    said = (
        "is empty." if "of length >= 1" in message or "got `null`" in message else f"does not fit: {message}."
    )
    block = (
        f" (in {error.where})"
        if len(field) and " " in error.where and not error.where.startswith("unit ")
        else ""
    )
    return f"{name} {said}{block}"
