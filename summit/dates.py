"""Days in words, as each language writes them: "Monday 31 March 2025", "mardi 1er avril 2025"."""

from datetime import date

from django.utils import formats
from django.utils.translation import pgettext


def long_day(day: date) -> str:
    """Return "Monday 31 March 2025"."""
    ordinary, first = pgettext("date", "l j F Y"), pgettext("date, first of a month", "l j F Y")
    return formats.date_format(day, first if day.day == 1 else ordinary)


def plain_day(day: date) -> str:
    """Return "31 March 2025", where nobody asks for the day of the week."""
    ordinary, first = pgettext("date", "j F Y"), pgettext("date, first of a month", "j F Y")
    return formats.date_format(day, first if day.day == 1 else ordinary)


def brief_day(day: date) -> str:
    """Return "Mon 31 Mar", where the year is said elsewhere."""
    ordinary, first = pgettext("date", "D j M"), pgettext("date, first of a month", "D j M")
    return formats.date_format(day, first if day.day == 1 else ordinary)


def short_day(day: date) -> str:
    """Return "Mon 31 Mar 2025"."""
    ordinary, first = pgettext("date", "D j M Y"), pgettext("date, first of a month", "D j M Y")
    return formats.date_format(day, first if day.day == 1 else ordinary)
