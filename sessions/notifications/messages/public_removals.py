"""The mail to accredited media about sessions that left the public agenda. Each release sends one to each mailbox.

If a session was removed without a public notice, the mails don't mention it. The people with a place in the session
get the mail about changes in their programme (`agenda_changes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict

from django.utils.translation import gettext_lazy, ngettext

from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from sessions.agenda.models.releases import Release, ReleaseEntry
from sessions.agenda.models.removals import PublicNotice
from sessions.agenda.selectors.change_descriptions import PUBLIC_STATES
from sessions.agenda.selectors.release_changes import NATURES
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.notifications.message_session_facts import (
    SessionFacts,
    SummitFacts,
    context_of,
    session_facts,
    summit_facts,
)
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, register
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User

PUBLIC_AGAIN = "agenda.public_again"


class RemovedSessionFacts(SessionFacts):
    """The facts about a removed session: those of a session, and the `PublicNotice`."""

    notice: str


@dataclass(frozen=True)
class PublicRemoval:
    """The sessions that a release removed from the public agenda, each with its last public state and its notice."""

    release: Release
    removed: Sequence[tuple[Snapshot, str]]

    @property
    def summit(self) -> Summit:
        """The summit of the release."""
        return self.release.summit

    @cached_property
    def announced(self) -> list[RemovedSessionFacts]:
        """The facts about the sessions that have a public notice."""
        return [
            {**session_facts(session.key, session), "notice": notice}
            for session, notice in self.removed
            if notice != PublicNotice.NONE
        ]


class PublicRemovalFacts(TypedDict):
    """The facts of a message about sessions that left the public agenda."""

    summit: SummitFacts
    sessions: list[RemovedSessionFacts]


def _facts(removal: PublicRemoval, to: Addressee) -> PublicRemovalFacts:
    return {"summit": summit_facts(removal.summit, to.language), "sessions": removal.announced}


def _media(summit: Summit) -> list[Addressee]:
    """Return the mailboxes of accredited media.

    Accredited media are members with the capacity of media, and accounts with the role of a media representative.
    Makes five queries.
    """
    members = Membership.objects.filter(person__summit=summit, capacity=Capacity.MEDIA)
    people = set(members.values_list("person_id", flat=True))
    mailboxes = mailboxes_selectors.for_members(summit=summit, party_ids=set(), person_ids=people)
    found = {box.address.casefold(): box.addressee for box in mailboxes}
    accounts = User.objects.filter(
        roles__summit=summit, roles__role=Role.MEDIA_REPRESENTATIVE, is_active=True
    ).exclude(email="")
    for email in accounts.order_by("pk").values_list("email", flat=True):
        found.setdefault(email.casefold(), Addressee("people", email, summit.language))
    return list(found.values())


def _context(message: Message) -> dict[str, Any]:
    facts = message.facts
    sessions = [
        {**context_of({**each, "summit": facts["summit"]}), "state": PUBLIC_STATES[NATURES[each["notice"]]]}
        for each in facts["sessions"]
    ]
    return {"summit": facts["summit"], "sessions": sessions}


def _subject(context: dict[str, Any]) -> str:
    number = len(context["sessions"])
    template = ngettext(
        "%(summit)s: %(number)d session removed from the public agenda",
        "%(summit)s: %(number)d sessions removed from the public agenda",
        number,
    )
    return template % {"summit": context["summit"]["name"], "number": number}


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages whose sessions are all public again.

    Makes one query.
    """
    keys = {session["key"] for message in messages for session in message.facts["sessions"]}
    current = ReleaseEntry.objects.filter(session__public_id__in=keys, release__in=Release.objects.current())
    public = set(current.for_public().values_list("session__public_id", flat=True))
    return {
        message.pk: because(PUBLIC_AGAIN)
        for message in messages
        if public.issuperset(session["key"] for session in message.facts["sessions"])
    }


PUBLIC_REMOVAL = register(
    MessageKind(
        name="public_removal",
        label=gettext_lazy("session removed from the public agenda"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/releases/test_removals.py",
        facts=PublicRemovalFacts,
        recipients=for_each(lambda removal: _media(removal.summit) if removal.announced else []),
        subject_key=lambda removal: f"release:{removal.release.public_id}",
        version=lambda removal: removal.release.number,
        build_facts=_facts,
        template="mail/public_removal.txt",
        subject=_subject,
        context=_context,
        reply_to="summit.contact",
        why=gettext_lazy("You are receiving this because you represent the media at the summit."),
        reasons={
            PUBLIC_AGAIN: gettext_lazy("The sessions were back in the public agenda before the message was sent.")
        },
        withdrawn=withdrawn,
    )
)
