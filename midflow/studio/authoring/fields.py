"""Model fields whose editors come from elsewhere: from shapes, and from what else is written.

None of them puts its choices or blocks into a migration: a new kind of block,
or a new skill, changes no table.
"""

from django import forms
from django.apps import apps
from django.db import models
from wagtail.fields import StreamField


class BlocksField(StreamField):
    """A StreamField whose block is made by a function, named in migrations by its path alone."""

    def __init__(self, made_by, **kwargs):
        self.made_by = made_by
        super().__init__(block_types=[], **kwargs)

    @property
    def block_types_arg(self):
        return self.made_by()

    @block_types_arg.setter
    def block_types_arg(self, _):
        """StreamField's own way of remembering blocks is not ours."""

    def deconstruct(self):
        name, path, _, kwargs = models.Field.deconstruct(self)
        for option in ("min_num", "max_num"):
            if option in self.block_opts:
                kwargs[option] = self.block_opts[option]
        return name, path, [], {**kwargs, "made_by": self.made_by}


class LinesField(models.JSONField):
    """A list of short texts, edited one a line."""

    def __init__(self, verbose_name=None, **kwargs):
        super().__init__(verbose_name, **{"default": list, "blank": True, **kwargs})

    def formfield(self, **kwargs):
        from midflow.studio.authoring.forms import LinesFormField

        return models.Field.formfield(self, **{**kwargs, "form_class": LinesFormField})


class SlugsField(models.JSONField):
    """A list of the slugs of other content, edited as boxes to tick."""

    def __init__(self, verbose_name=None, *, of, **kwargs):
        self.of = of
        super().__init__(verbose_name, **{"default": list, "blank": True, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def formfield(self, **kwargs):
        from midflow.studio.authoring.forms import SlugsFormField

        return models.Field.formfield(
            self,
            **{
                **kwargs,
                "form_class": SlugsFormField,
                "choices": self.titles,
                "widget": forms.CheckboxSelectMultiple,
            },
        )

    def titles(self):
        return choices_of(self.of)


def choices_of(model: str):
    """Return (slug, title) of everything of a model, by title."""
    found = apps.get_model("authoring", model).objects.order_by("title").values_list("slug", "title")
    return [(slug, title or slug) for slug, title in found]
