"""What the public calendar and the schedule files say of a session that has everything: in whose language, of which
parts, with footnotes and links, and valid."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from press.texts.models.embargoes import Embargo
from sessions.agenda.models.releases import ReleasedSession
from sessions.delays.services import running as delays
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Session, SessionText
from sessions.visibility.models import Visibility
from summit.core.compiled_query import Prepared
from summit.permissions.models import Role
from summit.public_base import page_version
from summit.summits.models import Summit
from tests.factories import (
    DocumentFactory,
    ParticipantFactory,
    PartyFactory,
    PartyNameFactory,
    SlotFactory,
    UserFactory,
)
from tests.press.helpers import ago, make_text
from tests.schemas import needs_schemas
from tests.sessions.calendars.test_icalendar import check_schedule, schedule
from tests.sessions.conftest import release
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db
NOTE = "Takes part without prejudice."


@pytest.fixture
def full(summit: Summit) -> Session:
    """A public session with a kind of the summit's own, words in two languages, a chair whose party has a footnote, a
    paper, and a speech that was published."""
    speech = make_text(summit=summit, moment=ago(1), speech=True, title="On borders").version.text.slot
    assert speech is not None
    kind = CustomKind.objects.create(summit=summit, name="Fireside chat", names={"fr": "Causerie"}, like="plenary")
    values = {"visibility": Visibility.PUBLIC, "title": "Opening", "custom_kind": kind, "kind": "plenary"}
    Session.objects.filter(pk=speech.session_id).update(**values)
    made = Session.objects.get(pk=speech.session_id)
    SessionText.objects.create(session=made, language="fr", title="Ouverture", summary="Des mots.")
    party = PartyFactory(summit=summit, name="Aland", footnote=NOTE)
    PartyNameFactory(party=party, language="fr", name="Pays d’Aland", footnote="Sans préjudice.")
    ParticipantFactory(session=made, party=party, role="chair")
    DocumentFactory(session=made, title="Order of the day")
    return made


def event(summit: Summit, query: str = "") -> dict[str, Any]:
    data, _xml = schedule(summit, query)
    days = data["schedule"]["conference"]["days"]
    (found,) = [each for day in days for room in day["rooms"].values() for each in room]
    return dict(found)


def calendar(summit: Summit, query: str = "") -> Any:
    (found,) = Calendar.from_ical(Client().get(f"/{summit.slug}/agenda.ics{query}").content).events
    return found


def test_the_calendar_is_in_the_readers_or_a_named_language(full: Session, summit: Summit) -> None:
    release(summit)
    found = {query: calendar(summit, query) for query in ("", "?lang=fr", "?lang=ar")}
    said = {query: (str(each["summary"]), each["summary"].params["LANGUAGE"]) for query, each in found.items()}
    assert said == {"": ("Opening", "en"), "?lang=fr": ("Ouverture", "fr"), "?lang=ar": ("Opening", "en")}
    assert [str(each["categories"].cats[0]) for each in found.values()] == [
        "Fireside chat",
        "Causerie",
        "Fireside chat",
    ]
    assert (str(found["?lang=fr"]["description"]), str(found[""]["class"])) == ("Des mots.", "PUBLIC")


def test_the_schedule_names_parties_with_their_footnotes(full: Session, summit: Summit) -> None:
    release(summit)
    found = {query: event(summit, query) for query in ("", "?lang=fr")}
    assert [each["persons"][0]["name"] for each in found.values()] == ["Aland", "Pays d’Aland"]
    assert [each["description"] for each in found.values()] == [f"Aland: {NOTE}", "Pays d’Aland\xa0: Sans préjudice."]
    assert {(each["language"], each["title"], each["type"]) for each in found.values()} == {
        ("en", "Opening", "Fireside chat")
    }


def test_the_schedule_links_to_what_is_out(full: Session, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    release(summit)
    (link,) = event(summit)["links"]
    assert (link["type"], link["title"]) == ("related", "On borders")
    assert Client().get(link["url"].split("localhost:8000")[-1]).status_code == 200
    assert [each.text for each in schedule(summit)[1].iter("link")] == ["On borders"]
    # The file is kept: what is held meanwhile is in it no more, though nothing of the agenda changed.
    hold = {"held_at": ago(0.1), "held_by": Embargo.objects.get().decided_by, "hold_reason": "wait"}
    Embargo.objects.update(**hold)
    assert (event(summit)["links"], list(schedule(summit)[1].iter("link"))) == ([], [])

    def passes() -> None:
        """Let the moment pass: nothing is counted then."""
        Embargo.objects.update(held_at=None, held_by=None, hold_reason="", moment=ago(-1))
        assert event(summit)["links"] == []
        with without_trigger("press_embargo", "press_embargo_counted_update"):
            Embargo.objects.update(moment=ago(0.1))

    passes()
    assert len(event(summit)["links"]) == 1
    # The control: without what it depends on a cached file would go on without the link.
    monkeypatch.setattr(page_version, "_clock_values", [])
    monkeypatch.setattr(page_version, "_VERSION", Prepared(page_version._version))
    passes()
    assert event(summit)["links"] == []


def test_who_may_not_know_who_speaks_learns_of_no_text(full: Session, summit: Summit) -> None:
    Session.objects.filter(pk=full.pk).update(participants_to=Visibility.ACCREDITED)
    release(summit)
    found = event(summit)
    assert (found["links"], found["persons"], found["description"]) == ([], [], "")


@needs_schemas
def test_files_with_all_that_is_public_are_valid(full: Session, summit: Summit) -> None:
    for kept in ({}, {f"{part}_to": Visibility.ACCREDITED for part in ("title", "room", "times")}):
        Session.objects.filter(pk=full.pk).update(**kept)
        release(summit)
        found = event(summit)
        assert (len(found["links"]), len(found["attachments"])) == (1, 1)
        check_schedule(*schedule(summit))
        delays.announce_delay(session=full, by=UserFactory.with_role(Role.ORGANISER, summit))
        check_schedule(*schedule(summit))


def test_changes_say_in_which_language_each_word_stands(full: Session, summit: Summit) -> None:
    Summit.objects.filter(pk=summit.pk).update(public_changes=True)
    release(summit)
    Session.objects.filter(pk=full.pk).update(title="Closing", custom_kind=None)
    SessionText.objects.filter(session=full).update(title="Clôture")
    full.participants.filter(role="chair").delete()
    release(summit)
    sides = {
        query: re.findall(
            r'<(?:del|ins) lang="(\w+)" dir="auto">([^<]+)<',
            Client().get(f"/{summit.slug}/agenda/changes/?lang={query}").content.decode(),
        )
        for query in ("fr", "ar")
    }
    assert {language for language, _said in sides["fr"]} == {"fr"}
    assert [said for _language, said in sides["fr"]] == [
        *("Ouverture", "Clôture", "Causerie", "séance plénière", "Pays d’Aland¹")
    ]
    assert sides["ar"][:3] == [("en", "Opening"), ("en", "Closing"), ("en", "Fireside chat")]
    assert [language for language, _said in sides["ar"][3:]] == ["ar", "en"]
    page = Client().get(f"/{summit.slug}/agenda/changes/?lang=fr").content.decode()
    assert re.search(r'<h3><bdi lang="fr"><a [^>]+>Clôture</a></bdi>', page)


def test_speeches_begin_after_the_opening_if_times_are_known(full: Session, summit: Summit) -> None:
    SlotFactory(session=full, position=1)
    Session.objects.filter(pk=full.pk).update(opening=10)
    release(summit)

    def begin() -> list[datetime | None]:
        people = ReleasedSession.objects.public(summit).get().people
        return [place.about for place in people if place.slot_key]

    assert begin() == [full.starts_at + timedelta(minutes=minutes) for minutes in (10, 15)]
    Session.objects.filter(pk=full.pk).update(times_to=Visibility.ACCREDITED)
    release(summit)
    assert begin() == [None, None]
