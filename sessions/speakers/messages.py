"""The mail to a party whose request for the floor was granted or declined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.mailboxes import selectors as mailboxes_selectors
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.participants import FloorRequest, RequestState
from sessions.notifications.message_session_facts import (
    SessionFacts,
    SummitFacts,
    context_of,
    session_facts,
    summit_facts,
)
from sessions.visibility.models import TAKING_PART
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.summits.models import Summit

DROPPED = "agenda.floor_dropped"


@dataclass(frozen=True)
class FloorDecision:
    """The decision on a request for the floor, and the session as it is released to its participants.

    `released` is None if it isn't released to them. Then no message is sent.
    """

    request: FloorRequest
    released: ReleasedSession | None

    @property
    def summit(self) -> Summit:
        """The summit of the session."""
        return self.request.session.summit


def decision(request: FloorRequest) -> FloorDecision:
    """Return the decision on a request, with its released session. Makes one query."""
    entries = ReleaseEntry.objects.current(request.session.summit).at(TAKING_PART).filter(session=request.session)
    entry = entries.select_related("released_session").first()
    return FloorDecision(request, entry.released_session if entry else None)


class FloorRequestFacts(SessionFacts):
    """The facts of a message about a request for the floor: those of its session, and the decision."""

    summit: SummitFacts
    request: str
    granted: bool
    speaker: str
    subject: str
    reason: str


def _facts(decided: FloorDecision, to: Addressee) -> FloorRequestFacts:
    row = decided.request
    assert decided.released is not None  # noqa: S101 - otherwise nobody is told
    return {
        **session_facts(row.session.public_id, decided.released),
        "summit": summit_facts(decided.summit, to.language),
        "request": row.public_id,
        "granted": row.state == RequestState.GRANTED,
        "speaker": row.speaker.label,
        "subject": row.subject,
        "reason": row.reason,
    }


def _addressees(decided: FloorDecision) -> Iterable[Addressee]:
    """Yield the mailboxes of the request's party."""
    if decided.released is not None:
        parties = {decided.request.party_id}
        for box in mailboxes_selectors.for_members(summit=decided.summit, party_ids=parties, person_ids=set()):
            yield box.addressee


def _subject(context: dict[str, Any]) -> str:
    granted = context["granted"]
    return (_("On the speakers’ list: %(title)s") if granted else _("Not on the speakers’ list: %(title)s")) % context


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages about speeches that have since been taken off the
    list.

    Makes one query.
    """
    keys = [message.facts["request"] for message in messages if message.facts["granted"]]
    rows = FloorRequest.objects.filter(public_id__in=keys, slot=None)
    removed = set(rows.values_list("public_id", flat=True))
    return {message.pk: because(DROPPED) for message in messages if message.facts["request"] in removed}


FLOOR_REQUEST = register(
    MessageKind(
        name="floor_request",
        label=gettext_lazy("request to speak"),
        task="sessions.tasks.deliver_agenda_changes",
        shown_by="tests/sessions/speakers/test_speakers_list.py",
        facts=FloorRequestFacts,
        recipients=for_each(_addressees),
        # A request is decided only once, so no version is needed.
        subject_key=lambda decided: f"agenda.floorrequest:{decided.request.public_id}",
        version=once,
        build_facts=_facts,
        template="mail/floor_request.txt",
        subject=_subject,
        context=lambda message: context_of(message.facts),
        reply_to="summit.contact",
        why=gettext_lazy("You are receiving this because you act for your delegation at the summit."),
        reasons={DROPPED: gettext_lazy("The speech was removed from the list before the message was sent.")},
        withdrawn=withdrawn,
    )
)
