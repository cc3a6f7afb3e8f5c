"""Edits of the draft, each of which is counted: what is kept of it is never older than it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.members.models import particulars
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.documents.models import Document
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.models.signups import SignUp
from sessions.draft.models.versions import DraftVersion
from sessions.draft.services import cancel_and_move
from sessions.releases.selectors import unreleased_changes
from summit.audit.models import AuditEntry
from summit.core.process_cache import forget_all
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Room, Summit, Venue
from summit.undo.models import UndoOffer
from summit.undo.services import undo
from summit.users.models import User
from tests import factories as f
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db


def test_a_move_changes_time_and_room_and_is_recorded(summit: Summit, organiser: User) -> None:
    row = f.SessionFactory(summit=summit)
    start, end, room = row.starts_at, row.ends_at, f.RoomFactory(venue=f.VenueFactory(summit=summit))
    with pytest.raises(ValidationError, match="Enter an end after the start"):
        cancel_and_move.move(session=row, starts_at=end, ends_at=start, room=None, by=organiser)
    with pytest.raises(ValidationError, match="another summit"):
        cancel_and_move.move(session=row, starts_at=start, ends_at=end, room=f.RoomFactory(), by=organiser)
    assert not AuditEntry.objects.exists()
    for _time in range(2):
        cancel_and_move.move(session=row, starts_at=start, ends_at=end + timedelta(hours=1), room=room, by=organiser)
        row.refresh_from_db()
        assert (row.ends_at, row.room) == (f.START + timedelta(hours=2), room)
        assert AuditEntry.objects.get().fields == ["ends_at", "room"]


def test_cancelling_twice_is_once_and_a_reason_goes_with_it(summit: Summit, organiser: User) -> None:
    row = f.SessionFactory(summit=summit)

    def reason() -> str:
        return Session.objects.get(pk=row.pk).cancellation_reason

    cancel, reinstate = cancel_and_move.cancel, cancel_and_move.reinstate
    assert [cancel(session=row, by=organiser, reason="The minister is ill.") for _time in range(2)] == [True, False]
    assert reason() == "The minister is ill."
    assert [reinstate(session=row, by=organiser) for _time in range(2)] == [True, False]
    assert reason() == ""
    told = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["agenda.cancel", "agenda.reinstate"]
    undo(public_id=UndoOffer.objects.latest("pk").public_id, by=organiser)
    assert reason() == "The minister is ill."


def test_who_may_edit(summit: Summit) -> None:
    row = f.SessionFactory(summit=summit)
    later = {"starts_at": row.starts_at, "ends_at": row.ends_at + timedelta(minutes=1), "room": None}
    officer, desk = (f.UserFactory.with_role(role, summit) for role in (Role.CONFERENCE_OFFICER, Role.PROGRAMME))
    actions: list[Callable[[User], object]] = [
        lambda by: cancel_and_move.move(session=row, by=by, **later),
        lambda by: cancel_and_move.cancel(session=row, by=by),
        lambda by: cancel_and_move.reinstate(session=row, by=by),
    ]
    for action in actions:
        with pytest.raises(PermissionDenied, match="organiser, programme"):
            action(officer)
    assert not AuditEntry.objects.exists()
    for action in actions:
        action(desk)
    assert AuditEntry.objects.count() == 3
    assert Session.objects.get().cancelled_at is None


@pytest.fixture
def full(summit: Summit) -> Session:
    """A session of which something stands in each table."""
    party = f.PartyFactory(summit=summit)
    person = f.MembershipFactory(party=party).person
    room = f.RoomFactory(venue__summit=summit, capacity=10)
    made: Session = f.SessionFactory(summit=summit, room=room, custom_kind=f.CustomKindFactory(summit=summit))
    f.ParticipantFactory(session=made, party=party)
    f.SlotFactory(session=made, speaker=person)
    f.SignUpFactory(session=made, person=f.MembershipFactory(party=party).person)
    f.DocumentFactory(session=made)
    f.ParticularsFactory(person=person)
    SessionText.objects.create(session=made, language="fr", title="Ouverture")
    Interpretation.objects.create(session=made, source="en", target="fr", booth="2")
    return made


# What is changed, by a name of it.
CHANGES: dict[str, Callable[[], object]] = {
    "summit": lambda: Summit.objects.update(name="Another"),
    "venue": lambda: Venue.objects.update(name="Another"),
    "room": lambda: Room.objects.update(capacity=11),
    "person": lambda: Person.objects.update(office="Another"),
    "party": lambda: Party.objects.update(name="Another"),
    "category": lambda: Category.objects.update(names={"en": "Another"}),
    "membership": lambda: Membership.objects.all()[:1].get().delete(),
    "particulars": lambda: particulars.Particulars.objects.update(arrives_at=f.START),
    "session": lambda: Session.objects.update(title="Another"),
    "custom type": lambda: CustomKind.objects.update(name="Another"),
    "text": lambda: SessionText.objects.all().delete(),
    "interpretation": lambda: Interpretation.objects.update(booth="3"),
    "document": lambda: Document.objects.update(title="Another"),
    "participant": lambda: Participant.objects.all().delete(),
    "speech": lambda: Slot.objects.update(minutes=7),
    "sign-up": lambda: SignUp.objects.all().delete(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_is_counted(what: str, full: Session) -> None:
    other = f.SummitFactory()
    before = DraftVersion.objects.number(full.summit), DraftVersion.objects.number(other)
    if what == "membership":
        SignUp.objects.all().delete()
        before = DraftVersion.objects.number(full.summit), DraftVersion.objects.number(other)
    CHANGES[what]()
    assert DraftVersion.objects.number(full.summit) > before[0]
    # Of the other summit nothing but its own name changed.
    assert (DraftVersion.objects.number(other) > before[1]) is (what == "summit")


def test_what_is_kept_takes_one_query_and_is_made_anew_where_something_changed(
    full: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    summit = full.summit
    before = DraftVersion.objects.number(summit)
    release(summit)
    assert DraftVersion.objects.number(summit) > before
    assert unreleased_changes.standing(summit).changes == []
    with CaptureQueriesContext(connection) as queries:
        assert unreleased_changes.standing(summit).changes == []
    assert len(queries) == 1
    Session.objects.update(ends_at=full.ends_at + timedelta(minutes=5))
    assert [change.session.session_id for change in unreleased_changes.standing(summit).changes] == [full.pk]
    # The control: without the number it would go on as it was.
    forget_all()
    monkeypatch.setattr(type(DraftVersion.objects), "number", lambda self, summit: 1)
    assert len(unreleased_changes.standing(summit).changes) == 1
    Session.objects.update(ends_at=full.ends_at)
    assert len(unreleased_changes.standing(summit).changes) == 1
