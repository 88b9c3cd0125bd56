"""The policy as an organisation edits it: each setting within the bounds that the core declares."""

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from midflow.core.content.release import WEEKDAYS, Limits, Policy
from midflow.studio.authoring import policy_words

SHARES = (
    "interruption_cost",
    "desired_retention",
    "retention_low",
    "retention_safety_critical",
    "probe_share",
)
"""Settings that are shares in the core, and edited as hundredths."""


def bounds(name: str) -> tuple[float, float] | None:
    """Return the least and the most of a setting as it is edited, None where it is not a number."""
    shape = Limits if name in Limits.__struct_fields__ else Policy
    found = next(field.type for field in msgspec.inspect.type_info(shape).fields if field.name == name)
    if not isinstance(found, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        return None
    factor = 100 if name in SHARES else 1
    return round(found.ge * factor), round(found.le * factor)


def _number(name):
    low, high = bounds(name)
    default = getattr(Limits() if name in Limits.__struct_fields__ else Policy(), name)
    checks = [MinValueValidator(low), MaxValueValidator(high)]
    if name in SHARES:
        return models.FloatField(default=round(100 * default, 2), validators=checks)
    return models.PositiveIntegerField(default=default, validators=checks)


class DaysField(models.JSONField):
    """Days of the week, as boxes to tick; stored in the week's order."""

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **{**kwargs, "form_class": DaysFormField})


class DaysFormField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(choices=[(day, day.capitalize()) for day in WEEKDAYS], **kwargs)

    def clean(self, value):
        ticked = super().clean(value)
        return [day for day in WEEKDAYS if day in ticked]


def every_day() -> list[str]:
    """Return the working days from the start: nobody's calendar is guessed."""
    return list(WEEKDAYS)


@register_setting(icon="bell")
class Attention(BaseGenericSetting):
    """How often people may be interrupted and what asks for their time. The product bounds how far it goes."""

    nudges = models.BooleanField(default=True)
    per_day = _number("per_day")
    per_week = _number("per_week")
    gap_minutes = _number("gap_minutes")
    cooldown_days = _number("cooldown_days")
    max_showings = _number("max_showings")
    max_ignored = _number("max_ignored")
    trial = models.BooleanField(default=False)
    interruption_cost = _number("interruption_cost")
    retention_low = _number("retention_low")
    desired_retention = _number("desired_retention")
    retention_safety_critical = _number("retention_safety_critical")
    review_minutes = _number("review_minutes")
    probe_share = _number("probe_share")
    digest = models.BooleanField(default=True)
    working_days = DaysField(default=every_day)
    day_start = models.TimeField(null=True, blank=True)
    day_end = models.TimeField(null=True, blank=True)

    panels = policy_words.panels(bounds)

    class Meta:
        verbose_name = "policy"

    def clean(self):
        super().clean()
        if (self.day_start is None) != (self.day_end is None):
            missing = "day_end" if self.day_end is None else "day_start"
            raise ValidationError({missing: "Give the start and the end of the day, or neither."})
        if self.day_start is not None and self.day_start == self.day_end:
            said = "A day that ends when it starts has no hours. Leave both empty for the whole day."
            raise ValidationError({"day_end": said})

    def policy(self) -> Policy:
        """Return the policy of the next release."""
        limits = {name: getattr(self, name) for name in Limits.__struct_fields__}
        return Policy(
            limits=Limits(**limits),
            trial=self.trial,
            nudges=self.nudges,
            digest=self.digest,
            review_minutes=self.review_minutes,
            working_days=tuple(self.working_days),
            day_start=_minute(self.day_start),
            day_end=_minute(self.day_end),
            **{name: getattr(self, name) / 100 for name in SHARES},
        )


def _minute(clock):
    return None if clock is None else clock.hour * 60 + clock.minute
