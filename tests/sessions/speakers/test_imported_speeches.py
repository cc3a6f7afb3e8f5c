"""Several speeches are put on a list at once; who speaks there already keeps that speech."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from sessions.draft.models.participants import Slot
from sessions.speakers.services.imported_speeches import add_all
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.permissions.models import Role
from tests.delegations.helpers import queries
from tests.factories import PartyFactory, PersonFactory, SessionFactory, SlotFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_speeches_are_added_last_and_once() -> None:
    session = SessionFactory(speech_minutes=7)
    summit = session.summit
    party, speaker, guest = PartyFactory(summit=summit), PersonFactory(summit=summit), PersonFactory(summit=summit)
    first = SlotFactory(session=session, party=None, speaker=guest)
    added = add_all(session=session, speeches=[(guest, None), (speaker, party), (speaker, party)], by=SYSTEM)
    assert [(slot.speaker, slot.party, slot.minutes, slot.position) for slot in added] == [(speaker, party, 7, 1)]
    assert list(Slot.objects.order_by("position")) == [first, *added]
    session.refresh_from_db()
    revision = session.revision
    assert add_all(session=session, speeches=[(speaker, party)], by=SYSTEM) == []
    session.refresh_from_db()
    assert session.revision == revision
    entry = AuditEntry.objects.get(action="agenda.speakers.add")
    assert entry.detail == {"rows": [f"agenda.slot:{added[0].public_id}"]}


def test_who_may_not_edit_adds_none() -> None:
    session = SessionFactory()
    speeches = [(PersonFactory(summit=session.summit), None)]
    with pytest.raises(PermissionDenied):
        add_all(session=session, speeches=speeches, by=UserFactory())
    editor = UserFactory.with_role(Role.ORGANISER, session.summit)
    assert len(add_all(session=session, speeches=speeches, by=editor)) == 1
    with pytest.raises(ValidationError):
        add_all(session=session, speeches=[(PersonFactory(), None)], by=editor)


def test_the_number_of_queries_does_not_grow() -> None:
    session = SessionFactory()
    people = [(PersonFactory(summit=session.summit), None) for _ in range(6)]
    few = queries(lambda: add_all(session=session, speeches=people[:1], by=SYSTEM))
    assert queries(lambda: add_all(session=session, speeches=people[1:], by=SYSTEM)) == few
