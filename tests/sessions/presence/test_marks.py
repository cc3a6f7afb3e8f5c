"""Ticks: who was seen where, by whom, when; taken back, never changed; seen by a second tablet; who isn’t reached."""

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
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft import speech_listeners
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.draft.speech_listeners import What
from sessions.notifications.services import read_marks
from sessions.presence.models import Place, PresenceMark, Representation, ToldByTelephone
from sessions.presence.selectors import attendance
from sessions.presence.selectors.unreached import Waiting, unreached
from sessions.presence.services import marks, merging, representation
from sessions.presence.services.marks import PresenceRefused
from sessions.releases.services import releases
from sessions.speakers.services import speakers_list
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from tests import factories as f
from tests.delegations.helpers import queries, refuses, said, sign_in, text
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY, focal, session
from tests.sessions.presence.conftest import Day, new_day, undo_of

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
    told = AuditEntry.objects.filter(action__startswith="agenda.presence").order_by("pk")
    assert [entry.action for entry in told] == ["agenda.presence.tick", "agenda.presence.take_back"]


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


@once_a_module
def day() -> Day:
    """A session soon that was released."""
    made = new_day()
    release(made)
    return made


@pytest.fixture
def changed(day: Day) -> Release:
    """It was moved to another room and ten minutes later."""
    return move(day)


def release(day: Day) -> Release:
    by = f.UserFactory.with_role(Role.ORGANISER, day.summit)
    return releases.release(summit=day.summit, by=by, decisions=SILENTLY)


def move(day: Day, row: Session | None = None) -> Release:
    row, span = row or day.session, timedelta(minutes=10)
    row.refresh_from_db()
    by, room = f.UserFactory.with_role(Role.ORGANISER, day.summit), f.RoomFactory(venue__summit=day.summit)
    cancel_and_move.move(session=row, starts_at=row.starts_at + span, ends_at=row.ends_at + span, room=room, by=by)
    return release(day)


def rows(day: Day) -> list[Waiting]:
    return unreached(summit=day.summit, now=db_now(), minutes=60)


def names(day: Day) -> list[str]:
    return [row.party.name if row.party else row.people[0].name for row in rows(day)]


def unreached_page(day: Day) -> str:
    return f"/admin/agenda/session/unreached/{day.summit.slug}/"


def test_who_has_opened_the_change_or_acts_for_the_delegation_is_reached(day: Day, changed: Release) -> None:
    assert names(day) == ["Aland", "Beland", "Celand"]
    assert [person.name for person in rows(day)[0].people] == ["Head of Aland"]
    # Whoever is merely a member doesn't count, nor does what was opened before.
    read_marks.record(person=day.member(), number=changed.number)
    read_marks.record(person=day.head, number=changed.number - 1)
    assert names(day) == ["Aland", "Beland", "Celand"]
    read_marks.record(person=day.head, number=changed.number)
    read_marks.record(person=focal(day.parties["Beland"]), number=changed.number, session=day.session)
    assert names(day) == ["Celand"]
    move(day)
    assert names(day) == ["Aland", "Beland", "Celand"]


def test_only_what_is_soon_and_moves_somebody_counts(day: Day) -> None:
    hour = timedelta(hours=1)
    later = session(day.summit, day.party, starts_at=db_now() + 3 * hour, ends_at=db_now() + 4 * hour)
    release(day)
    move(day, row=later)
    Session.objects.filter(pk=day.session.pk).update(summary="Other words")
    release(day)
    assert rows(day) == []
    # One that is cancelled counts by when it would have started, and old news don't.
    cancel_and_move.cancel(session=day.session, by=f.UserFactory.with_role(Role.ORGANISER, day.summit))
    newest = release(day)
    assert names(day) == ["Aland", "Beland", "Celand"]
    assert unreached(summit=day.summit, now=newest.released_at + timedelta(hours=7), minutes=600) == []


def test_people_of_their_own_and_without_a_delegation(day: Day) -> None:
    guest = f.PersonFactory(summit=day.summit, name="Gus", phone="+44 20 7946 0001")
    f.ParticipantFactory(session=day.session, person=guest, role="moderator")
    mia = f.MembershipFactory(party=f.PartyFactory(summit=day.summit, name="Deland"), person__name="Mia").person
    f.SignUpFactory(session=day.session, person=mia)
    f.ParticipantFactory(session=day.session, person=f.PersonFactory(summit=day.summit), role="interpreter")
    move(day)
    assert names(day) == ["Aland", "Beland", "Celand", "Deland", "Gus"]
    news = " ".join(f"{session}:{number}" for session, number in (news.key for news in rows(day)[-1].news))
    day.desk.post(unreached_page(day), {"to": f"person:{guest.pk}", "news": news})
    assert names(day) == ["Aland", "Beland", "Celand", "Deland"]


def test_one_telephones_and_they_leave_the_list(day: Day, changed: Release) -> None:
    officer = f.LiaisonOfficerFactory(summit=day.summit, person__name="Lia", person__phone="+44 7700 900100")
    officer.parties.add(day.party)
    f.FocalPointFactory(party=day.party, person__name="Fay", person__phone="+44 7700 900101")
    f.ContactFactory(party=day.party, role="private_office", name="Office", phone="+44 7700 900102")
    f.ContactFactory(party=day.party, role="press", name="Press", phone="+44 7700 900103")
    response = day.desk.get(f"{unreached_page(day)}?minutes=60")
    (row,) = [row for row in response.context_data["rows"] if row.waiting.party == day.party]
    assert [(role, number.label) for role, number in row.numbers][:3] == [
        ("Liaison officer", officer.person.label),
        ("Focal point", row.numbers[1][1].label),
        ("Private office", "Office"),
    ]
    shown = text(response)
    assert 'href="tel:+447700900100"' in shown
    assert "+44 7700 900103" not in shown
    seen = AuditEntry.objects.get(action=SEEN, object_type="delegations.party")
    assert (seen.by, officer.person.public_id in seen.detail["people"]) == (day.officer, True)
    posted = {"to": row.waiting.key, "news": row.news}
    response = day.desk.post(f"{unreached_page(day)}?minutes=60", posted, follow=True)
    assert "Aland told by telephone." in text(response)
    undo_key = undo_of(response)
    told = ToldByTelephone.objects.get()
    assert (told.party, told.session, told.release, told.by) == (day.party, day.session, changed, day.officer)
    assert names(day) == ["Beland", "Celand"]
    assert "already recorded" in said(day.desk.post(unreached_page(day), posted))[-1]
    undo.undo(public_id=undo_key, by=day.officer)
    assert names(day) == ["Aland", "Beland", "Celand"]
    assert sign_in(day.summit, Role.VIEWER).get(unreached_page(day)).status_code == 403


def test_queries_do_not_grow(day: Day) -> None:
    def more(party: Party) -> None:
        f.ParticipantFactory(session=day.session, person=f.MembershipFactory(party=party).person)

    more(day.party)
    move(day)
    before = queries(lambda: rows(day))
    for _number in range(2):
        member = f.MembershipFactory(party=f.PartyFactory(summit=day.summit), code="head")
        f.ParticipantFactory(session=day.session, party=member.party)
        more(member.party)
    move(day)
    assert len(rows(day)) == 5
    assert queries(lambda: rows(day)) == before
