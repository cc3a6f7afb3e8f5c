"""Forms of the speakers' list."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import USUAL_MINUTES, Session
from sessions.speakers.services.speakers_list import LONGEST
from summit.admin_base.autocomplete import find_by_typing
from summit.admin_base.widgets import MomentInput, name_parts
from summit.core.validators import validate_printable, validate_year
from summit.people.models import Person


class SpeechForm(forms.Form):
    """A speech: its speaker, party, title and minutes."""

    speaker = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Speaker"))
    party = forms.ModelChoiceField(
        Party.objects.none(),
        label=gettext_lazy("Speaks on behalf of"),
        required=False,
        help_text=gettext_lazy("Leave blank if the speaker is not in a delegation, such as a guest."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=Slot._meta.get_field("title").max_length,
        validators=[validate_printable],
        widget=forms.TextInput({"dir": "auto"}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), required=False, min_value=1, max_value=LONGEST, widget=forms.NumberInput
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        summit, columns = session.summit, Slot._meta
        people = Person.objects.filter(summit=summit, erased_at=None)
        find_by_typing(self, "speaker", columns.get_field("speaker"), summit=summit, rows=people)
        parties = Party.objects.filter(summit=summit)
        find_by_typing(self, "party", columns.get_field("party"), summit=summit, rows=parties)
        self.fields["minutes"].help_text = _("Leave blank to use the time limit of the session.")

    def values(self) -> dict[str, Any]:
        """Return the entered values as arguments of the services."""
        return {name: self.cleaned_data[name] for name in ("speaker", "party", "title", "minutes")}


class TimesForm(forms.Form):
    """The length of the opening and of a speech, and the deadline for requests for the floor, in the venue's time
    zone."""

    opening = forms.IntegerField(
        label=gettext_lazy("Minutes before the first speech"),
        required=False,
        min_value=0,
        max_value=LONGEST,
        help_text=gettext_lazy("For the chair’s opening. Leave blank if the first speech opens the session."),
    )
    speech_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes per speech"), required=False, min_value=1, max_value=LONGEST
    )
    requests_until = forms.SplitDateTimeField(
        label=gettext_lazy("Deadline for requests to speak"),
        required=False,
        widget=MomentInput,
        validators=[validate_year],
        help_text=gettext_lazy(
            "Attending delegations can ask in the portal until then. Leave blank to take no requests."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["speech_minutes"].help_text = _(
            "Leave blank for %(minutes)d. Speeches with their own limit keep it."
        ) % {"minutes": USUAL_MINUTES}
        name_parts(self.fields["requests_until"])
