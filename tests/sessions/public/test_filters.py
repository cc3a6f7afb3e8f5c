"""The public agenda is narrowed by links, hidden parts say so, and words are in the reader's language."""

import pytest
from django.test import Client

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Interpretation, SessionText
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests.factories import PersonFactory, RoomFactory, SlotFactory, VenueFactory
from tests.sessions.conftest import release, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(summit: Summit) -> str:
    hall = RoomFactory(venue=VenueFactory(summit=summit), name="Hall")
    kind = CustomKind.objects.create(summit=summit, name="Fireside", names={"fr": "Causerie"}, like="roundtable")
    one = session(summit, title="One", visibility=Visibility.PUBLIC, room=hall, kind="plenary", sign_up=True)
    SessionText.objects.create(session=one, language="fr", title="Un")
    Interpretation.objects.create(session=one, source="en", target="fr")
    for name, minutes in (("A. First", 10), ("B. Second", 20)):
        SlotFactory(session=one, speaker=PersonFactory(summit=summit, name=name), minutes=minutes)
    session(summit, title="Two", visibility=Visibility.PUBLIC, custom_kind=kind, kind="roundtable")
    kept = {"title_to": Visibility.ORGANISERS, "times_to": Visibility.ORGANISERS}
    session(summit, title="Three", visibility=Visibility.PUBLIC, kind="bilateral", **kept)
    release(summit)
    return f"/{summit.slug}/agenda/"


def page(path: str) -> str:
    return Client().get(path).content.decode()


def test_a_choice_is_said_and_shows_what_has_it(path: str) -> None:
    found = page(f"{path}?kind=plenary")
    assert "1 of 3 sessions" in found
    assert ">One</a>" in found
    assert ">Two</a>" not in found
    assert 'href="?kind=own%3AFireside"' in page(path)
    assert ">Two</a>" in page(f"{path}?kind=own:Fireside")
    assert ">Two</a>" not in page(f"{path}?language=fr")


def test_nothing_found_says_so_and_leads_back(path: str) -> None:
    found = page(f"{path}?room=nowhere")
    for said in ("No sessions match your filters.", "0 of 3 sessions", 'href="."'):
        assert said in found


def test_words_and_choices_are_in_the_readers_language_and_say_which(path: str) -> None:
    found = page(f"{path}?lang=fr&kind=plenary")
    for said in ('href="?lang=fr"', "1 sur 3 séances", "Causerie", 'lang="fr" dir="auto">Un</a>'):
        assert said in found
    assert 'lang="en" dir="auto">One</a>' in page(f"{path}?lang=ar")


def test_what_is_kept_is_said(path: str) -> None:
    found = page(path)
    assert "Three" not in found
    assert "Bilateral meeting</a>" in found
    assert "time not announced" in found
    assert "open for sign-up" in found
    # It is read after what has a time.
    assert found.index(">Two</a>") < found.index("Bilateral meeting</a>")


def test_speeches_say_when_they_begin(path: str, summit: Summit) -> None:
    key = summit.sessions.get(title="One").public_id
    found = page(f"{path}{key}/")
    assert found.index("about 09:00") < found.index("about 09:10")
    calendar = Client().get(f"{path}{key}.ics").content.decode()
    assert calendar.count("BEGIN:VEVENT") == 1
    assert f"UID:{key}@summit" in calendar
