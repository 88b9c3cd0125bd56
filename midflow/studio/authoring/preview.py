"""What the preview beside the editor shows: a unit as learners see it, and what stands between it and them."""

from midflow import plugs
from midflow.core.content import model as core
from midflow.core.content.decode import ContentError
from midflow.core.content.lint import lint_unit
from midflow.studio.authoring.publishing import problems_with


def context_of(instance):
    """Return what the preview's page needs."""
    is_unit = instance.shape is core.Unit
    try:
        value = instance.value()
        problems = [f"{problem.message} {problem.remedy}" for problem in problems_with(instance)]
    except ContentError as error:
        return {"thing": instance, "is_unit": is_unit, "problems": [error.message], "hints": []}
    found = lint_unit(value, plugs.block_kinds()) if is_unit else []
    hints = [f"{problem.message} {problem.remedy}" for problem in found if problem.severity == "warning"]
    return {"thing": instance, "is_unit": is_unit, "problems": problems, "hints": hints}
