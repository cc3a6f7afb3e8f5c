"""The forms of the admin of summits, rooms and roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from summit.accounts.role_assignments import validate_open
from summit.admin_base.forms import SentencesForm
from summit.backoffice.summit_names import NamesForm
from summit.core.database_clock import db_now
from summit.core.validators import validate_printable
from summit.permissions.models import RoleAssignment
from summit.summits import services as summits_services
from summit.summits.models import Room, Summit
from summit.summits.translated_names import DIRECTIONS_LENGTH
from summit.users.models import User


class SummitForm(NamesForm):
    """The form of an existing or new summit in the admin."""

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; add an error for a new deadline for answers after the summit has begun.

        The deadline is compared with the first day and the time zone in the same form.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        moment, day = cleaned.get("answer_by"), cleaned.get("starts_on")
        if moment and day and "time_zone" in cleaned and "answer_by" in self.changed_data:
            try:
                Summit(starts_on=day, time_zone=cleaned["time_zone"]).check_due(moment, db_now())
            except forms.ValidationError as refused:
                self.add_error("answer_by", refused)
        return cleaned


# The fields for the directions to a room, by language.
DIRECTIONS = {code: f"directions_{code}" for code, _label in settings.LANGUAGES}


def _directions_label(code: str) -> str:
    return _("Directions in %(language)s") % {"language": get_language_info(code)["name_local"]}


# Form classes are created before the user's language is known.
_lazy_directions_label = lazy(_directions_label, str)


class RoomForm(SentencesForm):
    """The form of a room in the admin, with the directions in each language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in DIRECTIONS.items():
            if name in self.fields:
                self.fields[name].initial = self.instance.directions.get(code, "")

    @property
    def changed_data(self) -> list[str]:
        """The names of the changed fields. They include `directions` if those in any language were changed."""
        changed: list[str] = super().changed_data
        return [*changed, "directions"] if set(DIRECTIONS.values()) & set(changed) else changed

    def clean(self) -> dict[str, Any]:
        """Set the room's directions, and return the cleaned data.

        Add an error if a room is moved to another summit's venue.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = {code: cleaned.get(name, "") for code, name in DIRECTIONS.items() if name in self.fields}
        if typed:
            self.instance.directions = {code: words for code, words in typed.items() if words}
        if self.instance.pk and "venue" in cleaned and "venue" in self.changed_data:
            try:
                summits_services.check_same_summit(
                    Room.objects.select_related("venue").get(pk=self.instance.pk), cleaned["venue"]
                )
            except forms.ValidationError as refused:
                self.add_error(None, refused)
        return cleaned


def room_form() -> type[RoomForm]:
    """Return the form class of a room, with a field for the directions in each language."""
    fields = {
        name: forms.CharField(
            label=_lazy_directions_label(code),
            max_length=DIRECTIONS_LENGTH,
            required=False,
            validators=[validate_printable],
            widget=forms.TextInput({"dir": "auto"}),
        )
        for code, name in DIRECTIONS.items()
    }
    fields[next(iter(fields))].help_text = gettext_lazy("For example, “2nd floor, past the east lobby”.")
    return type("RoomFormWithDirections", (RoomForm,), dict(fields))


class RoleForm(SentencesForm):
    """The form that assigns a role to the owner of an e-mail address."""

    email = forms.EmailField(
        label=gettext_lazy("Email"),
        max_length=User._meta.get_field("email").max_length,
        validators=[validate_open],
        help_text=gettext_lazy("New people get an account and an email with a link to choose a password."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=User._meta.get_field("name").max_length,
        validators=[validate_printable],
        help_text=gettext_lazy("For new people. Existing accounts keep theirs."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    class Meta:
        model = RoleAssignment
        fields = ["role", "summit"]

    def clean_email(self) -> str:
        """Return the e-mail address in the form in which accounts store it: stripped and in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; add an error if the account already has the role."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        user = User.objects.filter(email=cleaned.get("email", "")).first()
        if user is None or "role" not in cleaned or "summit" not in cleaned:
            return cleaned
        if user.roles.filter(role=cleaned["role"], summit=cleaned["summit"], by_hand=True).exists():
            self.add_error("email", _("This account already has the role."))
        return cleaned
