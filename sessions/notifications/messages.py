"""The message about changes in the programme of a mailbox's people, with updates for their calendars."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.selectors import change_descriptions
from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.calendars.selectors import icalendar
from sessions.notifications.selectors import notification_content
from sessions.notifications.selectors.change_serialization import from_facts
from sessions.notifications.selectors.speech_changes import sentence
from sessions.notifications.services import notices
from summit.core.punctuation import pair, semicolon
from summit.outbox.message_kinds import Attachment, Mail, MessageKind, register
from summit.outbox.models import Message

# How many people are named; a category may have hundreds.
NAMED = 10
# The words for how a session changed for some of the people who share a mailbox.
BECAME: dict[str, Any] = {
    **{nature.value: words for nature, words in change_descriptions.STATES.items()},
    notification_content.SPEAKS: gettext_lazy("now speaking there"),
    notification_content.SILENT: gettext_lazy("no longer speaking there"),
    notification_content.CAME: gettext_lazy("now taking part"),
    notification_content.LEFT: gettext_lazy("no longer taking part"),
}


def render(message: Message) -> Mail:
    """Return the mail about changes, with old and new values, from the message's frozen facts. Makes no query.

    Each changed session is a calendar part of its own, because one iTIP object describes one meeting. A single part
    is an alternative of the text, so that mail programs offer to add it to the calendar. Several parts are attached,
    because a mail has only one alternative.
    """
    facts = message.facts
    changes = [from_facts(entry) for entry in facts["changes"]]
    # A message stored by an earlier version may not have newer facts.
    where = change_descriptions.Zones.of(facts["summit"]["place"], facts["summit"]["zone"], facts.get("zone", ""))
    first = _is_first(facts, changes)
    context = {
        **facts,
        "first": first,
        # As in letters, a star after the name refers to its footnote.
        "name": f"{facts['name']}*" if facts.get("footnote") else facts["name"],
        "told": [
            {
                "story": change_descriptions.story(change, where),
                "whom": whom(entry),
                "waiting": _waiting(change),
                "speeches": [_speech(where, row) for row in entry.get("speeches", ())],
            }
            for change, entry in zip(changes, facts["changes"], strict=True)
        ],
        "url": f"{settings.BASE_URL}/portal/",
    }
    text = render_to_string("mail/agenda_change.txt", context)
    params = {"summit": facts["summit"]["short_name"], "count": len(changes), "name": facts["name"]}
    events = [
        (change, entry)
        for change, entry in zip(changes, facts["changes"], strict=True)
        if entry.get("calendar", True)
    ]
    parts = [_part(message, *entry, position, len(events) == 1) for position, entry in enumerate(events, start=1)]
    return Mail(subject=_subject(params, first), text=text, attachments=parts, reply_to=facts["summit"]["contact"])


def _is_first(facts: dict[str, Any], changes: list[SessionChange]) -> bool:
    """Return whether this is the first message to a mailbox. It then has the whole programme and no changes."""
    return facts["since"] == 0 and all(change.nature == Nature.ADDED for change in changes)


def _subject(params: dict[str, Any], first: bool) -> str:
    if first:
        return _("%(summit)s: your programme (%(name)s)") % params
    return (
        ngettext(
            "%(summit)s: one change in your programme (%(name)s)",
            "%(summit)s: %(count)d changes in your programme (%(name)s)",
            params["count"],
        )
        % params
    )


def whom(facts: dict[str, Any]) -> str:
    """Return the names of the people whom a change concerns if several people share the mailbox, otherwise "".

    `facts` are the stored facts of the change. If the session changed for some people in another way than for the
    mailbox as a whole, their names are followed by this change.
    """
    by_nature: dict[str, list[str]] = {}
    for name, nature in facts.get("whom", ()):
        by_nature.setdefault(nature, []).append(name or _("the delegation"))
    parts = []
    for nature, names in sorted(by_nature.items(), key=lambda entry: entry[0] != facts["nature"]):
        who = _named(names)
        parts.append(who if nature == facts["nature"] else pair(who, str(BECAME[nature])))
    return semicolon().join(parts)


def _named(names: list[str]) -> str:
    rest = len(names) - NAMED
    if rest <= 1:
        return semicolon().join(names)
    more = ngettext("and %(number)d other", "and %(number)d others", rest) % {"number": rest}
    return semicolon().join([*names[:NAMED], more])


def _speech(where: change_descriptions.Where, row: list[Any]) -> str:
    name, place, begins = row
    return sentence(name, place, datetime.fromisoformat(begins) if begins else None, where)


def _waiting(change: SessionChange) -> str:
    """Return the sentence for a person who is or was on the waiting list; "" for other people."""
    if not change.waiting:
        return ""
    return _("You are on the waiting list.") if change.after else _("You were on the waiting list.")


def _part(message: Message, change: SessionChange, entry: dict[str, Any], position: int, inline: bool) -> Attachment:
    method, content = icalendar.itip(
        change, told=entry, facts=message.facts, address=message.address, stamp=message.date
    )
    return Attachment(
        filename=f"{position:02}-{change.session.key}.ics",
        content=content,
        mimetype="text/calendar",
        params={"method": method, "component": "VEVENT"},
        inline=inline,
    )


AGENDA_CHANGE = register(
    MessageKind(
        notices.KIND,
        "sessions.tasks.deliver_agenda_changes",
        render,
        notices.withdrawn,
        gettext_lazy("change of the agenda"),
    )
)
