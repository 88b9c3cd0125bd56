"""What the record is filtered by, and what to write where a filter cannot be read."""

import json
from datetime import UTC, datetime, time, timedelta

from django import forms

from midflow.core.record import values
from midflow.core.record.actors import mailbox
from midflow.core.record.problem import RecordError
from midflow.core.record.query import parse_query
from midflow.flow.browse import DAY_MS, Filters

LONGEST = 4000


def _text(label, *, list_of=None, **more):
    attrs = {"autocomplete": "off", "spellcheck": "false", **({"list": list_of} if list_of else {})}
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, widget=forms.TextInput(attrs=attrs), **more
    )


def _day(label):
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write a day as year, month and day: 2026-11-24."},
    )


class FilterForm(forms.Form):
    """`agent` is an e-mail address, a name, an account's name, or an Agent in JSON."""

    use_required_attribute = False

    agent = _text("Person", help_text="E-mail address, name, or name of an account")
    verb = _text("Verb", list_of="verbs")
    activity = _text("Activity", list_of="activities")
    home = _text("Home page of the account", help_text="Where one name is an account of several tools")
    registration = _text("Registration")
    since = _day("From day")
    until = _day("To day")

    MORE = ("activity", "home", "registration", "since", "until")
    """Fields that stand back until they are used."""

    def clean_agent(self):
        text = self.cleaned_data["agent"]
        if text.startswith("mailto:") and not values.MAILTO.match(text):
            raise forms.ValidationError("Write one e-mail address, such as ana@example.org.")
        if text.startswith("{"):
            try:
                parse_query({"agent": text})
            except RecordError as error:
                raise forms.ValidationError(f"Write an Agent: {error.where} {error.message}.") from None
        return text

    def clean_verb(self):
        example = "http://adlnet.gov/expapi/verbs/completed"
        return self._iri("verb", f"Write the whole address of a verb, such as {example}, or choose one.")

    def clean_activity(self):
        example = "https://example.org/courses/1"
        return self._iri(
            "activity", f"Write the whole address of an activity, such as {example}, or choose one."
        )

    def clean_home(self):
        return self._iri("home", "Write the whole address of a tool, such as https://desk.example.org.")

    def clean_registration(self):
        text = self.cleaned_data["registration"]
        if text and not values.UUID.match(text):
            raise forms.ValidationError("Write a UUID, such as f47ac10b-58cc-4372-a567-0e02b2c3d479.")
        return text.lower()

    def clean(self):
        found = super().clean()
        if found.get("home") and not found.get("agent") and "agent" not in self.errors:
            self.add_error("agent", "Write the name of the account as well.")
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", "Choose a day that is not before the first.")
        return found

    def _iri(self, name, remedy):
        text = self.cleaned_data[name]
        if text and not values.IRI.match(text):
            raise forms.ValidationError(remedy)
        return text

    @property
    def with_more(self):
        """Whether a field that stands back is used or at fault."""
        return any(self.data.get(name) or self.errors.get(name) for name in self.MORE)

    def exact_agent(self):
        """Return the identifier that the agent was given by, None where it was described by a name or an address."""
        text, home = self.cleaned_data["agent"], self.cleaned_data["home"]
        if home:
            return f"account:{home}|{text}"
        if text.startswith("mailto:"):
            return f"mbox:{mailbox(text)}"
        return parse_query({"agent": text}).agent if text.startswith("{") else None

    def filters(self, agent):
        """Return what is asked for; days are whole ones, in UTC."""
        found = self.cleaned_data
        return Filters(
            agent=agent,
            verb=found["verb"] or None,
            activity=found["activity"] or None,
            registration=found["registration"] or None,
            since_ms=_start(found["since"]) - 1 if found["since"] else None,
            until_ms=_start(found["until"]) + DAY_MS - 1 if found["until"] else None,
        )


def agent_fields(identifier):
    """Return what the form's fields hold for an agent, so that a link asks for it."""
    kind, _, value = identifier.partition(":")
    if kind == "account":
        home, _, name = value.partition("|")
        return {"agent": name, "home": home}
    return {"agent": value if kind == "mbox" else json.dumps({kind: value})}


def _start(day):
    since = datetime.combine(day, time(), UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(milliseconds=1)
