"""Who isn't reached: due soon, and nobody has opened the change; to be telephoned, the liaison officer first."""

from datetime import timedelta

import pytest

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.services import read_marks
from sessions.presence.models import ToldByTelephone
from sessions.presence.selectors.unreached import Waiting, unreached
from sessions.releases.services import releases
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.undo import services as undo
from tests import factories as f
from tests.delegations.helpers import queries, said, sign_in, text
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import SILENTLY, focal, session
from tests.sessions.presence.conftest import Day, new_day, undo_of

pytestmark = pytest.mark.django_db


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


def page(day: Day) -> str:
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
    day.desk.post(page(day), {"to": f"person:{guest.pk}", "news": news})
    assert names(day) == ["Aland", "Beland", "Celand", "Deland"]


def test_one_telephones_and_they_leave_the_list(day: Day, changed: Release) -> None:
    officer = f.LiaisonOfficerFactory(summit=day.summit, person__name="Lia", person__phone="+44 7700 900100")
    officer.parties.add(day.party)
    f.FocalPointFactory(party=day.party, person__name="Fay", person__phone="+44 7700 900101")
    f.ContactFactory(party=day.party, role="private_office", name="Office", phone="+44 7700 900102")
    f.ContactFactory(party=day.party, role="press", name="Press", phone="+44 7700 900103")
    response = day.desk.get(f"{page(day)}?minutes=60")
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
    response = day.desk.post(f"{page(day)}?minutes=60", posted, follow=True)
    assert "Aland told by telephone." in text(response)
    undo_key = undo_of(response)
    told = ToldByTelephone.objects.get()
    assert (told.party, told.session, told.release, told.by) == (day.party, day.session, changed, day.officer)
    assert names(day) == ["Beland", "Celand"]
    assert "already recorded" in said(day.desk.post(page(day), posted))[-1]
    undo.undo(public_id=undo_key, by=day.officer)
    assert names(day) == ["Aland", "Beland", "Celand"]
    assert sign_in(day.summit, Role.VIEWER).get(page(day)).status_code == 403


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
