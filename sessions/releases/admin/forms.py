"""Forms of the page that releases an agenda."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sessions.agenda.models.releases import Release
from sessions.agenda.models.removals import PublicNotice, PublicRemoval
from summit.core.validators import validate_printable


class ReleaseForm(forms.Form):
    """The form of a release: its note, whether the first release sends messages, and the digest of the previewed
    state."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=Release._meta.get_field("note").max_length,
        required=False,
        validators=[validate_printable],
        help_text=gettext_lazy("Included in every message about this release. Don’t mention anything confidential."),
    )
    tell = forms.BooleanField(required=False)
    day = forms.DateField(required=False, widget=forms.HiddenInput)
    expected = forms.CharField(widget=forms.HiddenInput)


class RemovalForm(forms.Form):
    """The public notice and the reason for a session that leaves the public agenda."""

    notice = forms.ChoiceField(
        label=gettext_lazy("Public notice"),
        choices=PublicNotice.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=PublicRemoval._meta.get_field("reason").max_length,
        validators=[validate_printable],
        help_text=gettext_lazy("Only the programme and press desks can see this."),
        error_messages={"required": gettext_lazy("Enter a reason.")},
    )

    @classmethod
    def of(cls, key: str, data: Any = None) -> "RemovalForm":
        """Return the form for the session with the public id `key`. The form is bound if `data` has its fields."""
        prefix = f"leaving-{key}"
        posted = data if data is not None and key in data.getlist("leaving") else None
        return cls(posted, prefix=prefix)
