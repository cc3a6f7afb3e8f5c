"""Places of a session that delegates take themselves: signing up, leaving, and whoever waits moving up.

A session is open for sign-up as the newest release says, until it begins. It has as many places as its release says,
or else as its room seats; without either there is no limit. Whoever comes when all are taken waits, in the order in
which they came, and moves up when somebody leaves or there are more places. What happens to the places of one session
happens one after the other: whoever changes them holds the session's row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from delegations.members import listeners
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.signups.permissions import check_can_sign_up
from sessions.signups.services import notices
from sessions.visibility.models import DESK
from summit.audit import services as audit
from summit.audit.services import SYSTEM, By
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits.models import Room, Summit


class SignUpRefused(Exception):
    """There can be no such sign-up, with a sentence that says why and what to do."""


@dataclass(frozen=True)
class Places:
    """How a session's places stand. `total` is None where there is no limit."""

    total: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        """How many are free."""
        return None if self.total is None else max(self.total - self.taken, 0)

    @property
    def full(self) -> bool:
        """Whether whoever comes now waits."""
        return self.left == 0 or self.waiting > 0


def places(session_id: int, row: ReleasedSession | None) -> Places:
    """Return how the places of a session stand that was released as `row`. Two queries at most."""
    counted = SignUp.objects.filter(session=session_id).aggregate(
        taken=Count("pk", filter=Q(state=SignUpState.PLACE)),
        waiting=Count("pk", filter=Q(state=SignUpState.WAITING)),
    )
    return Places(_total(row), counted["taken"], counted["waiting"])


def _total(row: ReleasedSession | None) -> int | None:
    if row is None:
        return 0
    if row.capacity is None and row.room_key:
        return Room.objects.filter(public_id=row.room_key).values_list("capacity", flat=True).first()
    return row.capacity


def is_open(row: ReleasedSession | None) -> bool:
    """Return whether a session that was released as `row` (None: it is not in the release) takes sign-ups now."""
    return row is not None and row.sign_up and row.starts_at > db_now()


def _lock(session: Session) -> Session:
    """Make whoever else changes the places of this session wait until the transaction ends."""
    return Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)


def hold_places(session: Session) -> None:
    """Make whoever else changes the places of a session wait until the transaction ends."""
    _lock(session)


def _released(session: Session) -> ReleasedSession | None:
    """Return all that the newest release says of a session; None where it says nothing."""
    entries = ReleaseEntry.objects.current(session.summit).at(DESK).filter(session=session)
    found = entries.select_related("full").first()
    return found.full if found else None


def sign_up(*, session: Session, person: Person, by: By) -> SignUp:
    """Sign a member of a party up for a session, and return the row: with a place, or waiting for one.

    Raises PermissionDenied, and SignUpRefused where the session takes none, or the person is of no party or signed up
    already.
    """
    member = Membership.objects.filter(person=person).select_related("party__summit").first()
    if member is None or person.summit_id != session.summit_id:
        raise SignUpRefused(
            _("%(person)s is of no delegation any more and can’t take a place.") % {"person": person.label}
        )
    check_can_sign_up(by, person, member.party)
    with transaction.atomic():
        session = _lock(session)
        row = _released(session)
        if not is_open(row):
            raise SignUpRefused(
                _("This session takes no sign-ups any more. The programme desk can help: %(contact)s.")
                % {"contact": session.summit.contact_email}
            )
        if SignUp.objects.filter(session=session, person=person).exists():
            raise SignUpRefused(_("%(person)s is signed up already.") % {"person": person.label})
        # Places that became free are theirs who wait.
        _fill(session, row)
        state = SignUpState.WAITING if places(session.pk, row).full else SignUpState.PLACE
        made = SignUp.objects.create(session=session, person=person, state=state)
        audit.record(
            by=by,
            action="agenda.signup.add",
            target=made,
            summit=session.summit,
            detail={"state": str(state), "rows": [audit.name_of(session)]},
            part_of=person,
        )
    return made


def leave(*, session: Session, person: Person, by: By) -> bool:
    """Give a place or a place in the queue back; whoever waits moves up and is told. Return whether there was one.

    Also of a session that takes no sign-ups any more. Raises PermissionDenied.
    """
    member = Membership.objects.filter(person=person).select_related("party__summit").first()
    check_can_sign_up(by, person, member.party if member else None)
    with transaction.atomic():
        return _leave(_lock(session), person, by)


def _leave(session: Session, person: Person, by: By) -> bool:
    row = SignUp.objects.filter(session=session, person=person).first()
    if row is None:
        return False
    audit.record(
        by=by,
        action="agenda.signup.remove",
        target=row,
        summit=session.summit,
        detail={"rows": [audit.name_of(session)]},
        part_of=person,
    )
    row.delete()
    _fill(session, _released(session))
    return True


def _fill(session: Session, row: ReleasedSession | None) -> None:
    """Let those move up for whom there are places, and tell them. The session is locked."""
    if not is_open(row):
        return
    left = places(session.pk, row).left
    waiting = SignUp.objects.filter(session=session, state=SignUpState.WAITING).order_by("signed_up_at", "pk")
    moved = list(waiting.select_related("person") if left is None else waiting.select_related("person")[:left])
    if not moved:
        return
    now = db_now()
    for each in moved:
        each.state, each.moved_up_at = SignUpState.PLACE, now
    SignUp.objects.bulk_update(moved, ["state", "moved_up_at"])
    audit.record_many(
        [
            audit.entry(
                by=SYSTEM,
                action="agenda.signup.move_up",
                target=each,
                summit=session.summit,
                detail={"rows": [audit.name_of(session)]},
                part_of=each.person,
            )
            for each in moved
        ]
    )
    assert row is not None  # noqa: S101 - it is open
    notices.tell(session=session, row=row, moved=moved)


def fill(*, summit: Summit, among: Iterable[int] | None = None) -> None:
    """Let those move up who wait for sessions that have more places since a release or a merge, in its transaction:
    of all sessions, or of those among them (by primary key)."""
    waited = SignUp.objects.filter(session__summit=summit, state=SignUpState.WAITING).order_by().values("session")
    rows = Session.objects.filter(pk__in=waited)
    for session in (rows if among is None else rows.filter(pk__in=among)).order_by("pk"):
        locked = _lock(session)
        _fill(locked, _released(locked))


def hold(*, person: Person) -> None:
    """Make whoever else changes the places of the sessions for which somebody is signed up wait until the transaction
    ends."""
    signed = SignUp.objects.filter(person=person).order_by().values("session")
    for session in Session.objects.filter(pk__in=signed).order_by("pk"):
        _lock(session)


@listeners.follows(50)
def depart(party: Party, person: Person, by: By) -> None:
    """Free the places of somebody who leaves a party, in sessions that are still to come."""
    held = SignUp.objects.filter(person=person, session__ends_at__gt=db_now()).order_by().values("session")
    for session in Session.objects.filter(pk__in=held).order_by("pk"):
        _leave(_lock(session), person, by)
