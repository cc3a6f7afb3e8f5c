"""Ticks: who was seen where, by whom and when; taken back, never changed; two tablets see each other's."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from delegations.members.models.members import Membership
from delegations.members.services import bulk_changes
from sessions.draft import speech_listeners
from sessions.draft.models.participants import Slot
from sessions.draft.services import cancel_and_move
from sessions.draft.speech_listeners import What
from sessions.presence.models import Place, PresenceMark, Representation
from sessions.presence.selectors import attendance
from sessions.presence.services import marks, merging, representation
from sessions.presence.services.marks import PresenceRefused
from sessions.speakers.services import speakers_list
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from tests import factories as f
from tests.delegations.helpers import refuses, said, sign_in, text
from tests.sessions.conftest import session
from tests.sessions.presence.conftest import Day, undo_of

pytestmark = pytest.mark.django_db


def page(day: Day) -> str:
    return f"/admin/agenda/session/{day.session.pk}/presence/"


def tick(day: Day, place: Place = Place.ROOM, **more: Any) -> tuple[PresenceMark, bool]:
    values = {"party": day.party, "person": day.head, "by": day.officer, **more}
    return marks.tick(place=place, session=day.session if place == Place.ROOM else None, **values)


def groups(day: Day, url: str = "") -> dict[str, list[str]]:
    context = day.desk.get(url or page(day)).context_data
    return {group.name: [row.line.party.name for row in group.rows] for group in context["groups"]}


def test_a_touch_ticks_and_undo_takes_it_back(day: Day) -> None:
    shown = text(day.desk.get(page(day)))
    assert ("3 not seen" in shown, "absent" in shown) == (True, False)
    posted = {"party": day.party.pk, "person": day.head.pk, "place": "room"}
    response = day.desk.post(page(day), posted, follow=True)
    (mark,) = PresenceMark.objects.all()
    assert (mark.person, mark.session, mark.by, mark.taken_back_at) == (day.head, day.session, day.officer, None)
    assert groups(day) == {"unseen": ["Beland", "Celand"], "room": ["Aland"]}
    assert "in the room</span> <time" in text(response)
    assert "Cora Officer" in text(response)
    # A second tablet that ticks the same learns who was first.
    assert "Cora Officer has already ticked this: Head of Aland" in said(day.desk.post(page(day), posted))[-1]
    assert PresenceMark.objects.count() == 1
    undo.undo(public_id=undo_of(response), by=day.officer)
    mark.refresh_from_db()
    assert (mark.taken_back_at is not None, mark.taken_back_by) == (True, day.officer)
    assert groups(day)["unseen"] == ["Aland", "Beland", "Celand"]
    told = AuditEntry.objects.exclude(action__startswith="summit.").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["agenda.presence.tick", "agenda.presence.take_back"]


def test_what_was_taken_back_comes_back_as_it_was(day: Day) -> None:
    mark, _new = tick(day, Place.LANDED)
    with undo.grouped() as act:
        assert marks.take_back(mark=mark, by=day.officer)
        assert not marks.take_back(mark=mark, by=day.officer)
    assert act.offer is not None
    other = f.UserFactory.with_role(Role.PROGRAMME, day.summit)
    undo.undo(public_id=act.offer.public_id, by=other)
    live = PresenceMark.objects.get(taken_back_at=None)
    assert (live.at, live.by) == (mark.at, day.officer)


def test_the_door_is_of_a_day_and_the_day_page_has_all_heads(day: Day) -> None:
    url = f"/admin/agenda/session/presence/{day.summit.slug}/"
    assert groups(day, url) == {"unseen": ["Aland", "Beland", "Celand"], "landed": [], "door": []}
    for place in ("landed", "door"):
        day.desk.post(url, {"party": day.party.pk, "person": day.head.pk, "place": place})
    assert groups(day, url) == {"unseen": ["Beland", "Celand"], "landed": [], "door": ["Aland"]}
    PresenceMark.objects.filter(place="door").update(day=db_now().date() - timedelta(days=1))
    assert groups(day, url) == {"unseen": ["Beland", "Celand"], "landed": ["Aland"], "door": []}
    assert tick(day, Place.DOOR)[1]


def test_who_is_no_member_or_may_not_run_the_day_is_refused(day: Day) -> None:
    other = day.parties["Beland"]
    refuses(PresenceRefused, tick, day, party=other, match="no longer in the delegation")
    viewer = f.UserFactory.with_role(Role.VIEWER, day.summit)
    refuses(PermissionDenied, tick, day, by=viewer)
    refuses(PermissionDenied, marks.take_back, mark=tick(day)[0], by=viewer)
    reader = sign_in(day.summit, Role.VIEWER)
    shown = text(reader.get(page(day)))
    assert ("Head of Aland" in shown, "Take back" in shown) == (True, False)
    posted = {"party": day.party.pk, "person": day.head.pk, "place": "door"}
    assert reader.post(page(day), posted).status_code == 403


def test_one_finds_by_typing_and_a_category_or_a_head_brings_the_delegation(day: Day) -> None:
    f.PartyNameFactory(party=day.party, language="fr", name="Pays d’Ål")
    assert groups(day, f"{page(day)}?q=head+beland")["unseen"] == ["Beland"]
    heads = session(day.summit)
    f.ParticipantFactory(session=heads, category=day.head.membership.category)
    alone = session(day.summit)
    f.ParticipantFactory(session=alone, person=day.head)
    f.ParticipantFactory(session=alone, person=day.member())
    answered = {"state": "answered", "sent_at": db_now(), "answered_at": db_now(), "answered_by": "C"}
    f.InvitationFactory(party=day.parties["Celand"], occasion=heads.public_id, answer="regrets", **answered)
    lines = attendance.of_sessions([heads, alone], db_now())
    assert [(line.party.name, line.whole) for line in lines[heads.pk]] == [("Aland", True), ("Beland", True)]
    found = [(line.person.name, line.whole) for line in lines[alone.pk] if line.person]
    assert found == [("Head of Aland", True), ("Mia", False)]


def test_an_open_page_asks_for_a_version_with_an_etag(day: Day) -> None:
    url = f"/admin/agenda/session/presence/{day.summit.slug}/version/"
    first = day.desk.get(url)
    unchanged = day.desk.get(url, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    mark, _new = tick(day)
    seen = [first.content]
    marks.take_back(mark=mark, by=day.officer)
    for _time in range(2):
        answer = day.desk.get(url, headers={"If-None-Match": first["ETag"]})
        assert answer.status_code == 200
        seen.append(answer.content)
        tick(day)
    assert len(set(seen)) == 3


def test_two_who_tick_at_once_make_one_tick(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _new = tick(day)
    real = marks._live
    answers = iter([None])
    monkeypatch.setattr(marks, "_live", lambda *given: next(answers, real(*given)))
    assert tick(day) == (first, False)
    # Control: without what looks again, the database refuses the second.
    answers = iter([None, None])
    monkeypatch.setattr(marks, "_live", lambda *given: next(answers, None))
    with pytest.raises(IntegrityError), transaction.atomic():
        tick(day)


def test_a_merge_keeps_one_of_two_ticks_that_say_the_same(day: Day) -> None:
    twin = day.member("Twin")
    kept, _new = tick(day)
    tick(day, person=twin)
    moved, _new = tick(day, Place.DOOR, person=twin)
    assert merging.give_to(kept=day.head, gone=twin) == 1
    assert list(PresenceMark.objects.order_by("pk").values_list("pk", "person")) == [
        (kept.pk, day.head.pk),
        (moved.pk, day.head.pk),
    ]


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
    counts = [words.count(each) for each in ("Aland", "Mia", "Adviser", f"on behalf of {day.head.label}")]
    assert counts == [4, 2, 2, 2]
    assert AuditEntry.objects.filter(action="summit.person.seen").count() == 1
    assert day.desk.get(f"{address.partition('?')[0]}?party=0").status_code == 404
    assert sign_in(day.summit, Role.PROTOCOL).get(address).status_code == 403
