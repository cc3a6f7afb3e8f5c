"""The forms of the first steps."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.accounts.role_assignments import validate_open
from summit.admin_base.widgets import Colour, DayInput
from summit.backoffice.summit_names import NamesForm, with_names
from summit.core.line_parts import parts_of
from summit.core.validators import validate_printable, validate_text
from summit.permissions.models import BY_HAND, DESKS
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User

# How many time zones are suggested if the written one doesn't exist.
SUGGESTED = 8


class Suggested(forms.TextInput):
    """A text input with suggestions that narrow while the user types."""

    def __init__(self, values: list[str]) -> None:
        super().__init__()
        self.values = values

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the HTML of the input and of its suggestions."""
        options = format_html_join("", '<option value="{}"></option>', ((entry,) for entry in self.values))
        control = super().render(name, value, {**(attrs or {}), "list": f"{name}-list"}, renderer)
        return format_html('{}<datalist id="{}-list">{}</datalist>', control, name, options)


class SummitForm(NamesForm):
    """The form of a new summit in the first steps."""

    class Meta:
        model = Summit
        fields = [
            "name",
            "short_name",
            "slug",
            "host",
            "starts_on",
            "ends_on",
            "place",
            "time_zone",
            "language",
            "contact_email",
            "accent",
            "public",
        ]
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "accent": Colour(),
            "time_zone": Suggested(sorted(zone for zone in available_timezones() if "/" in zone)),
        }
        help_texts = {
            "name": gettext_lazy("As in letters."),
            "short_name": gettext_lazy("Shown at the top of each page."),
            "slug": gettext_lazy(
                "The first part of the summit’s addresses. You can’t change it later. Leave blank to use the short "
                "name."
            ),
            "host": gettext_lazy("The government or organisation that invites, as in its signature."),
            "place": gettext_lazy("Shown with times, such as “London”."),
            "time_zone": gettext_lazy("The time zone of the venue, such as Europe/London. Type a city to find it."),
            "contact_email": gettext_lazy("Receives replies to letters and questions from delegations."),
            "accent": gettext_lazy("Used for links and buttons. It is adjusted where it would be hard to read."),
            "public": gettext_lazy("Everyone can see the name, dates and place, and later what you release."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False

    def clean_time_zone(self) -> str:
        """Return the time zone. A city is replaced by its zone if only one zone has its name.

        Raises ValidationError for an unknown name that is part of zone names, and suggests these zones. Any other
        unknown name is returned unchanged.
        """
        typed = str(self.cleaned_data["time_zone"])
        zones = available_timezones()
        city = "_".join(typed.casefold().replace("_", " ").split())
        matching = [zone for zone in zones if "/" in zone and zone.rpartition("/")[2].casefold() == city]
        if typed in zones or len(matching) != 1:
            suggestions = sorted(zone for zone in zones if "/" in zone and city in zone.casefold())[:SUGGESTED]
            if typed not in zones and city and suggestions:
                message = _("“%(zone)s” is not a time zone. Did you mean: %(found)s?")
                raise forms.ValidationError(message % {"zone": typed, "found": ", ".join(suggestions)})
            return typed
        return matching[0]

    def clean_slug(self) -> str:
        """Return the slug of the summit, by default one made from its short name.

        Raises ValidationError if the short name has no Latin letters or digits.
        """
        typed = str(self.cleaned_data.get("slug") or "")
        if typed:
            return typed
        slug = slugify(str(self.cleaned_data.get("short_name") or ""))[:60].strip("-")
        if not slug:
            raise forms.ValidationError(_("Use Latin letters, such as “border-security-2025”."))
        return slug


NamedSummitForm = with_names(SummitForm)


class VenueForm(forms.Form):
    """The form of a venue and its rooms, with one line for each room."""

    name = forms.CharField(
        label=gettext_lazy("Venue"),
        max_length=Venue._meta.get_field("name").max_length,
        validators=[validate_printable],
    )
    address = forms.CharField(
        label=gettext_lazy("Street address"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_text],
    )
    rooms = forms.CharField(
        label=gettext_lazy("Rooms"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        validators=[validate_text],
        help_text=gettext_lazy("One room per line, with its seats if known: “Plenary hall; 200”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["dir"] = "auto"

    def clean_rooms(self) -> list[tuple[str, int | None]]:
        """Return (name, number of seats) for each line; the number is None if the line has none.

        Raises ValidationError for lines that can't be read. A room that exists already isn't changed.
        """
        rooms: list[tuple[str, int | None]] = []
        problems = []
        limit = Room._meta.get_field("name").max_length or 0
        for number, raw in enumerate(self.cleaned_data["rooms"].splitlines(), start=1):
            name, seats, *extra = [*parts_of(raw), ""]
            if not name and not seats:
                continue
            if any(extra) or not name or len(name) > limit or (seats and not (seats.isdecimal() and len(seats) < 7)):
                message = _(
                    "Line %(n)d: enter a name of at most %(limit)d characters and, after a semicolon, a number."
                )
                problems.append(message % {"n": number, "limit": limit})
                continue
            rooms.append((name, int(seats) if seats else None))
        if problems:
            raise forms.ValidationError(problems)
        return rooms


class ColleagueForm(forms.Form):
    """The form of a colleague: e-mail address, name, role and language."""

    email = forms.EmailField(
        label=gettext_lazy("Email"),
        max_length=User._meta.get_field("email").max_length,
        validators=[validate_open],
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=200, validators=[validate_printable]
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("Same as the summit")), *settings.LANGUAGES],
        # The help text is displayed once, above all lines.
        widget=forms.Select(attrs={"aria-describedby": "team-language"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, role.label) for role in BY_HAND if role in DESKS]
        field: Any = self.fields["role"]
        field.choices = [("", _("Choose a role")), *roles]


TeamFormSet: Any = forms.formset_factory(ColleagueForm, extra=5, max_num=50)
