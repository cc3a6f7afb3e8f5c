"""Forms of the speakers' list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import USUAL_MINUTES, Session
from sessions.speakers.services.speakers import LONGEST
from summit.admin_base.widgets import NOTHING, MomentInput, name_parts
from summit.core.validators import validate_printable, validate_year
from summit.people.models import Person, announced
from summit.summits.models import Summit


class SpeechForm(forms.Form):
    """A speech: its speaker, party, title and minutes."""

    speaker = forms.ChoiceField(label=gettext_lazy("Speaker"))
    party = forms.ChoiceField(
        label=gettext_lazy("Speaks for"),
        required=False,
        help_text=gettext_lazy("Empty: for no delegation, such as a guest."),
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
        people, parties = choices(session.summit)
        fields: Any = self.fields
        fields["speaker"].choices = [("", NOTHING), *people]
        fields["party"].choices = [("", NOTHING), *parties]
        fields["minutes"].help_text = _("Empty: the time limit of the session.")

    def values(self) -> dict[str, Any]:
        """Return the entered values as arguments of the services. Makes two queries at most."""
        cleaned = self.cleaned_data
        return {
            "speaker": Person.objects.get(pk=cleaned["speaker"]),
            "party": Party.objects.get(pk=cleaned["party"]) if cleaned["party"] else None,
            "title": cleaned["title"],
            "minutes": cleaned["minutes"],
        }


def choices(summit: Summit) -> tuple[Sequence[tuple[int, str]], Sequence[tuple[int, str]]]:
    """Return the choices of people and parties of a summit. Makes two queries that read only values."""
    rows = Person.objects.filter(summit=summit, erased_at=None).order_by("name", "office", "pk")
    people = [(pk, announced(name, office)) for pk, name, office in rows.values_list("pk", "name", "office")]
    parties = Party.objects.filter(summit=summit).order_by("sort_key", "pk").values_list("pk", "name")
    return people, list(parties)


class TimesForm(forms.Form):
    """The length of the opening and of a speech, and the deadline for requests for the floor, in the venue's time
    zone."""

    opening = forms.IntegerField(
        label=gettext_lazy("Minutes before the first speech"),
        required=False,
        min_value=0,
        max_value=LONGEST,
        help_text=gettext_lazy("For the opening by the chair. Empty: the first speech begins with the session."),
    )
    speech_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of a speech"), required=False, min_value=1, max_value=LONGEST
    )
    requests_until = forms.SplitDateTimeField(
        label=gettext_lazy("Requests for the floor until"),
        required=False,
        widget=MomentInput,
        validators=[validate_year],
        help_text=gettext_lazy("Until then delegations that take part ask in the portal. Empty: they can’t."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["speech_minutes"].help_text = _(
            "Empty: %(minutes)d. Speeches with a time of their own keep it."
        ) % {"minutes": USUAL_MINUTES}
        name_parts(self.fields["requests_until"])
