"""What of the agenda is a person's own: told to whom may know of it, passed on and dropped in the working draft."""

from datetime import timedelta
from typing import Any

import pytest

from delegations.members.models.members import Membership
from delegations.members.services import members
from delegations.membership_changes import handover_items
from delegations.membership_changes.handover_items import Delegation, HandoverDesk, HandoverItem, ItemNotHeld
from delegations.membership_changes.models import Handover
from delegations.membership_changes.services import handovers
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session
from sessions.membership_changes.services import passed_on_places
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    today = db_now().date()
    return f.SummitFactory(starts_on=today, ends_on=today + timedelta(days=2))


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Italy")


@pytest.fixture
def head(party: Party) -> Membership:
    return f.MembershipFactory(party=party, code="head", person__name="Ada", person__office="")


def session(summit: Summit, hours: int = 5, **values: Any) -> Session:
    """Make a session that begins in so many hours."""
    begins = db_now() + timedelta(hours=hours)
    return f.SessionFactory(summit=summit, starts_at=begins, ends_at=begins + timedelta(hours=1), **values)


def place(row: Session, person: Person, role: str = "participant") -> Participant:
    return f.ParticipantFactory(session=row, person=person, role=role)


class TestHeld:
    def test_speeches_meetings_and_places_of_their_own(self, summit: Summit, party: Party, head: Membership) -> None:
        plenary, meeting = session(summit), session(summit, kind="bilateral")
        slot = f.SlotFactory(session=plenary, speaker=head.person, party=party)
        place(plenary, head.person, "chair")
        place(meeting, head.person)
        signing, photo = session(summit, kind="signing"), session(summit, kind="family_photo")
        place(signing, head.person)
        place(photo, head.person)
        # The party's place is the party's.
        f.ParticipantFactory(session=session(summit), party=party)
        assert handover_items.held(head.person) == [
            ("speech", slot.public_id),
            ("bilateral", meeting.public_id),
            ("signature", signing.public_id),
            ("photo", photo.public_id),
            ("place", plenary.public_id),
        ]

    def test_what_is_over_or_cancelled_is_nobodys(self, summit: Summit, head: Membership) -> None:
        place(session(summit, hours=-3), head.person)
        place(session(summit, cancelled_at=db_now()), head.person)
        running = session(summit, hours=0)
        place(running, head.person)
        assert handover_items.held(head.person) == [("place", running.public_id)]
        # After the summit all of it is told.
        Summit.objects.update(starts_on=f.START.date(), ends_on=f.START.date())
        person = Person.objects.select_related("summit").get(pk=head.person.pk)
        assert len(handover_items.held(person)) == 2


class TestTold:
    def told(self, row: Session, what: str, reader: handover_items.Reader, key: str = "") -> HandoverItem:
        keys = [(what, key or row.public_id)]
        (item,) = handover_items.items(summit=row.summit, keys=keys, reader=reader)
        return item

    def test_a_desk_that_sees_the_draft_reads_its_title(self, summit: Summit, head: Membership) -> None:
        row = session(summit, title="Secret dinner", visibility=Visibility.ORGANISERS)
        place(row, head.person)
        item, other = (
            self.told(row, "place", HandoverDesk(f.UserFactory.with_role(role, summit)))
            for role in (Role.PROTOCOL, Role.ACCREDITATION)
        )
        assert item.label == "place in a session"
        assert item.told is not None
        assert item.told.words.startswith("“Secret dinner”, ")
        assert item.told.address == f"/admin/agenda/session/{row.pk}/"
        # One that doesn't reads the kind alone.
        assert (other.label, other.told) == ("place in a session", None)

    def test_a_delegation_reads_what_is_released_to_it(self, summit: Summit, party: Party, head: Membership) -> None:
        organiser = f.UserFactory.with_role(Role.ORGANISER, summit)
        rows = {}
        for visibility in Visibility.values:
            rows[visibility] = session(summit, title=f"For {visibility}", visibility=visibility)
            place(rows[visibility], head.person)
        reader = Delegation(party, (head.person,))
        slot = f.SlotFactory(session=rows["public"], speaker=head.person)
        assert [self.told(row, "place", reader).told for row in rows.values()] == [None] * 4
        releases.release(summit=summit, by=organiser)
        later = session(summit, title="Not released")
        place(later, head.person)
        known = {name for name, row in rows.items() if self.told(row, "place", reader).told}
        assert known == {"public", "accredited", "participants"}
        assert self.told(later, "place", reader).told is None
        # Who doesn't read for the person doesn't know of what is for those who take part.
        known = {name for name, row in rows.items() if self.told(row, "place", Delegation(party)).told}
        assert known == {"public", "accredited"}
        Session.objects.update(title="Coup")
        item = self.told(rows["public"], "speech", reader, slot.public_id)
        assert item.told is not None
        assert item.told.words.startswith("“For public”, ")


class TestDecided:
    @pytest.fixture
    def taker(self, party: Party) -> Person:
        return f.MembershipFactory(party=party, person__name="Bea", person__office="").person

    @pytest.fixture
    def by(self, summit: Summit) -> User:
        return f.UserFactory.with_role(Role.PROTOCOL, summit)

    def test_a_speech_is_passed_on_as_it_is(self, summit: Summit, head: Membership, taker: Person, by: User) -> None:
        slot = f.SlotFactory(session=session(summit), speaker=head.person, minutes=7)
        before = slot.session.updated_at
        passed_on_places.pass_speech(key=slot.public_id, giver=head.person, taker=taker, by=by)
        slot.refresh_from_db()
        assert (slot.speaker, slot.minutes) == (taker, 7)
        assert Session.objects.get().updated_at > before
        (entry,) = AuditEntry.objects.filter(action="agenda.pass_on")
        assert (entry.by, entry.object_key, entry.detail) == (by, slot.session.public_id, {"what": "speech"})
        refuses(ItemNotHeld, passed_on_places.pass_speech, key=slot.public_id, giver=head.person, taker=taker, by=by)
        f.ParticipantFactory(session=slot.session, person=head.person, role="chair", position=3)
        passed_on_places.pass_place(key=slot.session.public_id, giver=head.person, taker=taker, by=by)
        assert Participant.objects.values_list("person", "role", "position").get() == (taker.pk, "chair", 3)

    def test_who_takes_part_already_keeps_the_higher_role(self, head: Membership, taker: Person, by: User) -> None:
        for own, passed in (("participant", "chair"), ("chair", "participant"), ("moderator", "chair")):
            row = session(head.party.summit)
            place(row, taker, own)
            place(row, head.person, passed)
            passed_on_places.pass_place(key=row.public_id, giver=head.person, taker=taker, by=by)
            assert row.participants.values_list("person", "role").get() == (taker.pk, "chair")

    def test_what_is_dropped_is_off_the_draft(self, summit: Summit, head: Membership, by: User) -> None:
        row = session(summit)
        slot = f.SlotFactory(session=row, speaker=head.person)
        place(row, head.person)
        passed_on_places.remove_speech(key=slot.public_id, giver=head.person, by=by)
        passed_on_places.remove_place(key=row.public_id, giver=head.person, by=by)
        assert Slot.objects.count() == Participant.objects.count() == 0
        assert Session.objects.get() == row
        assert AuditEntry.objects.filter(action="agenda.drop").count() == 2
        refuses(ItemNotHeld, passed_on_places.remove_place, key=row.public_id, giver=head.person, by=by)

    def test_a_speech_whose_text_is_entered_is_cancelled(self, summit: Summit, head: Membership, by: User) -> None:
        slot = f.SlotFactory(session=session(summit), speaker=head.person)
        f.TextFactory(summit=summit, slot=slot)
        members.withdraw(membership=head, by=SYSTEM)
        item = Handover.objects.get()
        handovers.discard(handover=item, by=by)
        item.refresh_from_db()
        assert (item.state, Slot.objects.count(), Slot.every.get()) == ("dropped", 0, slot)
