"""The mail about changes in the programme of a mailbox's people, with updates for their calendars.

A message has all changes since the last release sent to its mailbox.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import change_descriptions
from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.calendars.selectors import icalendar
from sessions.draft.models.sessions import Session
from sessions.notifications.messages import subjects
from sessions.notifications.selectors import notification_content
from sessions.notifications.selectors.change_serialization import from_facts
from sessions.notifications.selectors.notification_content import ChangeFacts, Facts
from sessions.notifications.selectors.planned_messages import PlannedMessage
from sessions.notifications.selectors.speech_changes import sentence
from summit.core.languages import spoken
from summit.core.punctuation import pair, semicolon
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Attachment, MessageKind, for_each, register
from summit.outbox.models import Message, MessageState
from summit.people.models import Person
from summit.summits.directions import Directions, directions_by_room
from summit.summits.models import Summit

KIND = "agenda_change"
OVERTAKEN = "agenda.overtaken"
# How many people are named; a category may have hundreds.
NAMED = 10
# The words for how a session changed for some of the people who share a mailbox.
BECAME: dict[str, Any] = {
    **{nature.value: words for nature, words in change_descriptions.STATES.items()},
    notification_content.SPEAKS: gettext_lazy("now speaking"),
    notification_content.SILENT: gettext_lazy("no longer speaking"),
    notification_content.CAME: gettext_lazy("now taking part"),
    notification_content.LEFT: gettext_lazy("no longer taking part"),
}


@dataclass(frozen=True)
class AgendaChange:
    """What a release changed for one mailbox. `content` converts the changes, once for all mailboxes."""

    release: Release
    planned: PlannedMessage
    content: Facts

    @property
    def summit(self) -> Summit:
        """The summit of the release."""
        return self.release.summit


class AgendaSummitFacts(TypedDict):
    """The facts about a summit, with names in the mail's language. `contact` is the address for questions."""

    slug: str
    name: str
    short_name: str
    host: str
    contact: str
    language: str
    zone: str
    place: str


class AgendaChangeFacts(ChangeFacts):
    """The facts of a message about changes since the release with the number `since`.

    `name` is how the mail addresses its reader.
    """

    number: int
    note: str
    summit: AgendaSummitFacts
    since: int
    name: str
    footnote: str
    zone: str


def subject_key(release: Release) -> str:
    """Return the outbox key of a release's messages."""
    return f"release:{release.public_id}"


def drafts(*, release: Release, planned: Sequence[PlannedMessage]) -> list[Message]:
    """Return the unsaved messages of a release, which may itself be unsaved."""
    content = Facts(
        release.summit, _people(planned), _reasons(planned, release.summit), directions_by_room(release.summit)
    )
    return AGENDA_CHANGE.drafts(*(AgendaChange(release, each, content) for each in planned if each.told))


def _people(planned: Iterable[PlannedMessage]) -> dict[int, str]:
    """Return a dict from primary key to the name of each person whom a message mentions in `whom`."""
    keys = {key for each in planned for notified in each.told for key, _nature in notified.whom}
    return {row.pk: row.label for row in Person.objects.filter(pk__in=keys)}


def _reasons(planned: Iterable[PlannedMessage], summit: Summit) -> dict[int, Mapping[str, str]]:
    """Return a dict from primary key to the reason, by language, of each cancelled session for which one is given."""
    told = (notified.change for each in planned for notified in each.told)
    keys = {change.session.session_id for change in told if change.nature == Nature.CANCELLED}
    rows = Session.objects.filter(pk__in=keys, cancelled_at__isnull=False)
    return {
        key: {**(others or {}), summit.language: reason}
        for key, reason, others in rows.values_list("pk", "cancellation_reason", "cancellation_reasons")
    }


def _facts(change: AgendaChange, to: Addressee) -> AgendaChangeFacts:
    planned, content = change.planned, change.content
    party = content.own(planned.reader)
    return {
        "number": change.release.number,
        "note": change.release.note_in(spoken(to.language)),
        "summit": _summit_facts(change.summit, to.language),
        "since": planned.since,
        # A party is named in the mail's language.
        "name": party.name if party else planned.name,
        "footnote": party.footnote if party else "",
        "zone": planned.mailbox.zone,
        **content.of(planned.told, planned.reader),
    }


def _summit_facts(summit: Summit, language: str) -> AgendaSummitFacts:
    names = summit.named(spoken(language))
    return {
        "slug": summit.slug,
        "name": names.name,
        "short_name": names.short_name,
        "host": names.host,
        "contact": summit.contact_email,
        "language": summit.language,
        "zone": summit.time_zone,
        "place": names.place,
    }


def _context(message: Message) -> dict[str, Any]:
    """Return the context of the mail, with old and new values, from the message's frozen facts. Makes no query."""
    facts = message.facts
    changes = [from_facts(entry) for entry in facts["changes"]]
    # A message stored by an earlier version may not have newer facts.
    where = change_descriptions.Zones.of(facts["summit"]["place"], facts["summit"]["zone"], facts.get("zone", ""))
    first = _is_first(facts, changes)
    return {
        **facts,
        "first": first,
        # As in letters, a star after the name refers to its footnote.
        "name": f"{facts['name']}*" if facts.get("footnote") else facts["name"],
        "named": facts["name"],
        "brief": subjects.of_changes(changes, where),
        "told": [
            {
                "story": change_descriptions.story(change, where),
                "whom": whom(entry),
                "waiting": _waiting(change),
                "reason": entry.get("reason", ""),
                "way": _way(entry),
                "speeches": [_speech(where, row) for row in entry.get("speeches", ())],
            }
            for change, entry in zip(changes, facts["changes"], strict=True)
        ],
    }


def _is_first(facts: dict[str, Any], changes: list[SessionChange]) -> bool:
    """Return whether this is the first message to a mailbox. It then has the whole programme and no changes."""
    return facts["since"] == 0 and all(change.nature == Nature.ADDED for change in changes)


def _subject(context: dict[str, Any]) -> str:
    if context["first"]:
        params = {"summit": context["summit"]["short_name"], "name": context["named"]}
        return _("%(summit)s: your agenda (%(name)s)") % params
    return f"{context['brief']} ({context['named']})"


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


def _way(entry: dict[str, Any]) -> Directions | None:
    """Return how one gets to the new room of a changed session, or None."""
    return Directions(*entry["directions"]) if entry.get("directions") else None


def _speech(where: change_descriptions.Where, row: list[Any]) -> str:
    name, place, begins = row
    return sentence(name, place, datetime.fromisoformat(begins) if begins else None, where)


def _waiting(change: SessionChange) -> str:
    """Return the sentence for a person who is or was on the waiting list; "" for other people."""
    if not change.waiting:
        return ""
    return _("You are on the waiting list.") if change.after else _("You were on the waiting list.")


def _attachments(message: Message) -> list[Attachment]:
    """Return the calendar parts of the mail: one for each changed session, as one iTIP object describes one meeting.

    A single part is an alternative of the text, so that mail programs offer to add it to the calendar. Several parts
    are attached, because a mail has only one alternative.
    """
    events = [entry for entry in message.facts["changes"] if entry.get("calendar", True)]
    return [
        _part(message, from_facts(entry), entry, position, len(events) == 1)
        for position, entry in enumerate(events, start=1)
    ]


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


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages that newer messages to the same mailbox replaced.

    A message is replaced if a newer one includes its changes, or if newer ones cover all of its sessions. A later
    change of a session isn't enough, because its readers may not have been notified. Makes one query.
    """
    newer: dict[tuple[int | None, str, str], list[tuple[int, int, set[str]]]] = {}
    others = Message.objects.filter(
        kind=KIND,
        summit__in={message.summit_id for message in messages},
        address__in={message.address for message in messages},
        version__gt=min((message.version for message in messages), default=0),
    ).exclude(state=MessageState.DROPPED)
    for summit_id, key, address, version, since, changes in others.values_list(
        "summit_id", "recipient_key", "address", "version", "facts__since", "facts__changes"
    ):
        newer.setdefault((summit_id, key, address), []).append((version, int(since), _sessions(changes)))
    found: dict[int, str] = {}
    for message in messages:
        later = [
            entry
            for entry in newer.get((message.summit_id, message.recipient_key, message.address), ())
            if entry[0] > message.version
        ]
        included = any(message.version > since for _version, since, _keys in later)
        covered: set[str] = set().union(*(keys for _version, _since, keys in later))
        if later and (included or _sessions(message.facts["changes"]) <= covered):
            found[message.pk] = because(OVERTAKEN, max(version for version, _since, _keys in later))
    return found


def _sessions(changes: Sequence[dict[str, Any]]) -> set[str]:
    """Return the public ids of the sessions in a message's changes."""
    return {(change["after"] or change["before"])["key"] for change in changes}


AGENDA_CHANGE = register(
    MessageKind(
        name=KIND,
        label=gettext_lazy("agenda change"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/notifications/test_messages.py",
        facts=AgendaChangeFacts,
        recipients=for_each(lambda change: [change.planned.mailbox.addressee]),
        subject_key=lambda change: subject_key(change.release),
        version=lambda change: change.release.number,
        build_facts=_facts,
        template="mail/agenda_change.txt",
        subject=_subject,
        context=_context,
        path=lambda context: "/portal/",
        reply_to="summit.contact",
        attachments=_attachments,
        trimmed=False,
        why=gettext_lazy("You are receiving this because you take part in the summit or act for someone who does."),
        html_template="mail/agenda_change.html",
        reasons={OVERTAKEN: gettext_lazy("Release %(value)s includes these changes.")},
        withdrawn=withdrawn,
    )
)
