"""Days as text in the active language, such as "Monday 31 March 2025" or "mardi 1er avril 2025"."""

from datetime import date, datetime

from django.utils import formats
from django.utils.translation import pgettext


def is_repeated(local: datetime) -> bool:
    """Return whether a local time occurs twice, as in the hour when summer time ends."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def clock(local: datetime, form: str = "%H:%M") -> str:
    """Return a local time such as "14:30". If it occurs twice, add its UTC offset: "01:30 (UTC+1)"."""
    time = local.strftime(form)
    if not is_repeated(local):
        return time
    hours, minutes = int(local.strftime("%z")[:3]), local.strftime("%z")[3:5]
    ahead = f"{hours:+d}{'' if minutes == '00' else f':{minutes}'}" if hours or minutes != "00" else ""
    return f"{time} (UTC{ahead})"


def cell_time(local: datetime) -> str:
    """Return a local time as files have it, such as "2025-03-31 14:30".

    If it occurs twice, add its offset, "2025-10-26 01:30+01:00": read again, it is the same moment.
    """
    offset = local.isoformat()[-6:] if is_repeated(local) else ""
    return f"{local:%Y-%m-%d %H:%M}{offset}"


def long_day(day: date) -> str:
    """Return a day in the active language, such as "Monday 31 March 2025"."""
    ordinary, first = pgettext("date", "l j F Y"), pgettext("date, first of a month", "l j F Y")
    return formats.date_format(day, first if day.day == 1 else ordinary)


def plain_day(day: date) -> str:
    """Return a day without its weekday in the active language, such as "31 March 2025"."""
    ordinary, first = pgettext("date", "j F Y"), pgettext("date, first of a month", "j F Y")
    return formats.date_format(day, first if day.day == 1 else ordinary)


def brief_day(day: date) -> str:
    """Return a day without its year in the active language, such as "Mon 31 Mar"."""
    ordinary, first = pgettext("date", "D j M"), pgettext("date, first of a month", "D j M")
    return formats.date_format(day, first if day.day == 1 else ordinary)


def short_day(day: date) -> str:
    """Return a day in short form in the active language, such as "Mon 31 Mar 2025"."""
    ordinary, first = pgettext("date", "D j M Y"), pgettext("date, first of a month", "D j M Y")
    return formats.date_format(day, first if day.day == 1 else ordinary)
