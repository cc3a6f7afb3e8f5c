"""The public agenda: what it shows, to everybody the same, at a constant cost."""

import pytest
from django.test import Client

from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.overview.panels import public_panel
from sessions.visibility.models import Visibility
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.conftest import fill, release, session

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
def open_summit(summit: Summit) -> Summit:
    summit.public_changes = True
    summit.save()
    fill(summit, 2)
    session(summit, title="Only delegations", visibility=Visibility.ACCREDITED)
    session(summit, title="Only participants", visibility=Visibility.PARTICIPANTS)
    session(summit, title="Only organisers", visibility=Visibility.ORGANISERS)
    release(summit)
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


def test_the_draft_shows_nowhere(open_summit: Summit) -> None:
    before = [Client().get(path).content for path in paths(open_summit)]
    for row in Session.objects.filter(visibility=Visibility.PUBLIC):
        Session.objects.filter(pk=row.pk).update(title="Not yet")
    assert [Client().get(path).content for path in paths(open_summit)] == before
    release(open_summit)
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
    assert b"is not released yet" in response.content
    assert b"Draft" not in response.content
    assert public_panel(summit) is None


def test_times_are_the_venues(summit: Summit) -> None:
    made = session(summit, visibility=Visibility.PUBLIC)
    release(summit)
    page = Client().get(f"/{summit.slug}/agenda/{made.public_id}/").content.decode()
    assert '<time datetime="2025-03-31T09:00:00+01:00">Monday 31 March 2025, 09:00</time>' in page
    assert '<time datetime="2025-03-31T10:00:00+01:00">10:00 <bdi lang="en">London</bdi> time</time>' in page


def test_changes_are_public_only_where_the_summit_says_so(open_summit: Summit) -> None:
    path = f"/{open_summit.slug}/agenda/changes/"
    assert Client().get(path).status_code == 200
    Summit.objects.update(public_changes=False)
    assert Client().get(path).status_code == 404
    assert b"agenda/changes/" not in Client().get(f"/{open_summit.slug}/agenda/").content


def test_what_was_cancelled_says_so_and_what_was_hidden_is_not_there(open_summit: Summit, organiser: User) -> None:
    first, second = Session.objects.filter(visibility=Visibility.PUBLIC).order_by("id")
    hidden = Session.objects.get(title="Only delegations")
    for row in (first, hidden):
        cancel_and_move.cancel(session=row, by=organiser)
    Session.objects.filter(pk=second.pk).update(visibility=Visibility.ORGANISERS, title="Secret")
    release(open_summit, note="For desks")
    page = Client().get(f"/{open_summit.slug}/agenda/changes/").content.decode()
    assert (page.count("cancelled"), page.count("no longer in")) == (1, 0)
    assert [secret for secret in ("Secret", "Only delegations", "For desks") if secret in page] == []
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


def test_a_sessions_page_tells_the_way_as_it_is_now(summit: Summit, organiser: User) -> None:
    room = f.RoomFactory(venue__summit=summit, name="Blue", directions={"en": "Ground floor, left"})
    row = session(summit, room=room, visibility=Visibility.PUBLIC)
    release(summit)
    page = f"/{summit.slug}/agenda/{row.public_id}/"
    assert '<bdi lang="en">Ground floor, left</bdi>' in Client().get(page).content.decode()
    # The page is cached, and the way is no part of a release.
    summits_services.change_room(
        by=organiser, room=room, values={"directions": {"en": "First floor", "fr": "À l’étage"}}
    )
    assert '<bdi lang="en">First floor</bdi>' in Client().get(page).content.decode()
    assert '<bdi lang="fr">À l’étage</bdi>' in Client().get(page, {"lang": "fr"}).content.decode()
