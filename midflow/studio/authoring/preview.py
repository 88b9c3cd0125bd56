"""What the preview beside the editor shows: a unit as learners see it, or what else a thing amounts to."""

from midflow.core.content.decode import ContentError
from midflow.studio.authoring.publishing import problems_with


def context_of(instance):
    """Return what the preview's page needs."""
    try:
        instance.value()
        problems = problems_with(instance)
    except ContentError as error:
        problems = [f"{error.where}: {error.message}"]
    return {"thing": instance, "problems": problems, "is_unit": hasattr(instance, "body")}
