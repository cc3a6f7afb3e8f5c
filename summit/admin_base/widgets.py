"""The widgets of the admin's forms: dates with the day first, a 24-hour clock, and accessible names."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms import (
    ChoiceField,
    DateField,
    DateInput,
    Field,
    ModelChoiceField,
    SplitDateTimeField,
    SplitDateTimeWidget,
    TextInput,
    TimeField,
    TimeInput,
)
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from summit.core.text_normalisation import fold
from summit.core.validators import validate_year

# A time of the day as people type it.
CLOCK = re.compile(r"(\d{1,2})\s?[:.h]?\s?(\d{2})(?::(\d{2}))?")
# A date as people type it, the day first; a keypad without signs has digits alone.
DAY = re.compile(r"(\d{1,2})\s?[/.\-\s]\s?(\d{1,2})\s?[/.\-\s]\s?(\d{4})|(\d{2})(\d{2})(\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
# A date with the month's name, the day first or behind it: "3 December 2026", "3rd Dec. 2026", "December 3, 2026".
NAMED_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?\s+([^\W\d_]+)\.?,?\s+(\d{4})")
NAMED_MONTH = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
# Where a text that has a date and a time ends with its date: before "T", or before a blank that a time follows.
BEFORE_CLOCK = re.compile(r"T(?=\d|$)|(?<=\d)T|\s+(?=\d{1,2}\s?[:h]\s?\d{2})")
# The label of the empty choice.
NOTHING = "–"


def _month(name: str) -> int:
    """Return the number of the month with this name, in the active language or in English; 0 if there is none."""
    for language in (translation.get_language() or "en", "en"):
        with translation.override(language):
            for names in (MONTHS, MONTHS_3, MONTHS_AP):
                for number, known in names.items():
                    if fold(str(known)).rstrip(".") == fold(name):
                        return number
    return 0


def _typed_day(text: str) -> str:
    """Return a date that was typed as "YYYY-MM-DD", or "" if the text is none."""
    found = DAY.fullmatch(text)
    if found is not None:
        day, month, year = (int(part) for part in found.groups() if part)
    elif named := NAMED_DAY.fullmatch(text):
        day, month, year = int(named[1]), _month(named[2]), int(named[3])
    elif named := NAMED_MONTH.fullmatch(text):
        day, month, year = int(named[2]), _month(named[1]), int(named[3])
    else:
        return ""
    return f"{year:04}-{month:02}-{day:02}" if month else ""


class DayInput(DateInput):
    """A text input for a date, with the day first, whatever order the browser's own control would have.

    It takes "31/3/2025", "31.3.2025", "31032025", "31 March 2025" and "2025-03-31". With JavaScript, a button opens
    the browser's calendar (`static/js/day_picker.js`).
    """

    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {
            "class": "day",
            "size": 10,
            "maxlength": 24,
            "inputmode": "numeric",
            "autocomplete": "off",
            "dir": "ltr",
        }
        super().__init__({**own, **(attrs or {})}, format="%d/%m/%Y")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the context of the template, with the words of the placeholder and of the button."""
        words = {"placeholder": _("dd/mm/yyyy"), "data-choose": _("Choose a date")}
        context: dict[str, Any] = super().get_context(name, value, {**words, **(attrs or {})})
        return context

    def format_value(self, value: Any) -> str | None:
        """Return a date, or a text as `value_from_datadict` returns it, as "DD/MM/YYYY"."""
        found = ISO_DAY.fullmatch(value) if isinstance(value, str) else None
        return "/".join(reversed(found.groups())) if found else super().format_value(value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the date that was typed as "YYYY-MM-DD", or the text unchanged if it isn't one."""
        value = super().value_from_datadict(data, files, name)
        return (_typed_day(value.strip()) or value) if isinstance(value, str) else value


class ClockInput(TimeInput):
    """A text input for a time of the day on the 24-hour clock, whatever clock the browser's own control would have.

    It takes "14:30", "14.30", "14h30" and "1430". It has seconds only if its value has some.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"class": "clock", "size": 5, "maxlength": 8, "inputmode": "numeric", "autocomplete": "off"}
        super().__init__({**own, "placeholder": "--:--", **(attrs or {})}, format="%H:%M")

    def format_value(self, value: Any) -> str | None:
        """Return the value as "HH:MM", or as "HH:MM:SS" if it has seconds."""
        if isinstance(value, (time, datetime)) and value.second:
            return f"{value:%H:%M:%S}"
        return super().format_value(value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the time that was typed as "HH:MM" or "HH:MM:SS", or the text unchanged if it isn't one."""
        value = super().value_from_datadict(data, files, name)
        found = CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
        return ":".join(part.zfill(2) for part in found.groups() if part) if found else value


class Colour(TextInput):
    """A colour input with the browser's own control."""

    input_type = "color"


class MomentInput(SplitDateTimeWidget):
    """Text inputs for a date and a time, side by side."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = (DayInput(), ClockInput())


class MomentPair(MomentInput):
    """Text inputs for a date and a time whose value is one text in ISO format.

    It also reads both from a single value, as import files have them.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the submitted date and time as one text, with "T" between them; "" if both are empty."""
        if name in data:
            return data[name]
        day, clock = (
            widget.value_from_datadict(data, files, f"{name}_{part}") or ""
            for part, widget in enumerate(self.widgets)
        )
        return f"{day}T{clock}" if day or clock else ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return whether neither the date nor the time was submitted."""
        return name not in data and f"{name}_0" not in data

    def decompress(self, value: Any) -> Any:
        """Return the date and the time of a value for the two inputs, or None for both if there is no value."""
        if isinstance(value, str):
            day, *clock = BEFORE_CLOCK.split(value, maxsplit=1)
            return [day, *(clock or [""])]
        return [value.date(), value.time()] if isinstance(value, datetime) else [None, None]


def plain_widget(field: Field | None) -> Field | None:
    """Return a field of the admin with our widget in place of Django's; None for None."""
    if field is None:
        return None
    if isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    if isinstance(field, SplitDateTimeField):
        field.widget = MomentInput()
        field.validators.append(validate_year)
    elif isinstance(field, DateField):
        field.widget = DayInput()
        field.validators.append(validate_year)
    elif isinstance(field, TimeField):
        field.widget = ClockInput()
    elif isinstance(field, ModelChoiceField) and field.empty_label is not None:
        field.empty_label = NOTHING
    elif isinstance(field, ChoiceField):
        choices: Any = field.choices
        field.choices = [(value, name if value else NOTHING) for value, name in choices]
    return field


def name_parts(field: Field | None) -> Field | None:
    """Return a field with an accessible name for each of the two inputs of a date and time.

    The field's label names only the first input.
    """
    if field is not None and isinstance(field.widget, SplitDateTimeWidget):
        label = capfirst(str(field.label or ""))
        for widget, part in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
            widget.attrs["aria-label"] = f"{label}: {part}"
    return field


def name_cell(field: Field | None) -> None:
    """Set the accessible name of an input in a table to the name of its column."""
    if field is None or isinstance(field.widget, SplitDateTimeWidget):
        return
    field.widget.attrs["aria-label"] = capfirst(str(field.label or ""))
