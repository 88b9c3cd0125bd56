"""What all content has in common: a draft, revisions, a lock, a workflow, a preview, and its value in the core."""

import msgspec
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from midflow.core.content.decode import convert
from midflow.core.content.model import Slug, Title
from midflow.studio.authoring.forms import ContentForm

SLUG_LENGTH = Slug.__metadata__[0].max_length
TITLE_LENGTH = Title.__metadata__[0].max_length


class Pack(models.Model):
    """The catalogue page of content that belongs together and may leave as a folder."""

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    description = models.TextField(blank=True)
    version = models.CharField(max_length=40)
    locale = models.CharField(max_length=20, default="en")
    licence = models.CharField(max_length=80, default="Apache-2.0")

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title


class Content(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    models.Model,
):
    """One thing an author writes. `position` keeps a pack's order."""

    slug = models.SlugField(
        "short name", max_length=SLUG_LENGTH, unique=True, blank=True,
        help_text="Part of addresses and records. Made from the title if empty, and fixed once published.",
    )  # fmt: skip
    title = models.CharField(max_length=TITLE_LENGTH)
    pack = models.ForeignKey(
        Pack, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    position = models.PositiveIntegerField(default=0, editable=False)
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )
    revisions_of = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    base_form_class = ContentForm
    search_fields = [index.SearchField("title"), index.AutocompleteField("title"), index.FilterField("slug")]
    preview_modes = []  # people see units; the rest only makes them come at the right time
    shape: type[msgspec.Struct]
    """The value that it is in the core."""

    class Meta:
        abstract = True
        ordering = ["title"]

    def __str__(self):
        return self.title or self.slug or "Untitled"

    def full_clean(self, *args, **kwargs):
        if not self.slug:
            self.slug = self._free_slug()
        super().full_clean(*args, **kwargs)

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self):
        wanted = (
            slugify(self.title)[: SLUG_LENGTH - 8].strip("-") or f"untitled-{get_random_string(6).lower()}"
        )
        name, number = wanted, 2
        while type(self)._default_manager.filter(slug=name).exclude(pk=self.pk).exists():
            name, number = f"{wanted}-{number}", number + 1
        return name

    def value(self):
        """Return it as the core knows it. Raises ContentError where it is not whole."""
        return convert(self.raw(), self.shape, f"{self._meta.verbose_name} {self.slug}")

    def raw(self):
        """Return its fields as builtins, in the names of the core."""
        names = [field.name for field in msgspec.structs.fields(self.shape) if field.name != "id"]
        found = {name: getattr(self, name) for name in names if hasattr(self, name)}
        return {"id": self.slug, **found}

    def take(self, value):
        """Become `value`; the caller saves."""
        for name, inner in msgspec.to_builtins(value).items():
            setattr(self, "slug" if name == "id" else name, inner)
