"""The mails to people who have moved up from the waiting list of a session, or whom the desk has removed.

They go to their own mailbox, or else to their party's. If several people share a mailbox, it gets one mail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.mailboxes import selectors as mailboxes_selectors
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.notifications.message_session_facts import (
    SessionFacts,
    SummitFacts,
    context_of,
    session_facts,
    summit_facts,
)
from sessions.visibility.models import TAKING_PART
from summit.core.punctuation import comma
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, register
from summit.outbox.models import Message
from summit.summits.models import Summit

LEFT = "agenda.place_left"
AGAIN = "agenda.signed_up_again"


@dataclass(frozen=True)
class MovedUp:
    """The sign-ups that got a place in a session, as released to its participants. Keys are people's primary keys."""

    session: Session
    released: ReleasedSession
    sign_ups: Mapping[int, SignUp]

    @property
    def summit(self) -> Summit:
        """The summit of the session."""
        return self.session.summit


def moved_up(session: Session, row: ReleasedSession, moved: Iterable[SignUp]) -> MovedUp:
    """Return the cause of messages about people who moved up. `row` is the released session. Makes one query."""
    entries = ReleaseEntry.objects.current(session.summit).at(TAKING_PART).filter(session=session)
    entry = entries.select_related("released_session").first()
    return MovedUp(session, entry.released_session if entry else row, {each.person_id: each for each in moved})


class PlaceFreeFacts(SessionFacts):
    """The facts of a message about a place: those of its session, and the people who have the place now."""

    summit: SummitFacts
    sign_ups: list[str]
    people: list[str]


def _facts(moved: MovedUp, to: Addressee) -> PlaceFreeFacts:
    return {
        **session_facts(moved.session.public_id, moved.released),
        "summit": summit_facts(moved.summit, to.language),
        "sign_ups": [each.public_id for each in moved.sign_ups.values()],
        "people": [each.person.label for each in moved.sign_ups.values()],
    }


def _recipients(causes: Sequence[MovedUp]) -> Iterable[tuple[MovedUp, Addressee]]:
    """Yield each mailbox, with the sign-ups of its own people."""
    for moved in causes:
        people = set(moved.sign_ups)
        for box in mailboxes_selectors.for_members(summit=moved.summit, party_ids=set(), person_ids=people):
            own = {pk: moved.sign_ups[pk] for pk in sorted(box.person_ids) if pk in moved.sign_ups}
            yield replace(moved, sign_ups=own), box.addressee


class PlaceRemovedFacts(SessionFacts):
    """The facts of a message about a removed sign-up: those of its session, and the people by public id and name."""

    summit: SummitFacts
    persons: list[str]
    people: list[str]


def _removed_facts(moved: MovedUp, to: Addressee) -> PlaceRemovedFacts:
    return {
        **session_facts(moved.session.public_id, moved.released),
        "summit": summit_facts(moved.summit, to.language),
        "persons": [each.person.public_id for each in moved.sign_ups.values()],
        "people": [each.person.label for each in moved.sign_ups.values()],
    }


def _context(message: Message) -> dict[str, Any]:
    return {**context_of(message.facts), "people": comma().join(message.facts["people"])}


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages in which nobody has the place any more.

    Makes one query.
    """
    keys = {key for message in messages for key in message.facts["sign_ups"]}
    placed = set(
        SignUp.objects.filter(public_id__in=keys, state=SignUpState.PLACE).values_list("public_id", flat=True)
    )
    return {message.pk: because(LEFT) for message in messages if not placed.intersection(message.facts["sign_ups"])}


def signed_up_again(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages in which everybody is signed up again.

    Makes one query.
    """
    keys = {key for message in messages for key in message.facts["persons"]}
    rows = SignUp.objects.filter(person__public_id__in=keys)
    again = set(rows.values_list("session__public_id", "person__public_id"))
    return {
        message.pk: because(AGAIN)
        for message in messages
        if all((message.facts["key"], person) in again for person in message.facts["persons"])
    }


PLACE_REMOVED = register(
    MessageKind(
        name="place_removed",
        label=gettext_lazy("removed sign-up"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/signups/test_signups_admin.py",
        facts=PlaceRemovedFacts,
        recipients=_recipients,
        subject_key=lambda moved: f"agenda.session:{moved.session.public_id}",
        # Each sign-up is removed only once.
        version=lambda moved: max(each.pk for each in moved.sign_ups.values()),
        build_facts=_removed_facts,
        template="mail/sign_up_removed.txt",
        subject=lambda context: _("Sign-up removed: %(title)s") % context,
        context=_context,
        reply_to="summit.contact",
        why=gettext_lazy("You are receiving this because you take part in the summit or act for someone who does."),
        reasons={AGAIN: gettext_lazy("The person was signed up again before the message was sent.")},
        withdrawn=signed_up_again,
    )
)

PLACE_FREE = register(
    MessageKind(
        name="place_free",
        label=gettext_lazy("newly free place"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/signups/test_signups.py",
        facts=PlaceFreeFacts,
        recipients=_recipients,
        # Each sign-up moves up only once, so the highest key of these is unique to this message.
        subject_key=lambda moved: f"agenda.session:{moved.session.public_id}",
        version=lambda moved: max(each.pk for each in moved.sign_ups.values()),
        build_facts=_facts,
        template="mail/waiting_list_place.txt",
        subject=lambda context: _("You have a place: %(title)s") % context,
        context=_context,
        reply_to="summit.contact",
        why=gettext_lazy("You are receiving this because you take part in the summit or act for someone who does."),
        reasons={LEFT: gettext_lazy("The place was given up before the message was sent.")},
        withdrawn=withdrawn,
    )
)
