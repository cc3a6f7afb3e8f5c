"""What a summit blocks is refused, on every way to the draft; a room that is taken by the database itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from sessions.agenda.selectors.draft_snapshots import draft
from sessions.conflicts.models import ConflictAction, ConflictPolicy, RoomHold, WarningKind
from sessions.conflicts.selectors.policies import policies
from sessions.conflicts.selectors.warnings import warnings
from sessions.conflicts.services import policies as policy_services
from sessions.draft import change_guards
from sessions.draft.change_guards import Blocked
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move, place_sessions, planning
from sessions.releases.services import releases, restore
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.sessions.overview.test_admin import values

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TAKEN = r"^The room is taken at this time by “(One|Three)” \(.+, \d\d:\d\d–\d\d:\d\d .+ time\)\. Choose another"
BLOCK, WARN, IGNORE = ConflictAction.BLOCK, ConflictAction.WARN, ConflictAction.IGNORE


@pytest.fixture
def room(summit: Summit) -> Room:
    return f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue", capacity=None)


def at(summit: Summit, title: str, hour: float, room: Room | None = None, **kwargs: Any) -> Session:
    start = f.START + hour * HOUR
    return f.SessionFactory(summit=summit, title=title, starts_at=start, ends_at=start + HOUR, room=room, **kwargs)


def move(row: Session, hours: float, room: Room | None, by: User) -> Session:
    starts_at = f.START + hours * HOUR
    return cancel_and_move.move(session=row, starts_at=starts_at, ends_at=starts_at + HOUR, room=room, by=by)


def kinds(summit: Summit) -> list[str]:
    return [finding.kind.value for finding in warnings(summit, draft(summit))]


def test_ignored_conflicts_are_not_found(summit: Summit, organiser: User, room: Room) -> None:
    at(summit, "One", 0, room)
    at(summit, "Two", 0.5, room)
    assert kinds(summit) == ["room"]
    assert policy_services.change(summit=summit, actions={WarningKind.ROOM: IGNORE}, by=organiser)
    assert kinds(summit) == []
    assert not policy_services.change(summit=summit, actions={WarningKind.ROOM: IGNORE}, way_minutes=15, by=organiser)
    assert AuditEntry.objects.get().detail == {"rules": ["room"]}
    with pytest.raises(PermissionDenied):
        policy_services.change(summit=summit, actions={}, by=f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit))


def test_a_taken_room_is_refused_by_the_database(summit: Summit, organiser: User, room: Room) -> None:
    at(summit, "One", 0, room, clear_down=30)
    two, three = at(summit, "Two", 2, room), at(summit, "Three", 4, room, set_up=15)
    # The control: a summit that warns takes it.
    move(two, 0.5, room, organiser)
    refuses(ValidationError, block, summit, organiser, match="Some rooms are double-booked")
    move(two, 1.5, room, organiser)
    block(summit, organiser)
    assert RoomHold.objects.count() == 3
    for write in (
        lambda: Session.objects.filter(pk=two.pk).update(starts_at=f.START + 1.4 * HOUR),
        lambda: Session.objects.filter(pk=three.pk).update(set_up=100),
        lambda: at(summit, "Four", 4.5, room),
    ):
        with pytest.raises(IntegrityError, match="room_hold_free"), transaction.atomic():
            write()
    at(summit, "Cancelled", 4.5, room, cancelled_at=f.START)
    at(summit, "Elsewhere", 4.5)
    at(f.SummitFactory(), "Another summit", 4.5, f.RoomFactory())
    assert RoomHold.objects.count() == 3
    policy_services.change(summit=summit, actions={WarningKind.ROOM: WARN}, by=organiser)
    assert RoomHold.objects.count() == 0
    move(two, 0.5, room, organiser)


def block(summit: Summit, organiser: User, kind: WarningKind = WarningKind.ROOM) -> None:
    policy_services.change(summit=summit, actions={kind: BLOCK}, by=organiser)


def test_sessions_that_exchange_a_room_are_in_nobodys_way(summit: Summit, organiser: User, room: Room) -> None:
    one, two = at(summit, "One", 0, room), at(summit, "Two", 1, room)
    block(summit, organiser)
    placements = {row.pk: Placement(other.starts_at, other.ends_at, room) for row, other in ((one, two), (two, one))}
    cancel_and_move.move_many(summit=summit, placements=placements, by=organiser)
    assert [row.title for row in Session.objects.order_by("starts_at")] == ["Two", "One"]


def test_a_refusal_says_why_also_on_the_form_of_a_session(summit: Summit, organiser: User, room: Room) -> None:
    at(summit, "One", 0, room)
    two = at(summit, "Two", 2, room)
    block(summit, organiser)
    refuses(Blocked, move, two, 0, room, organiser, match=TAKEN)
    times = {"starts_at": f.START, "ends_at": f.START + HOUR}
    with pytest.raises(Blocked, match=TAKEN):
        planning.add(by=organiser, summit=summit, values={"title": "New", "room": room, **times})
    sent = values(summit=str(summit.pk), title="New", room=str(room.pk))
    for name, moment in times.items():
        local = moment.astimezone(summit.zone)
        sent |= {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M}"}
    page = signed_in(organiser).post(f"/admin/agenda/session/add/?summit={summit.slug}", sent)
    assert page.status_code == 200
    assert "The room is taken at this time by “One” (" in page.content.decode()
    assert set(Session.objects.values_list("title", "starts_at")) == {("One", f.START), ("Two", f.START + 2 * HOUR)}


def test_other_blocks_are_refused_where_a_change_makes_them(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = at(summit, "One", 0), at(summit, "Two", 2)
    person = f.PersonFactory(summit=summit, office="Minister")
    for row in (one, two):
        f.ParticipantFactory(session=row, person=person)
    block(summit, organiser, WarningKind.PERSON)
    refuses(Blocked, move, two, 0.5, None, organiser, match=r"Person in two places: Minister.*“One”")
    with pytest.raises(Blocked, match="Person in two places"):
        planning.change(by=organiser, session=two, values={"starts_at": f.START})
    assert kinds(summit) == []
    with monkeypatch.context() as patch:
        patch.setattr(change_guards, "guards", ())
        move(two, 0.5, None, organiser)
    assert kinds(summit) == ["person"]
    # What was there before is no obstacle to another change.
    planning.change(by=organiser, session=two, values={"title": "Two, renamed"})
    cancel_and_move.cancel(session=two, by=organiser)
    refuses(Blocked, cancel_and_move.reinstate, session=two, by=organiser)


def test_ways_between_venues_take_their_time(summit: Summit, organiser: User, room: Room) -> None:
    far = f.RoomFactory(venue=f.VenueFactory(summit=summit, name="Palace"), name="Red", capacity=None)
    near = f.RoomFactory(venue=room.venue, name="Green", capacity=None)
    one, two = at(summit, "One", 0, room), at(summit, "Two", 1.2, far)
    person = f.PersonFactory(summit=summit, office="Minister")
    for row in (one, two):
        f.ParticipantFactory(session=row, person=person)
    [finding] = warnings(summit, draft(summit))
    assert (finding.kind, finding.who, finding.facts) == (WarningKind.WAY, "Minister", (12, 15))
    assert finding.detail == "12 minutes between two venues, 15 minutes needed"
    policy_services.change(summit=summit, actions={}, way_minutes=10, by=organiser)
    assert kinds(summit) == []
    policy_services.change(summit=summit, actions={}, way_minutes=30, by=organiser)
    assert kinds(summit) == ["way"]
    move(two, 1.2, near, organiser)
    assert kinds(summit) == []


def test_the_page_of_the_rules(summit: Summit, organiser: User) -> None:
    client, url = signed_in(organiser), f"/admin/agenda/conflicts/{summit.slug}/"
    sent = {kind.value: "warn" for kind in WarningKind} | {"room": "block", "seats": "ignore", "way_minutes": "25"}
    assert client.post(url, sent).status_code == 302
    stored = policies(summit)
    actions = stored.action(WarningKind.ROOM), stored.action(WarningKind.SEATS)
    assert (*actions, stored.way_minutes) == (BLOCK, IGNORE, 25)
    assert ConflictPolicy.objects.count() == 3
    assert 'value="25"' in client.get(url).content.decode()
    officer = signed_in(f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit))
    assert "Only organisers" in officer.get(url).content.decode()
    assert officer.post(url, sent).status_code == 403


def test_whatever_writes_many_sessions_is_refused_as_a_whole(summit: Summit, organiser: User, room: Room) -> None:
    """A restored release and the new times of a day: neither loses a room, nor puts two sessions into one."""
    one, two = at(summit, "One", 0, room), at(summit, "Two", 2, room)
    block(summit, organiser)
    release = releases.release(summit=summit, by=organiser)
    third = at(summit, "Three", 6, room)
    with transaction.atomic():
        later = {row.pk: {"starts_at": row.starts_at + HOUR, "ends_at": row.ends_at + HOUR} for row in (one, two)}
        assert place_sessions.place(summit=summit, by=organiser, sessions={**later, third.pk: _unmoved(third)}) == 2
    assert list(Session.objects.order_by("pk").values_list("room", flat=True)) == [room.pk] * 3
    move(third, 0, room, organiser)
    with pytest.raises(Blocked, match=TAKEN):
        restore.restore(release=release, by=organiser, session_key=one.public_id)
    with pytest.raises(Blocked), transaction.atomic():
        place_sessions.place(summit=summit, by=organiser, sessions={one.pk: _unmoved(third)})
    cancel_and_move.cancel(session=third, by=organiser)
    move(two, 0, room, organiser)
    with pytest.raises(Blocked, match="by “Two”"):
        cancel_and_move.reinstate(session=third, by=organiser)
    move(two, 2, room, organiser)
    cancel_and_move.reinstate(session=third, by=organiser)
    move(third, 8, room, organiser)
    restore.restore(release=release, by=organiser, session_key=one.public_id)
    assert Session.objects.get(pk=one.pk).starts_at == f.START


def _unmoved(row: Session) -> dict[str, Any]:
    row.refresh_from_db()
    return {"starts_at": row.starts_at, "ends_at": row.ends_at, "room": row.room}
