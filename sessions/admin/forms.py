"""Forms of the agenda's desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.models import Release, Session
from summit.desk.forms import SentencesForm
from summit.models.validators import validate_printable


class SessionForm(SentencesForm):
    """A session of the draft; its times are the venue's."""

    class Meta:
        model = Session
        fields = ["summit", "kind", "title", "summary", "starts_at", "ends_at", "room", "visibility"]

    def clean(self) -> dict[str, Any] | None:
        """Say in words what the database would refuse."""
        values = super().clean()
        found = self.cleaned_data
        starts_at, ends_at = found.get("starts_at"), found.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The session would end before it starts. Give a later end."))
        return values

    def validate_constraints(self) -> None:
        """Leave out the order of times, which `clean` has said in words."""
        if "ends_at" not in self.errors:
            super().validate_constraints()


class ParticipantForm(SentencesForm):
    """Who takes part: a party, or a person."""

    def clean(self) -> dict[str, Any] | None:
        """Say in words what the database would refuse."""
        values = super().clean()
        if not self.errors and bool(self.cleaned_data.get("party")) == bool(self.cleaned_data.get("person")):
            raise forms.ValidationError(_("Choose a party or a person: one of the two, not both."))
        return values


class ReleaseForm(forms.Form):
    """The note of a release, and what was on the screen when its button was pressed."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=Release._meta.get_field("note").max_length,
        required=False,
        validators=[validate_printable],
        help_text=gettext_lazy("Stands in every message about this release. Name nothing that not all may know."),
    )
    expected = forms.CharField(widget=forms.HiddenInput)
