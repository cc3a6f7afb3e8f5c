"""Days in words, as each language writes them: "Monday 31 March 2025", "mardi 1er avril 2025"."""

from datetime import date, datetime

from django.utils import formats
from django.utils.translation import pgettext


def is_repeated(local: datetime) -> bool:
    """Return whether a time of a zone's clocks comes twice: in the hour in which summer time ends."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def clock(local: datetime, form: str = "%H:%M") -> str:
    """Return a time of a zone's clocks, "14:30"; where it comes twice also which it is, "01:30 (UTC+1)"."""
    time = local.strftime(form)
    if not is_repeated(local):
        return time
    hours, minutes = int(local.strftime("%z")[:3]), local.strftime("%z")[3:5]
    ahead = f"{hours:+d}{'' if minutes == '00' else f':{minutes}'}" if hours or minutes != "00" else ""
    return f"{time} (UTC{ahead})"


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
