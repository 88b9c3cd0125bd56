"""The editor's forms: a draft may be half-written, what is published may not."""

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminAutoHeightTextInput

from midflow.studio.authoring.bodies import in_labels
from midflow.studio.authoring.condition import condition_sent


class LinesFormField(forms.CharField):
    """A list of texts, one a line."""

    widget = AdminAutoHeightTextInput

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value):
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        """Nothing to test on a list of plain texts."""

    def has_changed(self, initial, data):
        return list(initial or []) != self.to_python(data)


class SlugsFormField(forms.MultipleChoiceField):
    """Boxes to tick. What is ticked is stored in the order shown."""

    def has_changed(self, initial, data):
        return set(initial or []) != set(data or [])


class ContentForm(WagtailAdminModelForm):
    """On publishing, what the compiler would refuse stands at the form before anything is saved."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields and getattr(self.instance, "first_published_at", None):
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = "Fixed: people's records name it."

    @property
    def publishing(self):
        return "action-publish" in self.data

    def _said(self, problem):
        """What is wrong, and where, unless that is right here."""
        where = problem.where.removeprefix(f"{self._meta.model._meta.model_name} {self.instance.slug}")
        place = f"{where.strip(', ').capitalize()}: " if where.strip(", ") else ""
        return f"{place}{problem.message} {problem.remedy}".rstrip()

    def _post_clean(self):
        super()._post_clean()
        if self.publishing and not self.errors:
            from midflow.studio.authoring.publishing import problems_with

            for problem in problems_with(self.instance):
                self.add_error(self._said_at(problem), ValidationError(self._said(problem)))

    def _said_at(self, problem) -> str | None:
        """The field that a problem is about, None where it is about the whole."""


class RuleForm(ContentForm):
    """The condition comes as rows or as a line of CEL; what its history lacks is said at the history."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and "when-by" in self.data:
            self.fields["when"].widget.sent = (self.data["when-by"], self.data.get("when-rows", ""))

    def clean_when(self):
        return condition_sent(self.data)

    def _said_at(self, problem):
        """The field that a problem is about, None where it is about the rule as a whole."""
        from midflow.studio.authoring.publishing import is_about_history

        return "history" if is_about_history(self.instance, problem) else None

    def _said(self, problem):
        return in_labels(super()._said(problem))
