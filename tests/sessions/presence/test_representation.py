"""Who represents a delegation: two touches; its speeches and what waits for them follow, the head stays; a card."""

import re
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from pypdf import PdfReader

from delegations.members.models.members import Membership
from delegations.members.services import bulk_changes
from sessions.draft import speech_listeners
from sessions.draft.models.participants import Slot
from sessions.draft.services import cancel_and_move
from sessions.draft.speech_listeners import What
from sessions.presence.models import Place, Representation
from sessions.presence.selectors import attendance
from sessions.presence.services import marks, representation
from sessions.presence.services.marks import PresenceRefused
from sessions.speakers.services import speakers_list
from sessions.speakers.services.line_up_in_protocol_order import preview
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from tests import factories as f
from tests.delegations.helpers import refuses, sign_in, text
from tests.sessions.presence.conftest import Day, undo_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(day: Day) -> Slot:
    return f.SlotFactory(session=day.session, party=day.party, speaker=day.head)


def represent(day: Day, person: Person, **more: object) -> int:
    values = {"session": day.session, "party": day.party, "by": day.officer, **more}
    return representation.represent(person=person, **values).speeches  # type: ignore[arg-type]


def memberships() -> set[tuple[int, int, str]]:
    return set(Membership.objects.values_list("person_id", "category_id", "capacity"))


def speaker(slot: Slot) -> Person:
    return Slot.objects.get(pk=slot.pk).speaker


def test_two_touches_and_undo(day: Day, slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: Registry[speech_listeners.Listener] = Registry()
    found: list[tuple[What, int]] = []
    told.register(1)(lambda events, by: found.extend((each.what, each.speaker_before) for each in events))
    monkeypatch.setattr(speech_listeners, "listeners", told)
    mia = day.member()
    before = memberships()
    url = f"/admin/agenda/session/{day.session.pk}/representation/"
    shown = text(day.desk.get(f"{url}?party={day.party.pk}"))
    assert ("Mia, Adviser" in shown, "Head of Beland" in shown) == (True, False)
    response = day.desk.post(url, {"party": day.party.pk, "person": mia.pk}, follow=True)
    assert "Mia, Adviser represents Aland in this session. 1 speech has changed its speaker." in text(response)
    assert (speaker(slot), found) == (mia, [(What.GIVEN, day.head.pk)])
    # The head stays the head, and everybody in their category.
    assert memberships() == before
    line = attendance.of_party(day.session, day.party, db_now())
    assert line is not None
    assert (line.person, line.head) == (mia, day.head)
    undo.undo(public_id=undo_of(response), by=day.officer)
    assert (speaker(slot), found[-1]) == (day.head, (What.GIVEN, mia.pk))
    assert not Representation.objects.filter(taken_back_at=None).exists()


def test_another_then_the_head_again(day: Day, slot: Slot) -> None:
    mia, noa = day.member(), day.member("Noa")
    assert represent(day, mia) == 1
    with undo.grouped() as act:
        assert represent(day, noa) == 1
    refuses(PresenceRefused, represent, day, noa, match="already represents")
    assert act.offer is not None
    undo.undo(public_id=act.offer.public_id, by=day.officer)
    assert (Representation.objects.get(taken_back_at=None).person, speaker(slot)) == (mia, mia)
    assert represent(day, day.head) == 1
    assert (Representation.objects.get(taken_back_at=None).person, speaker(slot)) == (day.head, day.head)
    assert attendance.representatives(day.session) == {}


def test_undo_refuses_what_has_changed_since(day: Day, slot: Slot) -> None:
    with undo.grouped() as act:
        represent(day, day.member())
    assert act.offer is not None
    programme, noa = f.UserFactory.with_role(Role.PROGRAMME, day.summit), day.member("Noa")
    speakers_list.change(slot=slot, by=programme, speaker=noa, party=day.party)
    refuses(UndoRefused, undo.undo, public_id=act.offer.public_id, by=day.officer, match="has since changed")
    assert speaker(slot) == noa


def test_refusals_say_what_to_do(day: Day) -> None:
    mia, stranger = day.member(), f.PersonFactory(summit=day.summit)
    refuses(PermissionDenied, represent, day, mia, by=f.UserFactory.with_role(Role.PRESS_OFFICER, day.summit))
    refuses(PresenceRefused, represent, day, stranger, match="no longer in the delegation. Choose someone else")
    outside = f.MembershipFactory(party=f.PartyFactory(summit=day.summit), code="head")
    refuses(PresenceRefused, represent, day, outside.person, party=outside.party, match="Add it to the participants")
    organiser = f.UserFactory.with_role(Role.ORGANISER, day.summit)
    cancel_and_move.cancel(session=day.session, by=organiser)
    refuses(PresenceRefused, represent, day, mia, match="cancelled")
    assert not Representation.objects.exists()


def test_the_representative_is_the_one_to_be_seen_until_they_leave(day: Day, slot: Slot) -> None:
    mia = day.member()
    represent(day, mia)
    marks.tick(party=day.party, person=mia, place=Place.ROOM, session=day.session, by=day.officer)
    assert attendance.not_seen([day.session], db_now()) == {day.session.pk: 2}
    protocol = f.UserFactory.with_role(Role.PROTOCOL, day.summit)
    bulk_changes.withdraw(memberships=[mia.membership], by=protocol)
    row = Representation.objects.get()
    assert (row.taken_back_at is not None, row.taken_back_by) == (True, protocol)
    assert attendance.not_seen([day.session], db_now()) == {day.session.pk: 3}


def test_a_new_speakers_list_has_the_representative(day: Day) -> None:
    mia = day.member()
    represent(day, mia)
    assert {entry.party: entry.speaker for entry in preview(session=day.session).entries}[day.party] == mia
    represent(day, day.head)
    assert {entry.party: entry.speaker for entry in preview(session=day.session).entries}[day.party] == day.head


# --- The place card -----------------------------------------------------------------------------------------------


def test_one_touch_prints_the_place_card(day: Day) -> None:
    mia = day.member()
    represent(day, mia)
    address = f"{reverse('admin:agenda_session_representation_card', args=[day.session.pk])}?party={day.party.pk}"
    presence = reverse("admin:agenda_session_presence", args=[day.session.pk])
    chosen = f"{reverse('admin:agenda_session_representation', args=[day.session.pk])}?party={day.party.pk}"
    for page in (presence, chosen):
        links = re.findall(r'href="([^"]*card\.pdf[^"]*)"', day.desk.get(page).content.decode())
        assert links == [address]
    response = day.desk.get(address)
    assert (response["Content-Type"], "no-store" in response["Cache-Control"]) == ("application/pdf", True)
    [page_of_pdf] = PdfReader(BytesIO(response.content)).pages
    words = " ".join(page_of_pdf.extract_text().split())
    # Once on each half.
    counts = [words.count(each) for each in ("Aland", "Mia", "Adviser", f"on behalf of {day.head.label}")]
    assert counts == [4, 2, 2, 2]
    assert AuditEntry.objects.filter(action="summit.person.seen").count() == 1
    assert day.desk.get(f"{address.partition('?')[0]}?party=0").status_code == 404
    assert sign_in(day.summit, Role.PROTOCOL).get(address).status_code == 403
