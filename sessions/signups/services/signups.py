"""Sign-ups: delegates take places of a session themselves, give them back, and move up from the session's waiting
list.

A session takes sign-ups until it begins, if the newest release says so. Its number of places is the capacity in the
release, or else the capacity of its room; without either there is no limit. When all places are taken, people wait in
the order of signing up. They move up when somebody leaves or places are added. Changes to the places of one session
run one at a time, under a lock on the session's row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.signups.messages import PLACE_FREE, PLACE_REMOVED, moved_up
from sessions.signups.permissions import check_can_sign_up, removes_others
from sessions.signups.selectors import Places
from sessions.visibility.models import DESK
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, By
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits.models import Room, Summit


def _signed_up(facts: Facts) -> str:
    session = facts.named("agenda.session")
    if facts.detail.get("state") == SignUpState.WAITING:
        if session:
            return _("added the person to the waiting list of “%(session)s”") % {"session": session[0]}
        return _("added the person to the waiting list of a session")
    if session:
        return _("signed the person up for “%(session)s”") % {"session": session[0]}
    return _("signed the person up for a session")


ADD = audit_action("agenda.signup.add", _signed_up, label=gettext_lazy("signed a person up for a session"))
REMOVE = audit_action("agenda.signup.remove", gettext_lazy("gave up a place in a session"))
MOVE_UP = audit_action(
    "agenda.signup.move_up", gettext_lazy("gave a free place to the next person on the waiting list")
)


class SignUpRefused(Exception):
    """Raised if a sign-up isn't possible. The message says why and what to do."""


def places(session_id: int, row: ReleasedSession | None) -> Places:
    """Return the numbers of places of a session that was released as `row`; None means that it has no places.

    Makes two queries at most.
    """
    counted = SignUp.objects.filter(session=session_id).aggregate(
        taken=Count("pk", filter=Q(state=SignUpState.PLACE)),
        waiting=Count("pk", filter=Q(state=SignUpState.WAITING)),
    )
    return Places(_total(row), counted["taken"], counted["waiting"])


@dataclass(frozen=True)
class Loss:
    """What somebody who leaves can't get back: their `number` on the waiting list, or else the place.

    `waiting` is how many people wait for a place.
    """

    number: int | None
    waiting: int


def loss(row: SignUp) -> Loss | None:
    """Return what a person who is signed up loses by leaving; None if they could sign up again at once.

    Makes three queries at most.
    """
    numbers = waiting_numbers(row.session_id)
    if row.state != SignUpState.WAITING and (not numbers or not takes_sign_ups(row.session)):
        return None
    return Loss(numbers.get(row.person_id), len(numbers))


def takes_sign_ups(session: Session) -> bool:
    """Return whether a session takes sign-ups now. Makes two queries."""
    return is_open(_released(session))


def waiting_numbers(session_id: int) -> dict[int, int]:
    """Return a dict from each person who waits for a place, by primary key, to their number on the waiting list.

    Numbers start at 1. Makes one query.
    """
    waiting = SignUp.objects.filter(session=session_id, state=SignUpState.WAITING).order_by("signed_up_at", "pk")
    return {person: number for number, person in enumerate(waiting.values_list("person", flat=True), start=1)}


def _total(row: ReleasedSession | None) -> int | None:
    if row is None:
        return 0
    if row.capacity is None and row.room_key:
        return Room.objects.filter(public_id=row.room_key).values_list("capacity", flat=True).first()
    return row.capacity


def is_open(row: ReleasedSession | None) -> bool:
    """Return whether a session takes sign-ups now. `row` is its released row, or None if the
    release doesn't have it."""
    return row is not None and row.sign_up and row.starts_at > db_now()


def _lock(session: Session) -> Session:
    """Lock the places of a session until the transaction ends, and return the session."""
    return Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)


def lock_places(session: Session) -> None:
    """Lock the places of a session until the transaction ends."""
    _lock(session)


def released_places(session: Session) -> Places | None:
    """Return the numbers of places of a session, or None if the newest release doesn't have it.

    Makes four queries at most.
    """
    row = _released(session)
    return places(session.pk, row) if row is not None else None


def _released(session: Session) -> ReleasedSession | None:
    """Return the full row of a session in the newest release, or None if that release doesn't have the session."""
    entries = ReleaseEntry.objects.current(session.summit).at(DESK).filter(session=session)
    entry = entries.select_related("full").first()
    return entry.full if entry else None


def sign_up(*, session: Session, person: Person, by: By) -> SignUp:
    """Sign a member of a party up for a session, and return the row: with a place, or on the waiting list.

    Raises PermissionDenied, and SignUpRefused if the session takes no sign-ups, or the person belongs to no party or
    is already signed up.
    """
    member = Membership.objects.filter(person=person).select_related("party__summit").first()
    if member is None or person.summit_id != session.summit_id:
        raise SignUpRefused(
            _("%(person)s is no longer in any delegation and can’t take a place.") % {"person": person.label}
        )
    check_can_sign_up(by, person, member.party)
    with transaction.atomic():
        session = _lock(session)
        row = _released(session)
        if not is_open(row):
            raise SignUpRefused(
                _("Sign-up for this session is closed. For help, contact the programme desk: %(contact)s.")
                % {"contact": session.summit.contact_email}
            )
        if SignUp.objects.filter(session=session, person=person).exists():
            raise SignUpRefused(_("%(person)s is already signed up.") % {"person": person.label})
        # Free places go to the people who already wait.
        _fill(session, row)
        state = SignUpState.WAITING if places(session.pk, row).full else SignUpState.PLACE
        created = SignUp.objects.create(session=session, person=person, state=state)
        audit.record(
            by=by,
            action=ADD,
            target=created,
            summit=session.summit,
            detail={"state": str(state), "rows": [audit.name_of(session)]},
            part_of=person,
        )
    return created


def copy(*, session: Session, second: Session, by: By) -> int:
    """Sign everybody up for the second part of a session who is signed up for the session. Return their number.

    Each has a place there, or the same number on the waiting list. The caller has checked the permission, and has an
    open transaction.
    """
    rows = list(SignUp.objects.filter(session=_lock(session)).select_related("person").order_by("signed_up_at", "pk"))
    made = [SignUp(session=second, person=row.person, state=row.state) for row in rows]
    SignUp.objects.bulk_create(made)
    for row, copied in zip(rows, made, strict=True):
        # The column takes the present time when a row is added.
        copied.signed_up_at = row.signed_up_at
    SignUp.objects.bulk_update(made, ["signed_up_at"])
    audit.record_many([_added(row, second, by) for row in made])
    return len(made)


def _added(row: SignUp, session: Session, by: By) -> AuditEntry:
    return audit.entry(
        by=by,
        action=ADD,
        target=row,
        summit=session.summit,
        detail={"state": str(row.state), "rows": [audit.name_of(session)]},
        part_of=row.person,
    )


def cancel_sign_up(*, session: Session, person: Person, by: By) -> bool:
    """Give back a person's place or position on the waiting list, and return whether there was one.

    The next person who waits moves up and is notified, and so is the person if the desk removes them. This also works
    for sessions that no longer take sign-ups.
    Raises PermissionDenied.
    """
    member = Membership.objects.filter(person=person).select_related("party__summit").first()
    check_can_sign_up(by, person, member.party if member else None)
    with transaction.atomic():
        locked = _lock(session)
        row = SignUp.objects.filter(session=locked, person=person).select_related("person").first()
        shown = _released(locked)
        removed = removes_others(by, person, member.party if member else None)
        if removed and row is not None and shown is not None and shown.ends_at > db_now():
            PLACE_REMOVED.send(moved_up(locked, shown, [row]))
        return _cancel_sign_up(locked, person, by)


def _cancel_sign_up(session: Session, person: Person, by: By) -> bool:
    row = SignUp.objects.filter(session=session, person=person).first()
    if row is None:
        return False
    audit.record(
        by=by,
        action=REMOVE,
        target=row,
        summit=session.summit,
        detail={"rows": [audit.name_of(session)]},
        part_of=person,
    )
    row.delete()
    _fill(session, _released(session))
    return True


def _fill(session: Session, row: ReleasedSession | None) -> None:
    """Move people up from the waiting list into the free places, and notify them. The session must be locked."""
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
                action=MOVE_UP,
                target=each,
                summit=session.summit,
                detail={"rows": [audit.name_of(session)]},
                part_of=each.person,
            )
            for each in moved
        ]
    )
    assert row is not None  # noqa: S101 - it is open
    PLACE_FREE.send(moved_up(session, row, moved))


def fill(*, summit: Summit, among: Iterable[int] | None = None) -> None:
    """Move people up from waiting lists in sessions that have more places after a release or a merge.

    It must be called in the transaction of the release or the merge. `among` limits it to the sessions with these
    primary keys; None means all sessions of the summit.
    """
    waiting = SignUp.objects.filter(session__summit=summit, state=SignUpState.WAITING).order_by().values("session")
    rows = Session.objects.filter(pk__in=waiting)
    for session in (rows if among is None else rows.filter(pk__in=among)).order_by("pk"):
        locked = _lock(session)
        _fill(locked, _released(locked))


def lock_places_of(*, person: Person) -> None:
    """Lock the places of all sessions for which a person is signed up, until the transaction ends."""
    session_keys = SignUp.objects.filter(person=person).order_by().values("session")
    for session in Session.objects.filter(pk__in=session_keys).order_by("pk"):
        _lock(session)


@departure_listeners.follows(
    50, "sign_ups", lambda n: ngettext("%(n)d place in a session", "%(n)d places in sessions", n) % {"n": n}
)
def depart(party: Party, person: Person, by: By) -> int:
    """Free the places of a person who leaves a party, in sessions that haven't ended."""
    session_keys = SignUp.objects.filter(person=person, session__ends_at__gt=db_now()).order_by().values("session")
    sessions = list(Session.objects.filter(pk__in=session_keys).order_by("pk"))
    return sum(_cancel_sign_up(_lock(session), person, by) for session in sessions)
