"""Units, tasks, skills, roles, rules, paths and event sources."""

import time

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.models import PreviewableMixin

from midflow.core.content import model as core
from midflow.core.match import gate
from midflow.studio.authoring import bodies, panels
from midflow.studio.authoring.attention import Attention
from midflow.studio.authoring.content import Content, Pack
from midflow.studio.authoring.fields import BlocksField, LinesField, SlugsField
from midflow.studio.authoring.forms import RuleForm
from midflow.studio.authoring.plain_words import about_condition
from midflow.studio.authoring.shapes import label_of, raw_fields

__all__ = ["CONTENT", "Attention", "EventSource", "Pack", "Path", "Role", "Rule", "Skill", "Task", "Unit"]


class Skill(Content):
    """Something people can do better or worse, across tasks."""

    shape = core.Skill
    description = models.TextField(blank=True, help_text="What somebody who has it can do.")
    panels = panels.skill


class Role(Content):
    """What people are hired for, with the level of each skill that it asks for."""

    shape = core.Role
    levels = BlocksField(
        made_by=bodies.levels, blank=True, help_text="The chance of getting it right to aim for, from 0 to 1."
    )
    panels = panels.role

    def raw(self):
        found = {child.value["skill"]: child.value["level"] for child in self.levels}
        return {**super().raw(), "levels": found}

    def take(self, value):
        super().take(msgspec.structs.replace(value, levels={}))
        self.levels = [("level", {"skill": skill, "level": level}) for skill, level in value.levels.items()]


class Task(Content):
    """Something people do at work, named by a verb."""

    shape = core.Task
    roles = SlugsField(of="Role", help_text="Who does it. None means everybody may.")
    skills = SlugsField(of="Skill", help_text="What it takes.")
    redo_is_error = models.BooleanField(
        "doing it again is an error", default=False,
        help_text="The same task once more on the same record means that the first time went wrong.",
    )  # fmt: skip
    panels = panels.task


class Unit(Content):
    """Two to five minutes on one task with one objective."""

    shape = core.Unit
    objective = models.CharField(
        max_length=240, help_text="What somebody can do after it, beginning with a verb."
    )
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(
        max_length=10,
        default="training",
        choices=[("training", "Training: prompted and counted"), ("reference", "Reference: looked up only")],
    )
    minutes = models.FloatField(
        default=3,
        validators=[MinValueValidator(0.5), MaxValueValidator(15)],
        help_text="What you promise. Two to five is the aim.",
    )
    body = BlocksField(made_by=bodies.body, blank=True, verbose_name="content and checks")
    skills = SlugsField(of="Skill")
    prerequisites = BlocksField(made_by=bodies.units, blank=True, help_text="Units that come first.")
    roles = SlugsField(of="Role", help_text="None means everybody.")
    teams = LinesField(help_text="One a line. None means all.")
    sites = LinesField(help_text="One a line. None means all.")
    locales = LinesField(help_text="One a line, such as en or de. None means all.")
    jurisdictions = LinesField(help_text="One a line. None means all.")
    risk = models.CharField(
        max_length=20, default="normal",
        choices=[("low", "Low"), ("normal", "Normal"), ("safety_critical", "Safety-critical: never held back by chance")],
    )  # fmt: skip
    mandatory = models.BooleanField(
        default=False, help_text="Somebody must have done it; it is never held back by chance."
    )
    locale = models.CharField("language", max_length=20, default="en")
    expires = models.DateField(
        "valid until", null=True, blank=True, help_text="After this day nobody is shown it."
    )
    sources = BlocksField(made_by=bodies.references, blank=True, help_text="Where its facts come from.")
    deep_dive_title = models.CharField(
        "deep dive", max_length=120, blank=True, help_text="The longer thing behind it."
    )
    deep_dive_url = models.URLField("its address", blank=True)
    panels = panels.unit
    preview_modes = PreviewableMixin.DEFAULT_PREVIEW_MODES

    AUDIENCE = tuple(field.name for field in msgspec.structs.fields(core.Audience))

    def raw(self):
        audience = {name: getattr(self, name) for name in self.AUDIENCE}
        deep = (
            {"title": self.deep_dive_title, "url": self.deep_dive_url}
            if self.deep_dive_title or self.deep_dive_url
            else None
        )
        return {
            **super().raw(),
            "task": self.task.slug if self.task else None,
            "blocks": (),
            "prerequisites": [child.value for child in self.prerequisites],
            "audience": audience,
            "expires": self.expires.isoformat() if self.expires else None,
            "sources": [raw_fields(child.value, core.Reference) for child in self.sources],
            "deep_dive": deep,
        }

    def value(self):
        return msgspec.structs.replace(super().value(), blocks=bodies.blocks_of(self.body))

    def take(self, value):
        plain = {"skills", "title", "objective", "kind", "minutes", "risk", "mandatory", "locale"}
        for name in plain:
            setattr(self, name, msgspec.to_builtins(getattr(value, name)))
        for name in self.AUDIENCE:
            setattr(self, name, list(getattr(value.audience, name)))
        self.slug = value.id
        self.task = Task.objects.get(slug=value.task) if value.task else None
        self.expires = models.DateField().to_python(value.expires)
        self.body = self._meta.get_field("body").to_python(bodies.body_of(value.blocks))
        self.prerequisites = [("unit", slug) for slug in value.prerequisites]
        self.sources = [("source", {"title": one.title, "url": one.url}) for one in value.sources]
        self.deep_dive_title = value.deep_dive.title if value.deep_dive else ""
        self.deep_dive_url = value.deep_dive.url if value.deep_dive else ""

    def promised(self):
        return f"{self.minutes:g}"

    promised.short_description = "Minutes"
    promised.admin_order_field = "minutes"

    def get_preview_template(self, request, mode_name):
        return "authoring/preview.html"

    def get_preview_context(self, request, mode_name):
        from midflow.studio.authoring.preview import context_of

        return {**super().get_preview_context(request, mode_name), **context_of(self)}


class Rule(Content):
    """Which work events are a moment of which task."""

    shape = core.Rule
    base_form_class = RuleForm
    title = models.CharField(max_length=120, blank=True, help_text="For your own list; people never see it.")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="rules")
    phase = models.CharField(
        max_length=10, default="starting",
        choices=[("starting", "Somebody starts it"), ("stuck", "Somebody is stuck in it"), ("erred", "It went wrong"), ("done", "It is done")],
    )  # fmt: skip
    events = LinesField("event types", blank=False, help_text="One a line, such as helpdesk.wait.")
    when = models.CharField("condition", max_length=500, default="true")
    history = BlocksField(made_by=bodies.history, blank=True)
    who = models.CharField(
        max_length=12, default="actor",
        choices=[("actor", "The person of the event"), ("last_doer", "Who did this task last on the same record")],
    )  # fmt: skip
    because = models.CharField(
        max_length=240, blank=True, help_text="One sentence, shown as “why am I seeing this”."
    )
    timing = models.CharField(
        max_length=10, default="auto",
        choices=[("auto", "As the phase says"), ("now", "Now, before the step"), ("badge", "As a badge, while they work"), ("at_break", "At the next pause")],
    )  # fmt: skip
    panels = panels.rule

    def __str__(self):
        return self.title or label_of(self.slug.replace("-", " "))

    def raw(self):
        task = self.task.slug if self.task else None
        return {**super().raw(), "task": task, "history": bodies.terms_of(self.history)}

    def take(self, value):
        task = Task.objects.get(slug=value.task)
        for field in msgspec.structs.fields(core.Rule):
            if field.name not in ("id", "task", "history"):
                setattr(self, field.name, msgspec.to_builtins(getattr(value, field.name)))
        self.slug, self.task = value.id, task
        self.history = self._meta.get_field("history").to_python(bodies.history_of(value.history))

    def clean(self):
        super().clean()
        wrong = gate(self.when, timer=time.perf_counter)
        if wrong:
            raise ValidationError({"when": about_condition(wrong)})


class Path(Content):
    """Units in an order."""

    shape = core.Path
    units = BlocksField(
        made_by=bodies.units, blank=True, help_text="In the order in which they are best done."
    )
    panels = panels.path

    def raw(self):
        return {**super().raw(), "units": [child.value for child in self.units]}

    def take(self, value):
        self.slug, self.title = value.id, value.title
        self.units = [("unit", slug) for slug in value.units]


class EventSource(Content):
    """What may be kept of a tool's events; every other field is dropped before it is stored."""

    shape = core.Source
    title = models.CharField(
        "source", max_length=200, unique=True, help_text="The CloudEvents source, or its beginning and a *."
    )
    fields = LinesField(
        "fields to keep", help_text="One a line. Of customers and patients keep as little as you can."
    )
    panels = panels.source

    class Meta(Content.Meta):
        verbose_name = "event source"

    def raw(self):
        return {"name": self.title, "fields": self.fields}

    def take(self, value):
        self.title, self.fields = value.name, list(value.fields)


CONTENT = {
    "skills": Skill, "roles": Role, "tasks": Task, "units": Unit, "rules": Rule, "paths": Path, "sources": EventSource,
}  # fmt: skip
"""The models by their name in a draft, in the order in which they can be made: what is named comes before who names it."""
