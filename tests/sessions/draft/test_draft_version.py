"""What is kept of the draft is never older than the draft: each write of what it is made of is counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
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
from sessions.releases.selectors import unreleased_changes
from summit.core.process_cache import forget_all
from summit.people.models import Person
from summit.summits.models import Room, Summit, Venue
from tests import factories as f
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db


@once_a_module
def full() -> Session:
    """A session of which something stands in each table."""
    summit = f.SummitFactory()
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
