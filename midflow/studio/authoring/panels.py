"""How the editor is laid out: in the order in which a subject expert thinks."""

from django.forms import Select
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, TitleFieldPanel

from midflow.studio.authoring.condition import ConditionWidget, EventTypesWidget

name = [TitleFieldPanel("title", targets=["slug"], classname="", placeholder=False), FieldPanel("slug")]

unit = [
    TitleFieldPanel("title", targets=["slug"], classname="", placeholder=False),
    FieldPanel("objective"),
    FieldPanel("task", widget=Select),
    FieldPanel("body"),
    MultiFieldPanel(
        [
            FieldPanel("roles"),
            FieldPanel("teams"),
            FieldPanel("sites"),
            FieldPanel("locales"),
            FieldPanel("jurisdictions"),
        ],
        heading="Audience",
        classname="collapsed",
    ),
    MultiFieldPanel(
        [FieldPanel("kind"), FieldPanel("minutes"), FieldPanel("risk"), FieldPanel("mandatory")],
        heading="Kind and risk",
        classname="collapsed",
    ),
    MultiFieldPanel(
        [FieldPanel("sources"), FieldRowPanel([FieldPanel("deep_dive_title"), FieldPanel("deep_dive_url")])],
        heading="Sources and deep dive",
        classname="collapsed",
    ),
    MultiFieldPanel(
        [FieldPanel("expires"), FieldPanel("locale")], heading="Validity and language", classname="collapsed"
    ),
    MultiFieldPanel(
        [FieldPanel("skills"), FieldPanel("prerequisites")], heading="Skills and order", classname="collapsed"
    ),
    FieldPanel("slug"),
]
skill = [*name, FieldPanel("description")]
role = [*name, FieldPanel("levels")]
task = [*name, FieldPanel("roles"), FieldPanel("skills"), FieldPanel("redo_is_error")]
rule = [
    *name,
    FieldPanel("events", widget=EventTypesWidget),
    FieldPanel("when", widget=ConditionWidget),
    FieldPanel(
        "history", help_text="What must have come before, or must not come after. All of it must hold."
    ),
    MultiFieldPanel(
        [FieldPanel("task", widget=Select), FieldRowPanel([FieldPanel("phase"), FieldPanel("who")])],
        heading="Which moment it is",
    ),
    MultiFieldPanel([FieldPanel("because"), FieldPanel("timing")], heading="If a prompt follows"),
    HelpPanel(heading="Try it", template="authoring/tester.html"),
]
path = [*name, FieldPanel("units")]
source = [FieldPanel("title"), FieldPanel("fields")]
