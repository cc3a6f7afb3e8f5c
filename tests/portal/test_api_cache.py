"""Public lists of the API as bytes: one query once they are made, never older than the database, nobody else's."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from delegations.parties.models.parties import Party
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.press.helpers import ago, make_text
from tests.sessions.conftest import SILENTLY

pytestmark = pytest.mark.django_db
API = "/api/v1/summits/here"


@pytest.fixture
def opening(summit: Summit, organiser: User) -> Session:
    party = f.PartyFactory(summit=summit, name="Aland")
    Summit.objects.filter(pk=summit.pk).update(slug="here")
    summit.slug = "here"
    made: Session = f.SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    f.ParticipantFactory(session=made, party=party, role="chair")
    releases.release(summit=summit, by=organiser)
    make_text(summit=summit, moment=ago(1), title="Words")
    return made


def test_each_takes_one_query_once_it_is_made(
    opening: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in ("agenda/", f"agenda/{opening.public_id}/", "agenda/?kind=plenary&page_size=5", "parties/", "texts/"):
        made = Client().get(f"{API}/{path}")
        assert made.status_code == 200, path
        with django_assert_num_queries(1):
            again = Client().get(f"{API}/{path}")
        names = ("ETag", "Content-Type", "Vary", "Cache-Control")
        assert (again.content, [again.get(name) for name in names]) == (
            made.content,
            [made.get(name) for name in names],
        )
        etag = Client().get(f"{API}/{path}", headers={"If-None-Match": made["ETag"]})
        assert etag.status_code == 304


def test_what_changes_is_read_at_once(opening: Session, organiser: User) -> None:
    def read(path: str) -> str:
        return Client().get(f"{API}/{path}").content.decode()

    assert all(words in read(path) for path, words in (("agenda/", "Opening"), ("parties/", "Aland")))
    Party.objects.update(name="Newland")
    assert "Newland" in read("parties/")
    Session.objects.filter(pk=opening.pk).update(visibility=Visibility.ACCREDITED)
    releases.release(summit=opening.summit, by=organiser, decisions=SILENTLY)
    assert "Opening" not in read("agenda/")
    assert Client().get(f"{API}/agenda/{opening.public_id}/").status_code == 404
    assert "Later" not in read("texts/")
    make_text(summit=opening.summit, moment=ago(0.5), title="Later")
    assert "Later" in read("texts/")


def test_links_lead_to_the_host_that_was_asked_and_each_reads_its_custom_kind(
    opening: Session, organiser: User, settings: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "other.example"]  # type: ignore[attr-defined]
    f.SessionFactory(summit=opening.summit, title="Closing", visibility=Visibility.PUBLIC)
    releases.release(summit=opening.summit, by=organiser)
    for host in ("one.example", "other.example"):
        answer = Client().get(f"{API}/agenda/?page_size=1", headers={"host": host})
        assert answer.json()["next"].startswith(f"http://{host}/")
    # What is cached is not given to whoever takes no JSON.
    for accept, status in (("text/html", 406), ("application/json", 200), ("text/html, */*;q=0.1", 200)):
        headers = {"host": "one.example", "accept": accept}
        assert Client().get(f"{API}/agenda/?page_size=1", headers=headers).status_code == status
    # Nor is what is refused cached.
    assert Client().get(f"{API}/agenda/?page_size=0", headers={"host": "one.example"}).status_code == 400
