"""The policy's settings in plain words: for the page that edits them, and for saying what a release changed."""

from django.forms import Media, NumberInput, TimeInput
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, Panel

from midflow.core.content.release import WEEKDAYS, Policy
from midflow.studio.authoring.condition import TESTER

LABELS: dict[str, tuple[str, str]] = {
    "nudges": (
        "Prompt people",
        "Without this nothing is shown that nobody asked for: no prompt and no badge. Help stays there for whoever opens it.",
    ),
    "per_day": ("Prompts in 24 hours", "For one person, over all tools together."),
    "per_week": ("Prompts in 7 days", "For one person, over all tools together."),
    "gap_minutes": ("Minutes between two prompts", "To the same person."),
    "cooldown_days": ("Days before the same unit again", "To the same person."),
    "max_showings": ("Showings of one unit", "To the same person, ever."),
    "max_ignored": ("Times passed over", "After so many a unit is no longer offered to that person."),
    "interruption_cost": (
        "Errors that 100 prompts must prevent",
        "A prompt that is expected to prevent fewer than this is not worth its interruption. Higher means fewer prompts.",
    ),
    "trial": (
        "Trial mode",
        "The chance that a prompt is shown lies between 20% and 80% instead of 5% and 95%. More is held back, and an effect shows sooner.",
    ),
    "working_days": ("Working days", "By the clock of the place where each person works."),
    "day_start": ("The day starts", "Empty: the whole day."),
    "day_end": ("The day ends", "Before the start: a night that goes on into the next morning."),
    "retention_low": ("Low risk, in per cent", ""),
    "desired_retention": ("Normal risk, in per cent", ""),
    "retention_safety_critical": ("Safety-critical, in per cent", ""),
    "review_minutes": ("Minutes of review a day", "The most that is asked of one person. What does not fit waits."),
    "probe_share": (
        "Checks left alone, in per cent",
        "Chosen by chance and not brought back on a schedule, so that forgetting can be measured.",
    ),
    "digest": (
        "Daily digest",
        "One summary a day of what was not worth an interruption. It takes nothing from the limits.",
    ),
}  # fmt: skip
"""What each setting is called, and its help."""

SECTIONS: tuple[tuple[str, str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "Limits",
        "No rule, unit or author goes beyond them. Safety-critical units are the one exception; they are marked and counted.",
        (
            ("nudges",),
            ("per_day", "per_week", "gap_minutes"),
            ("cooldown_days", "max_showings", "max_ignored"),
        ),
    ),
    (
        "Cost of interrupting",
        "Each moment is weighed: the errors that a unit is expected to prevent, less what the interruption costs.",
        (("interruption_cost",),),
    ),
    (
        "Trial mode",
        "Some prompts are always held back by chance, because only so can an effect be measured. Safety-critical and mandatory units never are.",
        (("trial",),),
    ),
    (
        "Working calendar",
        "Outside of it nobody is prompted. Each person's own quiet hours come on top.",
        (("working_days",), ("day_start", "day_end")),
    ),
    (
        "Reviews",
        "A check comes back when the chance that it is still remembered has fallen to a figure that depends on the unit's risk. Higher means sooner and more often.",
        (
            ("retention_low", "desired_retention", "retention_safety_critical"),
            ("review_minutes", "probe_share"),
        ),
    ),
    ("Digest", "", (("digest",),)),
)
"""The page, from top to bottom: heading, what it is about, rows of settings."""


def panels(bounds) -> list[Panel]:
    """Return the page's panels; `bounds` gives the least and the most of a setting, or None."""
    sections = [
        MultiFieldPanel([_row(row, bounds) for row in rows], heading=heading, help_text=about)
        for heading, about, rows in SECTIONS
    ]
    return [
        *sections,
        HelpPanel(heading="What would this have done?", template="authoring/policy_tester.html"),
    ]


def _row(names, bounds):
    found = [_panel(name, bounds(name)) for name in names]
    return found[0] if len(found) == 1 else FieldRowPanel(found)


def _panel(name, within):
    label, said = LABELS[name]
    if within:
        said = f"{said} From {within[0]:g} to {within[1]:g}.".strip()
    options = {}
    if name.startswith("day_"):
        options["widget"] = TimeInput(format="%H:%M", attrs={"type": "time"})
    elif within:
        options["widget"] = Figure(attrs={"min": within[0], "max": within[1]})
    return FieldPanel(name, heading=label, help_text=said, **options)


class Figure(NumberInput):
    """A number without the zeros that say nothing; its page can be tried."""

    @property
    def media(self):
        return Media(js=TESTER["js"], css={"all": TESTER["css"]})

    def format_value(self, value):
        return f"{value:g}" if isinstance(value, float) else super().format_value(value)


def differences(before: Policy, after: Policy) -> list[str]:
    """Return each setting that differs, as “Prompts in 24 hours: 2, now 1”."""
    return [
        f"{label}: {_said(name, before)}, now {_said(name, after)}"
        for name, (label, _) in LABELS.items()
        if _value(name, before) != _value(name, after)
    ]


def _value(name, policy):
    return getattr(policy, name) if hasattr(policy, name) else getattr(policy.limits, name)


def _said(name, policy) -> str:
    value = _value(name, policy)
    if isinstance(value, bool):
        return "on" if value else "off"
    if name == "working_days":
        return "every day" if value == WEEKDAYS else ", ".join(day.capitalize() for day in value)
    if name.startswith("day_"):
        return "not set" if value is None else f"{value // 60:02}:{value % 60:02}"
    return f"{100 * value:g}" if isinstance(value, float) else str(value)
