"""The messages of this app: what changed in somebody's programme, with the update for their calendar."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, ngettext

from sessions.domain import calendars, notices, wording
from sessions.domain.differences import Change, from_facts
from summit.outbox.kinds import Attachment, Kind, Mail, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Write what changed, old and new, from the message's frozen facts. No query.

    Each session touched is a calendar part of its own, since one iTIP object speaks of one meeting. A single one
    stands beside the text as its alternative, where mail programs offer to put it into the calendar; several are
    attached, since a mail has room for one alternative.
    """
    facts = message.facts
    changes = [from_facts(entry) for entry in facts["changes"]]
    where = SimpleNamespace(place=facts["summit"]["place"], zone=ZoneInfo(facts["summit"]["zone"]))
    context = {
        **facts,
        # As in letters, a star stands behind the name that a footnote explains.
        "name": f"{facts['name']}*" if facts.get("footnote") else facts["name"],
        "stories": wording.stories(changes, where),
        "url": f"{settings.BASE_URL}/portal/",
    }
    text = render_to_string("mail/agenda_change.txt", context)
    subject = ngettext(
        "%(summit)s: one change in your programme (%(name)s)",
        "%(summit)s: %(count)d changes in your programme (%(name)s)",
        len(changes),
    ) % {"summit": facts["summit"]["short_name"], "count": len(changes), "name": facts["name"]}
    parts = [_part(message, change, position, len(changes) == 1) for position, change in enumerate(changes, start=1)]
    return Mail(subject=subject, text=text, attachments=parts, reply_to=facts["summit"]["contact"])


def _part(message: Message, change: Change, position: int, inline: bool) -> Attachment:
    method, content = calendars.itip(change, facts=message.facts, address=message.address, stamp=message.date)
    return Attachment(
        filename=f"{position:02}-{change.session.key}.ics",
        content=content,
        mimetype="text/calendar",
        params={"method": method, "component": "VEVENT"},
        inline=inline,
    )


AGENDA_CHANGE = register(
    Kind(
        notices.KIND,
        "sessions.tasks.deliver_agenda_changes",
        render,
        notices.withdrawn,
        gettext_lazy("change of the agenda"),
    )
)
