"""A session's page in the portal: papers, speeches, places; an agenda narrowed; what was seen, on all devices."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.models import Party
from portal.views.sessions import speeches
from sessions.domain import edits, releases
from sessions.models import AgendaLook, Attendance, Interpretation, ReleasedSession, Session, Visibility
from summit.models import Person, Summit, User
from tests.delegations.helpers import signed_in
from tests.factories import (
    DocumentFactory,
    FocalPointFactory,
    MembershipFactory,
    ParticipantFactory,
    PersonFactory,
    SlotFactory,
    UserFactory,
)
from tests.portal.test_agenda import client, delegate, page, party, titles
from tests.sessions.conftest import organiser, session, summit

__all__ = ["client", "delegate", "organiser", "party", "summit"]

pytestmark = pytest.mark.django_db
AGENDA = "/portal/agenda/"
SOON = timezone.now() + timedelta(days=2)


def release(summit: Summit, by: User) -> None:
    releases.release(summit=summit, by=by)


def signable(summit: Summit, **kwargs: Any) -> Session:
    values = {"visibility": Visibility.ACCREDITED, "sign_up": True, "capacity": 1, "starts_at": SOON}
    return session(summit, **{**values, "ends_at": SOON + timedelta(hours=1), **kwargs})


def test_papers_are_for_those_to_whom_the_release_names_them(
    client: Client, summit: Summit, party: Party, organiser: User
) -> None:
    own, seen = session(summit, party), session(summit, visibility=Visibility.ACCREDITED, documents_to="participants")
    hidden = session(summit)
    papers = {
        row.pk: DocumentFactory(session=row, title="Concept note", content=b"words") for row in (own, seen, hidden)
    }
    release(summit, organiser)
    later = DocumentFactory(session=own)

    def ask(row: Session, key: str) -> Any:
        return client.get(f"{AGENDA}{row.public_id}/documents/{key}/")

    got = ask(own, papers[own.pk].public_id)
    assert (got.status_code, got.content) == (200, b"words")
    assert {name: got[name] for name in ("Cache-Control", "X-Content-Type-Options", "Content-Disposition")} == {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'attachment; filename="brief.pdf"',
    }
    refused = [(row, papers[row.pk].public_id) for row in (seen, hidden)]
    refused += [(own, later.public_id), (own, papers[seen.pk].public_id), (own, "nothing")]
    assert {ask(row, key).status_code for row, key in refused} == {404}
    assert "Concept note" in page(client, f"{AGENDA}{own.public_id}/")
    assert "Concept note" not in page(client, f"{AGENDA}{seen.public_id}/")


def test_speeches_have_times_unless_the_times_are_kept(summit: Summit, party: Party, organiser: User) -> None:
    known, kept = session(summit, party), session(summit, party, times_to=Visibility.ORGANISERS)
    for row in (known, kept):
        for minutes in (7, 5):
            SlotFactory(session=row, minutes=minutes, position=10 - minutes)
    release(summit, organiser)
    rows = {each.session_id: each for each in ReleasedSession.objects.filter(entries__low=2, entries__high__gte=2)}
    rows |= {known.pk: ReleasedSession.objects.get(session=known)}
    told = {
        pk: [begins for _place, begins in speeches(row, list(row.participants.all()))] for pk, row in rows.items()
    }
    assert told[known.pk] == [known.starts_at, known.starts_at + timedelta(minutes=7)]
    assert told[kept.pk] == [None, None]


class TestSignUp:
    def test_a_delegate_takes_the_place_and_gives_it_back(
        self, client: Client, delegate: Person, summit: Summit, party: Party, organiser: User
    ) -> None:
        row, colleague = signable(summit), MembershipFactory(party=party).person
        release(summit, organiser)
        address = f"{AGENDA}{row.public_id}/"
        assert "Take a place" in page(client, address)
        # Who is not theirs is nobody.
        answer = client.post(f"{address}sign-up/", {"person": colleague.public_id, "deed": "take"}, follow=True)
        assert "Choose for whom the place is." in answer.content.decode()
        assert row.sign_ups.count() == 0
        answer = client.post(f"{address}sign-up/", {"person": delegate.public_id, "deed": "take"}, follow=True)
        assert answer.redirect_chain == [(address, 303)]
        assert "has a place." in answer.content.decode()
        assert "1 of 1 places are taken." in answer.content.decode()
        assert titles(page(client, AGENDA)) == {row.title}
        client.post(f"{address}sign-up/", {"person": delegate.public_id, "deed": "leave"})
        assert row.sign_ups.count() == 0

    def test_a_focal_point_signs_its_members_up(
        self, delegate: Person, summit: Summit, party: Party, organiser: User
    ) -> None:
        row = signable(summit)
        during = session(summit, title="Elsewhere", starts_at=SOON, ends_at=SOON + timedelta(minutes=20))
        ParticipantFactory(session=during, person=delegate)
        release(summit, organiser)
        acting = signed_in(FocalPointFactory(party=party, person__user=UserFactory()).person.user)
        assert "Elsewhere" in page(acting, f"{AGENDA}{row.public_id}/")
        acting.post(f"{AGENDA}{row.public_id}/sign-up/", {"person": delegate.public_id, "deed": "take"})
        assert list(row.sign_ups.values_list("person", "state")) == [(delegate.pk, "place")]


def test_narrowed_by_kind_and_language_and_the_level_is_said(
    client: Client, summit: Summit, party: Party, organiser: User
) -> None:
    plenary = session(summit, title="Plenary", kind="plenary")
    ParticipantFactory(session=plenary, party=party, level=Attendance.HEAD_1)
    lunch = session(summit, party, title="Lunch", kind="working_lunch")
    Interpretation.objects.create(session=lunch, source="en", target="fr", booth="3")
    session(summit, title="Secret", kind="retreat")
    release(summit, organiser)
    everything = page(client, AGENDA)
    assert "head +1" in everything
    assert "retreat" not in everything.lower()
    assert titles(everything) == {"Plenary", "Lunch"}
    assert titles(page(client, f"{AGENDA}?kind=plenary")) == {"Plenary"}
    assert titles(page(client, f"{AGENDA}?language=fr")) == {"Lunch"}
    assert titles(page(client, f"{AGENDA}?kind=retreat&show=all")) == set()


def test_what_was_seen_on_one_device_is_seen_on_the_other(
    client: Client, delegate: Person, summit: Summit, party: Party, organiser: User
) -> None:
    first, second = session(summit, party, title="First"), session(summit, party, title="Second")
    release(summit, organiser)
    for row in (first, second):
        start = row.starts_at + timedelta(hours=1)
        edits.move(session=row, starts_at=start, ends_at=start + timedelta(hours=1), room=None, by=organiser)
    release(summit, organiser)
    other = signed_in(delegate.user)
    fresh = "changed since you looked"
    assert page(client, AGENDA).count(fresh) == 2
    page(client, f"{AGENDA}{first.public_id}/")
    assert [page(each, AGENDA).count(fresh) for each in (client, other)] == [1, 1]
    page(other, "/portal/changes/")
    assert [page(each, AGENDA).count(fresh) for each in (client, other)] == [0, 0]
    assert set(AgendaLook.objects.values_list("session", "number")) == {(first.pk, 2), (None, 2)}


def test_the_reader_is_named_by_a_mark_that_tells_nothing(client: Client, delegate: Person, summit: Summit) -> None:
    mark = client.get(AGENDA)["Summit-Reader"]
    assert len(mark) == 16
    assert mark == client.get("/portal/")["Summit-Reader"]
    other = Client()
    other.force_login(
        MembershipFactory(party__summit=summit, person=PersonFactory(summit=summit, user=UserFactory())).person.user
    )
    assert other.get(AGENDA)["Summit-Reader"] != mark
    assert "Summit-Reader" not in Client().get(AGENDA)
    script = Client().get("/portal/worker.js")
    assert (script["Content-Type"], script["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
