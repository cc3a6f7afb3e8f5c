"""The calendar at a private URL (RFC 5545): the programme of a person or a party, with optional reminders."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors.change_descriptions import title_of
from sessions.agenda.selectors.released_snapshots import snapshot
from sessions.calendars.selectors import icalendar
from sessions.visibility.models import Visibility
from summit.summits.models import Summit

# How long before a session calendar programs show its reminder.
BEFORE = timedelta(minutes=15)


def private_feed(
    *,
    summit: Summit,
    updated_at: datetime | None,
    sessions: Iterable[ReleasedSession],
    name: str,
    language: str,
    alarms: bool,
) -> bytes:
    """Return a programme as a calendar with METHOD PUBLISH. The same programme always gives the same bytes.

    `sessions` must have their draft session joined and be reduced to what the readers may know. `name` is the name of
    the programme's owner.
    """
    rows = list(sessions)
    updated = updated_at or summit.created_at
    calendar = icalendar.feed(
        summit=summit,
        name=_("%(summit)s: agenda of %(name)s") % {"summit": summit.named(language).short_name, "name": name},
        stamp=updated,
        moments=[row.starts_at for row in rows],
    )
    events = []
    for row in rows:
        session = snapshot(row, (), summit.time_zone)
        url = settings.BASE_URL + reverse("portal:session", args=[row.session.public_id])
        event = icalendar.published(session, row, summit=summit, url=url, language=language)
        event.add("class", "PUBLIC" if row.visibility == Visibility.PUBLIC else "PRIVATE")
        if alarms and row.times_known:
            event.add_component(_alarm(title_of(session, language)))
        events.append(event.to_ical())
    return icalendar.with_events(calendar, events, stamp=updated)


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -BEFORE)
    alarm.add("description", title)
    return alarm
