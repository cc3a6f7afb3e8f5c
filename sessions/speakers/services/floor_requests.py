"""Requests for the floor: a delegation asks before the session's deadline, and the programme desk grants or declines.

Delegations see the session as it was released to them. A party may have one open request in a session. A granted
request becomes a speech of the draft; several requests granted at once are added in the order of asking. Asking,
withdrawing and deciding take the lock of the agenda. A request is therefore decided only once, and a withdrawn
request is never granted.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import FloorRequest, RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.speakers.messages import FLOOR_REQUEST, decision
from sessions.speakers.permissions import check_can_ask_floor
from sessions.speakers.services import speakers_list
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.audit.services import By
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.users.models import User

OPEN = audit_action("agenda.floor.open", gettext_lazy("opened requests to speak"), fields_of=Session)
CLOSE = audit_action("agenda.floor.close", gettext_lazy("closed requests to speak"), fields_of=Session)
ASK = audit_action("agenda.floor.ask", gettext_lazy("asked to speak"))
WITHDRAW = audit_action("agenda.floor.withdraw", gettext_lazy("withdrew the request to speak"))
GRANT = audit_action("agenda.floor.grant", gettext_lazy("added the request to speak to the speakers’ list"))
DECLINE = audit_action("agenda.floor.decline", gettext_lazy("declined the request to speak"))


class FloorRefused(ValueError):
    """Raised if a request can't be made or decided. The message says why and what to do."""


def is_open(session: Session) -> bool:
    """Return whether a session takes requests for the floor now. Makes one query."""
    return session.requests_until is not None and db_now() < session.requests_until


def participating_parties(session: Session, parties: Iterable[int]) -> set[int]:
    """Return the parties that take part in a session of the draft, themselves or through one of their people.

    `parties` are the primary keys to check. Makes one query; none for no parties.
    """
    keys = set(parties)
    condition = Q(party__in=keys) | Q(person__membership__party__in=keys)
    rows = session.participants.order_by().filter(condition).values_list("party", "person__membership__party")
    return keys & {key for row in rows for key in row} if keys else set()


def ask(*, session: Session, party: Party, speaker: Person, by: By, subject: str = "") -> FloorRequest:
    """Ask for the floor for a member of a party, with the subject of the speech. Return the request.

    Raises PermissionDenied and ValidationError. Raises FloorRefused if the session takes no requests, the party
    doesn't take part in the session, the party already has an open request, or the speaker isn't a member of the
    party.
    """
    check_can_ask_floor(by, party, speaker)
    with transaction.atomic():
        session = _lock_and_reload(session)
        contact = {"contact": session.summit.contact_email, "person": speaker.label}
        if (
            party.summit_id != session.summit_id
            or not participating_parties(session, [party.pk])
            or not is_open(session)
        ):
            raise FloorRefused(
                _(
                    "This session does not take requests to speak now. For help, contact the programme desk: "
                    "%(contact)s."
                )
                % contact
            )
        if not Membership.objects.filter(party=party, person=speaker).exists():
            raise FloorRefused(_("%(person)s is not in your delegation. Choose one of its members.") % contact)
        if FloorRequest.objects.filter(session=session, party=party, state=RequestState.ASKED).exists():
            raise FloorRefused(
                _("Your delegation has already asked to speak. Withdraw that request to make another.")
            )
        row = FloorRequest(
            session=session, party=party, speaker=speaker, subject=subject.strip(), minutes=session.time_limit
        )
        row.full_clean(exclude=["session"])
        row.save(force_insert=True)
        _record(row, action=ASK, by=by)
    return row


def withdraw(*, request: FloorRequest, by: By) -> bool:
    """Withdraw a request. Return False, without changes, if it was already decided or withdrawn.

    Raises PermissionDenied.
    """
    check_can_ask_floor(by, request.party, request.speaker)
    with transaction.atomic():
        _lock_and_reload(request.session)
        row = _open(request)
        if row is None:
            return False
        FloorRequest.objects.filter(pk=row.pk).update(state=RequestState.WITHDRAWN)
        _record(row, action=WITHDRAW, by=by)
    return True


def grant(*, requests: Sequence[FloorRequest], session: Session, by: User) -> list[Slot]:
    """Put requests last on the speakers' list of their session, in the order of asking, and notify their parties.

    Return the speeches. Requests that were already decided or withdrawn are left out. Raises PermissionDenied.
    """
    check_can_edit(by, session)
    slots = []
    with transaction.atomic():
        session = _lock_and_reload(session)
        keys = [request.pk for request in requests]
        rows = session.requests.filter(pk__in=keys, state=RequestState.ASKED).order_by("asked_at", "pk")
        for row in rows.select_related("speaker", "party"):
            slot = speakers_list.append_speech(
                session=session, speaker=row.speaker, party=row.party, title=row.subject
            )
            if not _decide(row, RequestState.GRANTED, by, slot=slot):
                # The speaker has left the party in the meantime, which doesn't take the agenda's lock.
                slot.delete()
                continue
            _record(row, action=GRANT, by=by)
            slots.append(slot)
        if slots:
            rise(session.pk)
    return slots


def decline(*, request: FloorRequest, reason: str, by: User) -> bool:
    """Decline a request with a reason, and notify its party. Return False, without changes, if it is no longer open.

    Raises PermissionDenied, and FloorRefused without a reason.
    """
    check_can_edit(by, request.session)
    stripped = reason.strip()
    if not stripped:
        raise FloorRefused(_("Enter a reason. The delegation will see it."))
    with transaction.atomic():
        _lock_and_reload(request.session)
        row = _open(request)
        if row is None:
            return False
        row.reason = stripped
        row.clean_fields(exclude=["session", "party", "speaker", "decided_by", "slot"])
        done = _decide(row, RequestState.DECLINED, by, reason=stripped)
        if done:
            _record(row, action=DECLINE, by=by)
    return done


@departure_listeners.follows(
    55,
    "floor_requests",
    lambda n: ngettext("%(n)d request to speak", "%(n)d requests to speak", n) % {"n": n},
)
def depart(party: Party, person: Person, by: By) -> int:
    """Withdraw a party's open requests for a person who leaves it."""
    rows = FloorRequest.objects.filter(party=party, speaker=person, state=RequestState.ASKED)
    found = list(rows.select_related("session__summit").order_by("pk"))
    for row in found:
        FloorRequest.objects.filter(pk=row.pk, state=RequestState.ASKED).update(state=RequestState.WITHDRAWN)
        _record(row, action=WITHDRAW, by=by)
    return len(found)


def set_request_deadline(*, session: Session, until: datetime | None, by: User) -> bool:
    """Set the deadline for requests for the floor, and return whether it has changed.

    `until` is an aware datetime; None ends the requests. Raises PermissionDenied.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        changed = Session.objects.filter(pk=session.pk).exclude(requests_until=until).update(requests_until=until)
        if changed:
            rise(session.pk)
            audit.record(
                by=by,
                action=OPEN if until else CLOSE,
                target=session,
                summit=session.summit,
                fields=["requests_until"],
            )
    return bool(changed)


def replace_deadline(session: Session, before: datetime, until: datetime) -> bool:
    """Replace the deadline `before` of a session by `until`, and return whether it still was the deadline.

    The agenda must be locked. It checks no permission and records nothing.
    """
    changed = Session.objects.filter(pk=session.pk, requests_until=before).update(requests_until=until)
    if changed:
        rise(session.pk)
    return bool(changed)


def _lock_and_reload(session: Session) -> Session:
    """Return the session read again under the agenda's lock, which makes other requests and decisions wait."""
    lock(session.summit)
    return Session.objects.select_related("summit").get(pk=session.pk)


def _open(request: FloorRequest) -> FloorRequest | None:
    rows = FloorRequest.objects.filter(pk=request.pk, state=RequestState.ASKED)
    return rows.select_related("session__summit", "speaker", "party").first()


def _decide(row: FloorRequest, state: RequestState, by: User, *, slot: Slot | None = None, reason: str = "") -> bool:
    """Decide on a request and notify its party. Return False, without changes, if it is no longer open."""
    values = {"state": state, "decided_by": by, "slot": slot, "reason": reason}
    if not FloorRequest.objects.filter(pk=row.pk, state=RequestState.ASKED).update(decided_at=Now(), **values):
        return False
    row.state, row.reason, row.slot = state, reason, slot
    FLOOR_REQUEST.send(decision(row))
    return True


def _record(row: FloorRequest, *, action: AuditAction, by: By) -> None:
    audit.record(by=by, action=action, target=row, summit=row.session.summit, part_of=row.session)
