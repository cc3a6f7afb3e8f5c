"""Template filters that show moments in the venue's time zone, with its name."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from summit.core import date_formats
from summit.core.date_formats import brief_day, long_day, short_day
from summit.templatetags.text_direction import called

if TYPE_CHECKING:
    from summit.summits.models import Summit

register = template.Library()
register.filter("brief_day", brief_day)


class Moment(SafeString):
    """A moment in words. Exports of a list use `at`, the moment itself in the venue's time zone."""

    at: datetime

    @classmethod
    def said(cls, words: str, moment: datetime, summit: "Summit") -> "Moment":
        """Return a Moment for `moment` with `words`, which must be safe HTML."""
        text = cls(words)
        text.at = moment.astimezone(summit.zone)
        return text


def local(moment: datetime, summit: "Summit") -> datetime:
    """Return a moment in the summit's time zone."""
    return moment.astimezone(summit.zone)


@register.filter
def clock(moment: datetime, summit: "Summit") -> str:
    """Return the time at the venue, such as "14:30". In an hour that the clock passes twice, a note says which."""
    return date_formats.clock(local(moment, summit))


@register.filter
def exact_clock(moment: datetime, summit: "Summit") -> str:
    """Return the time at the venue with seconds, such as "14:30:05"."""
    return date_formats.clock(local(moment, summit), "%H:%M:%S")


def clock_zone(moment: datetime, summit: "Summit") -> str:
    """Return the time at the venue with the place, such as "14:30 London time"."""
    return _("%(time)s %(place)s time") % {"time": clock(moment, summit), "place": summit.said_place}


@register.filter
def day(moment: datetime | date, summit: "Summit") -> str:
    """Return a day at the venue in the active language, such as "Monday 31 March 2025"."""
    local_day = local(moment, summit).date() if isinstance(moment, datetime) else moment
    return long_day(local_day)


def day_clock(moment: datetime, summit: "Summit") -> str:
    """Return the day and time at the venue, such as "Monday 31 March 2025, 14:30 London time"."""
    return _("%(day)s, %(time)s") % {"day": day(moment, summit), "time": clock_zone(moment, summit)}


@register.filter("clock_zone")
def marked_clock_zone(moment: datetime, summit: "Summit") -> SafeString:
    """Return the time at the venue as HTML, such as "14:30 London time".

    The place's name is marked with its language.
    """
    params = {"time": clock(moment, summit), "place": called(summit, "place")}
    return SafeString(conditional_escape(_("%(time)s %(place)s time")) % params)


@register.filter("day_clock")
def marked_day_clock(moment: datetime, summit: "Summit") -> SafeString:
    """Return the day and time at the venue as HTML, such as "Monday 31 March 2025, 14:30 London time".

    The place's name is marked with its language.
    """
    params = {"day": conditional_escape(day(moment, summit)), "time": marked_clock_zone(moment, summit)}
    return SafeString(conditional_escape(_("%(day)s, %(time)s")) % params)


@register.filter
def short_clock(moment: datetime, summit: "Summit") -> Moment:
    """Return the day and time at the venue for a table, such as "Mon 31 Mar 2025, 14:30 London time".

    A line is broken only after the day.
    """
    params = {"day": short_day(local(moment, summit)), "time": marked_clock_zone(moment, summit)}
    halves = {name: format_html('<span class="whole">{}</span>', half) for name, half in params.items()}
    return Moment.said(conditional_escape(_("%(day)s, %(time)s")) % halves, moment, summit)


@register.filter
def iso(moment: datetime, summit: "Summit") -> str:
    """Return the moment for a `datetime` attribute, with the venue's offset (RFC 3339)."""
    return local(moment, summit).isoformat(timespec="seconds")


@register.filter
def clock_words(summit: "Summit") -> str:
    """Return a translated pattern such as "{time} London time", in which a script replaces `{time}` by the time."""
    return _("%(time)s %(place)s time") % {"time": "{time}", "place": summit.said_place}


@register.simple_tag
def clock_now(summit: "Summit") -> str:
    """Return the current time at the venue, such as "14:30 London time". Only for pages that aren't cached."""
    return marked_clock_zone(timezone.now(), summit)


@register.filter
def day_clock_now(summit: "Summit") -> SafeString:
    """Return the current day and time at the venue. Only for pages that aren't cached."""
    return marked_day_clock(timezone.now(), summit)


@register.simple_tag
def moment_now(summit: "Summit") -> str:
    """Return the current moment with the venue's offset (RFC 3339). Scripts use it instead of the device's clock."""
    return iso(timezone.now(), summit)
