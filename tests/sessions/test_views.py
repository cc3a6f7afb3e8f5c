"""The public agenda: what it shows, to everybody the same, at a constant cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions.domain import edits, releases
from sessions.models import Session, Visibility
from sessions.panels import public_panel
from summit.models import Summit, User
from tests.delegations.helpers import signed_in
from tests.factories import START
from tests.sessions.conftest import fill, session

pytestmark = pytest.mark.django_db


def paths(summit: Summit) -> list[str]:
    base = f"/{summit.slug}/agenda"
    row = Session.objects.filter(summit=summit, visibility=Visibility.PUBLIC).order_by("id").first()
    assert row is not None
    api = f"/api/v1/summits/{summit.slug}/agenda/"
    return [
        f"{base}/",
        f"{base}.ics",
        f"{base}/schedule.json",
        f"{base}/schedule.xml",
        f"{base}/changes/",
        f"/api/v1/summits/{summit.slug}/changes/",
        f"{base}/{row.public_id}/",
        api,
        f"{api}{row.public_id}/",
    ]


@pytest.fixture
def open_summit(summit: Summit, organiser: User) -> Summit:
    summit.public_changes = True
    summit.save()
    fill(summit, 2)
    session(summit, title="Only delegations", visibility=Visibility.ACCREDITED)
    session(summit, title="Only participants", visibility=Visibility.PARTICIPANTS)
    session(summit, title="Only organisers", visibility=Visibility.ORGANISERS)
    releases.release(summit=summit, by=organiser)
    return summit


def test_pages_show_what_is_public_and_only_that(open_summit: Summit) -> None:
    for path in paths(open_summit):
        response = Client().get(path)
        assert response.status_code == 200, path
        assert b"Only" not in response.content, path
    page = Client().get(f"/{open_summit.slug}/agenda/").content.decode()
    for title in Session.objects.filter(visibility=Visibility.PUBLIC).values_list("title", flat=True):
        assert title in page
    assert "Monday 31 March 2025" in page
    assert f"/{open_summit.slug}/agenda.ics" in page
    home = Client().get(f"/{open_summit.slug}/").content.decode()
    for said in ("2 sessions", "Monday 31 March 2025", f"/{open_summit.slug}/agenda.ics"):
        assert said in home


def test_nothing_is_public_of_a_summit_that_is_not(open_summit: Summit) -> None:
    found = paths(open_summit)
    Summit.objects.update(public=False)
    assert {Client().get(path).status_code for path in found} == {404}


def test_the_draft_shows_nowhere(open_summit: Summit, organiser: User) -> None:
    before = [Client().get(path).content for path in paths(open_summit)]
    for row in Session.objects.filter(visibility=Visibility.PUBLIC):
        Session.objects.filter(pk=row.pk).update(title="Not yet")
    assert [Client().get(path).content for path in paths(open_summit)] == before
    releases.release(summit=open_summit, by=organiser)
    assert all(b"Not yet" in Client().get(path).content for path in paths(open_summit))


def test_pages_are_the_same_bytes_for_everybody(open_summit: Summit, organiser: User) -> None:
    browser = signed_in(organiser)
    for path in paths(open_summit):
        answers = [
            Client().get(path),
            browser.get(path),
            Client().get(path, headers={"accept-language": "fr, ar;q=0.5"}),
            Client().get(path, headers={"cookie": "sessionid=x; csrftoken=y; django_language=fr"}),
        ]
        assert len({answer.content for answer in answers}) == 1, path
        assert len({answer["ETag"] for answer in answers}) == 1, path
        assert all(
            not answer.cookies and answer.get("Vary", "Accept-Encoding") == "Accept-Encoding" for answer in answers
        ), path
        assert Client().get(path, headers={"if-none-match": answers[0]["ETag"]}).status_code == 304, path


def test_a_summit_without_a_release_says_so(summit: Summit) -> None:
    session(summit, visibility=Visibility.PUBLIC, title="Draft")
    response = Client().get(f"/{summit.slug}/agenda/")
    assert response.status_code == 200
    assert b"has not been released yet" in response.content
    assert b"Draft" not in response.content
    assert public_panel(summit) is None


def test_times_are_the_venues(summit: Summit, organiser: User) -> None:
    made = session(summit, visibility=Visibility.PUBLIC)
    releases.release(summit=summit, by=organiser)
    page = Client().get(f"/{summit.slug}/agenda/{made.public_id}/").content.decode()
    assert '<time datetime="2025-03-31T09:00:00+01:00">Monday 31 March 2025, 09:00</time>' in page
    assert '<time datetime="2025-03-31T10:00:00+01:00">10:00 <bdi lang="en">London</bdi> time</time>' in page


def test_changes_are_public_only_where_the_summit_says_so(open_summit: Summit) -> None:
    path = f"/{open_summit.slug}/agenda/changes/"
    assert Client().get(path).status_code == 200
    Summit.objects.update(public_changes=False)
    assert Client().get(path).status_code == 404
    assert b"agenda/changes/" not in Client().get(f"/{open_summit.slug}/agenda/").content


def test_public_changes_tell_of_what_is_public_before_or_after(open_summit: Summit, organiser: User) -> None:
    first, second = Session.objects.filter(visibility=Visibility.PUBLIC).order_by("id")
    hidden = Session.objects.get(title="Only delegations")
    edits.cancel(session=first, by=organiser)
    edits.cancel(session=hidden, by=organiser)
    Session.objects.filter(pk=second.pk).update(visibility=Visibility.ORGANISERS, title="Secret")
    Session.objects.filter(title="Only participants").update(visibility=Visibility.PUBLIC, title="Now open")
    releases.release(summit=open_summit, by=organiser, note="For desks")
    page = Client().get(f"/{open_summit.slug}/agenda/changes/").content.decode()
    told = {
        title: state
        for title, state in (
            (first.title, "cancelled"),
            (second.title, "no longer in the programme"),
            ("Now open", "added"),
        )
        if title in page and state in page
    }
    assert told == {first.title: "cancelled", second.title: "no longer in the programme", "Now open": "added"}
    assert page.count("cancelled") == 1
    for secret in ("Secret", "Only delegations", "For desks"):
        assert secret not in page
    assert [_found(open_summit, row) for row in (first, second, hidden)] == ["cancelled", "nothing", "nothing"]
    Summit.objects.update(public_changes=False)
    assert _found(open_summit, first) == "nothing"


def _found(summit: Summit, row: Session) -> str:
    """Return what stands at a session's public address."""
    response = Client().get(f"/{summit.slug}/agenda/{row.public_id}/")
    if response.status_code == 410:
        assert row.title in response.content.decode()
        return "cancelled"
    nothing = Client().get(f"/{summit.slug}/agenda/0000000000000000/")
    same = response.content.replace(row.public_id.encode(), b"0" * 16) == nothing.content
    return "nothing" if (response.status_code, same) == (404, True) else "told"


def _queries(path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(path).status_code == 200
    return len(queries)


def test_the_number_of_queries_does_not_grow(summit: Summit, organiser: User) -> None:
    summit.public_changes = True
    summit.save()
    fill(summit, 2)
    releases.release(summit=summit, by=organiser)
    Session.objects.update(ends_at=START + timedelta(hours=90))
    releases.release(summit=summit, by=organiser)
    few = {path: _queries(path) for path in paths(summit)}
    fill(summit, 4)
    releases.release(summit=summit, by=organiser)
    Session.objects.update(ends_at=START + timedelta(hours=91))
    releases.release(summit=summit, by=organiser)
    assert {path: _queries(path) for path in paths(summit)} == few
    assert max(few.values()) <= 8
