"""The form that validates a person's data. Admin, portal, imports and services use it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.translation import gettext as _

from delegations.members.models.particulars import Particulars, PassportType
from delegations.members.person_field_groups import PARTICULARS, PERSON, particulars_of
from delegations.parties import nationality_choices
from summit.admin_base.widgets import MomentPair, name_parts, plain_widget
from summit.backoffice.onboarding.forms import Suggested
from summit.core.date_formats import long_day
from summit.core.personal_data import Content
from summit.core.validators import validate_printable, validate_text, validate_time_zone, validate_year
from summit.people.models import Person
from summit.summits.models import Summit

# People may travel from this long before the summit's first day until this long after its last day.
BEFORE, AFTER = timedelta(days=30), timedelta(days=30)
# The length of the number field in the machine-readable zone of a passport (ICAO Doc 9303, part 4, section 4.2).
NUMBER_LENGTH = 9
_NUMBER = re.compile(r"[A-Z0-9]+")


def refusals() -> dict[str, str]:
    """Return a dict from error code to the error message of a person's fields."""
    return {
        "invalid": _("Enter a full email address, such as office@mission.example."),
        "invalid_choice": _("“%(value)s” is not in the list. Choose a value from the list."),
        "max_length": _("Shorten this text to %(limit_value)d characters. It has %(show_value)d."),
    }


class MomentField(forms.DateTimeField):
    """A form field for a date and time in the venue's time zone. Its values are aware datetimes."""

    widget = MomentPair

    def __init__(self, *, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone

    def prepare_value(self, value: Any) -> Any:
        """Return the local time at the venue, for the widget."""
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """Return an aware datetime, or None if the field is empty.

        Raises ValidationError if the date or the time is missing or invalid.
        """
        if isinstance(value, str):
            value = value.strip()
            if not value:
                return None
            if value.startswith("T") or not re.search(r"[T ]\d", value):
                raise ValidationError(_("Enter the date and time."))
        with timezone.override(self.zone):
            return super().to_python(value)


class PersonForm(forms.Form):
    """A form with the fields of a person that `fields` names, from the fields of Person and Particulars.

    For all other fields, the validation uses the stored values of `person`. `changed` holds the values to store.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        summit: Summit,
        person: Person | None = None,
        fields: Iterable[str] = (*PERSON, *PARTICULARS),
        **kwargs: Any,
    ) -> None:
        self.summit = summit
        self.before = values_of(person)
        super().__init__(data, initial=self.before, **kwargs)
        included = set(fields)
        for model, names in ((Person, PERSON), (Particulars, PARTICULARS)):
            selected = [name for name in names if name in included]
            self.fields |= forms.fields_for_model(model, selected, formfield_callback=self._field)

    def _field(self, column: Any, **kwargs: Any) -> Any:
        declared = column.personal_field
        if isinstance(column, DateTimeField):
            options = {
                "label": column.verbose_name.capitalize(),
                "required": False,
                "help_text": self._time_zone_help(),
            }
            moment = MomentField(zone=self.summit.zone, validators=[validate_year], **options)
            moment.error_messages["invalid"] = _("Enter the date and time, such as 2025-03-30 14:30.")
            return name_parts(moment)
        if declared.content == Content.COUNTRY_CODE:
            offered = [("", "–"), *nationality_choices.choices()]
            name = column.verbose_name.capitalize()
            return forms.ChoiceField(required=False, choices=offered, label=name, error_messages=refusals())
        field = column.formfield(**kwargs, error_messages=refusals())
        if isinstance(field, forms.DateField):
            field.error_messages["invalid"] = _("Enter the date, such as 1990-12-31.")
        if declared.content == Content.COUNTRY_NAME:
            field.widget = Suggested([name for _code, name in nationality_choices.choices()])
        elif declared.content == Content.TIME_ZONE:
            field.widget = Suggested(sorted(zone for zone in available_timezones() if "/" in zone))
            field.validators.append(validate_time_zone)
        elif declared.multiline:
            field.widget = forms.Textarea(attrs={"rows": 3, "maxlength": column.max_length})
        if isinstance(field, forms.CharField):
            field.widget.attrs.setdefault("dir", "auto")
            fits = validate_text if isinstance(field.widget, forms.Textarea) else validate_printable
            if fits not in field.validators:
                field.validators.append(fits)
        return plain_widget(field)

    def _time_zone_help(self) -> str:
        return _("%(place)s time (%(zone)s)") % {"place": self.summit.said_place, "zone": self.summit.time_zone}

    @property
    def changed(self) -> dict[str, Any]:
        """The cleaned values that differ from the person's stored values, by field."""
        before = {name: self.before.get(name) or None for name in self.cleaned_data}
        return {name: value for name, value in self.cleaned_data.items() if (value or None) != before[name]}

    def value(self, name: str) -> Any:
        """Return the value that a field will have after saving, or None if it is empty or invalid."""
        value = self.cleaned_data.get(name) if name in self.fields else self.before.get(name)
        return None if value in ("", None) else value

    def clean_passport_name(self) -> str:
        """Return the name in Unicode's composed form (NFC).

        Raises ValidationError unless it is in Latin letters, which are the only ones in a passport's machine-readable
        zone.
        """
        name = unicodedata.normalize("NFC", str(self.cleaned_data["passport_name"]))
        letters = [char for char in name if char.isalpha()]
        latin = all(unicodedata.name(char, "").startswith("LATIN") for char in letters)
        if name and (not latin or not letters or any(char.isdigit() for char in name)):
            raise ValidationError(
                _("Enter the name in Latin letters, as in the two lines at the bottom of the passport page.")
            )
        return name

    def clean_passport_number(self) -> str:
        """Return the number as it is in the machine-readable zone: in capitals, without spaces and hyphens.

        Raises ValidationError for characters other than Latin letters and digits.
        """
        number = re.sub(r"[\s-]", "", str(self.cleaned_data["passport_number"])).upper()
        if number and not _NUMBER.fullmatch(number):
            raise ValidationError(_("Use only Latin letters and digits. Copy the number from the passport."))
        return number

    def clean_birth_date(self) -> date | None:
        """Return the date. Raises ValidationError if it is in the future, in the summit's time zone."""
        day: date | None = self.cleaned_data["birth_date"]
        if day is not None and day > timezone.localdate(timezone=self.summit.zone):
            raise ValidationError(_("Enter a date of birth in the past, as in the passport."))
        return day

    def clean_passport_expiry(self) -> date | None:
        """Return the date. Raises ValidationError if the passport expires before the summit ends."""
        day: date | None = self.cleaned_data["passport_expiry"]
        if day is not None and day < self.summit.ends_on:
            message = _(
                "This passport expires before the summit ends on %(day)s. Enter the details of a renewed one."
            )
            raise ValidationError(message % {"day": long_day(self.summit.ends_on)})
        return day

    def clean_arrives_at(self) -> datetime | None:
        """Return the time. Raises ValidationError if it is more than BEFORE or AFTER away from the summit's days."""
        return self._near(self.cleaned_data["arrives_at"])

    def clean_departs_at(self) -> datetime | None:
        """Return the time. Raises ValidationError if it is more than BEFORE or AFTER away from the summit's days."""
        return self._near(self.cleaned_data["departs_at"])

    def _near(self, moment: datetime | None) -> datetime | None:
        first, last = self.summit.starts_on - BEFORE, self.summit.ends_on + AFTER
        if moment is not None and not first <= moment.astimezone(self.summit.zone).date() <= last:
            message = _("Enter a date between %(first)s and %(last)s.")
            raise ValidationError(message % {"first": long_day(first), "last": long_day(last)})
        return moment

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, after the checks that need several fields.

        They refuse a person without name and office, a departure before the arrival, and a passport number that is
        too long for a passport.
        """
        invalid = {"name", "office"} & set(self.errors)
        if {"name", "office"} & set(self.fields) and not (invalid or self.value("name") or self.value("office")):
            field_name = "name" if "name" in self.fields else "office"
            self.add_error(field_name, _("Enter a name or the office held."))
        arrives, departs = self.value("arrives_at"), self.value("departs_at")
        if arrives and departs and departs < arrives:
            field_name = "departs_at" if "departs_at" in self.fields else "arrives_at"
            self.add_error(field_name, _("Enter a departure after the arrival."))
        number = self.value("passport_number") or ""
        other_document = self.value("passport_type") in (PassportType.OTHER, PassportType.LAISSEZ_PASSER)
        if len(number) > NUMBER_LENGTH and not other_document:
            field_name = "passport_number" if "passport_number" in self.fields else "passport_type"
            message = _(
                "A passport number has at most %(n)d letters and digits. If this is another document, change its "
                "type."
            )
            if field_name in self.fields:
                self.add_error(field_name, message % {"n": NUMBER_LENGTH})
        return self.cleaned_data


def values_of(person: Person | None) -> dict[str, Any]:
    """Return a dict of a person's values for all fields of the form, or an empty dict if `person` is None."""
    if person is None:
        return {}
    row = particulars_of(person)
    found = {name: getattr(person, name) for name in PERSON}
    return found | ({name: getattr(row, name) for name in PARTICULARS} if row else {})
