"""The press site's lists narrowed by what one chooses, and the feeds of the same."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.domain import lifts
from press.models import Edition, EditionState, TextKind
from sessions.domain import releases
from sessions.models import Session, Slot, Visibility
from summit.models import Summit
from tests.factories import (
    PartyFactory,
    PersonFactory,
    SessionFactory,
    SlotFactory,
    SummitFactory,
    TextVersionFactory,
    TopicFactory,
    UserFactory,
)
from tests.press.helpers import add_edition, ago, approver, make_lift, make_text, move_to_now, organiser

pytestmark = pytest.mark.django_db


def speech(session: Session, position: int = 0, *, name: str = "Ada Alander", party: str = "Aland") -> Slot:
    found = session.summit.parties.filter(name=party).first() or PartyFactory(summit=session.summit, name=party)
    speaker = session.summit.people.filter(name=name).first() or PersonFactory(summit=session.summit, name=name)
    slot: Slot = SlotFactory(session=session, party=found, speaker=speaker, position=position)
    return slot


def text_of(slot: Slot, **words: Any) -> Edition:
    """Publish a text of a speech."""
    edition = make_text(summit=slot.session.summit, **{"moment": ago(1), **words})
    text = edition.version.text
    text.slot, text.kind, text.wording = slot, TextKind.TRANSCRIPT, "delivered"
    text.save()
    return edition


@pytest.fixture
def summit() -> Summit:
    """A summit with two sessions in its released agenda: the first is everybody's, the second isn't."""
    summit: Summit = SummitFactory()
    opening = SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    closed = SessionFactory(summit=summit, title="Closed talks", visibility=Visibility.PARTICIPANTS)
    slots = [
        speech(opening),
        speech(opening, 1, name="Bo Berg", party="Beland"),
        speech(closed, name="Cy", party="Celand"),
    ]
    releases.release(summit=summit, by=organiser(summit), tell=False)
    for number, slot in enumerate(slots):
        text_of(slot, slug=f"speech-{number}", title=f"Speech {number}.", moment=ago(3 - number / 2))
    make_text(summit=summit, moment=ago(1), slug="statement", title="Statement.", body="On fish.")
    return summit


def page(summit: Summit, query: str = "", client: Client | None = None) -> str:
    answer = (client or Client()).get(f"/{summit.slug}/press/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def titles(content: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", content)


def offered(content: str, name: str) -> list[str]:
    """What a field offers to choose, as it is read."""
    field = re.search(rf'<select id="{name}".*?</select>', content, re.DOTALL)
    return re.findall(r"<option [^>]*>([^<]+)</option>", field.group())[1:] if field else []


def value(content: str, name: str, label: str) -> str:
    field = re.search(rf'<select id="{name}".*?</select>', content, re.DOTALL)
    assert field
    found = re.search(rf'<option value="([^"]*)"[^>]*>{label} \(', field.group())
    assert found
    return found.group(1)


def test_each_choice_shows_what_has_it(summit: Summit) -> None:
    whole = page(summit)
    assert titles(whole) == ["Statement.", "Speech 2.", "Speech 1.", "Speech 0."]
    assert offered(whole, "kind") == ["Statement (1)", "Transcript (3)"]
    assert offered(whole, "speaker") == ["Ada Alander (1)", "Bo Berg (1)", "Cy (1)"]
    assert offered(whole, "party") == ["Aland (1)", "Beland (1)", "Celand (1)"]
    for name, label, shown in (
        ("kind", "Transcript", ["Speech 2.", "Speech 1.", "Speech 0."]),
        ("speaker", "Bo Berg", ["Speech 1."]),
        ("party", "Celand", ["Speech 2."]),
    ):
        narrowed = page(summit, f"?{name}={value(whole, name, label)}")
        assert titles(narrowed) == shown
        # What else can be chosen of a field goes on being offered; of the others, what is left.
        assert offered(narrowed, name) == offered(whole, name)
    only = page(summit, f"?kind=transcript&party={value(whole, 'party', 'Aland')}")
    assert titles(only) == ["Speech 0."]
    assert offered(only, "speaker") == []
    assert offered(only, "kind") == ["Transcript (1)"]


def test_a_session_is_told_as_the_released_agenda_tells_everybody(summit: Summit) -> None:
    whole = page(summit)
    assert "Closed talks" not in whole
    opening, closed = (Session.objects.get(summit=summit, title=title) for title in ("Opening", "Closed talks"))
    assert titles(page(summit, f"?session={opening.public_id}")) == ["Speech 1.", "Speech 0."]
    nothing = page(summit, f"?session={closed.public_id}")
    assert titles(nothing) == []
    assert nothing == page(summit, "?session=0000000000000000").replace("0000000000000000", closed.public_id)
    assert "something else" in nothing


def test_control_a_session_that_everybody_may_know_is_offered(summit: Summit) -> None:
    closed = Session.objects.get(summit=summit, title="Closed talks")
    closed.visibility = Visibility.PUBLIC
    closed.save()
    releases.release(summit=summit, by=organiser(summit), tell=False)
    assert offered(page(summit), "session") == ["Closed talks (1)", "Opening (2)"]
    assert titles(page(summit, f"?session={closed.public_id}")) == ["Speech 2."]


def test_days_are_those_of_the_venue() -> None:
    summit = SummitFactory(time_zone="Pacific/Auckland")
    for slug, moment in (
        ("before", datetime(2025, 3, 30, 10, 59, 59, tzinfo=UTC)),
        ("first", datetime(2025, 3, 30, 11, 0, tzinfo=UTC)),
        ("last", datetime(2025, 3, 31, 10, 59, 59, tzinfo=UTC)),
        ("after", datetime(2025, 3, 31, 11, 0, tzinfo=UTC)),
    ):
        make_text(summit=summit, moment=moment, decided_at=moment, title=slug)
    assert titles(page(summit, "?since=2025-03-31&until=2025-03-31")) == ["last", "first"]
    assert titles(page(summit, "?since=2025-03-31")) == ["after", "last", "first"]
    assert titles(page(summit, "?until=2025-03-30")) == ["before"]
    for nonsense in ("31.3.2025", "2025-02-30", "0001-01-01", "9999-12-31", "x"):
        assert len(titles(page(summit, f"?since={nonsense}&until={nonsense}"))) == 4


def test_a_language_lists_texts_as_they_are_in_it(summit: Summit) -> None:
    edition = Edition.objects.get(title="Statement.")
    french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    add_edition(french, title="Déclaration.")
    whole = page(summit)
    assert offered(whole, "language") == ["English (4)", "French (1)"]
    narrowed = page(summit, "?language=fr")
    assert titles(narrowed) == ["Déclaration."]
    assert f'href="/{summit.slug}/press/statement/fr/" lang="fr" dir="ltr">' in narrowed


def test_topics_are_offered_as_the_reader_calls_them(summit: Summit) -> None:
    fish, ships = (TopicFactory(summit=summit, name=name) for name in ("Fish", "Ships"))
    fish.names = {"fr": "Poissons"}
    fish.save()
    TopicFactory(summit=summit, name="Nobody's")
    Edition.objects.get(title="Statement.").version.text.topics.add(fish, ships)
    Edition.objects.get(title="Speech 0.").version.text.topics.add(ships)
    hidden = make_text(summit=summit, state="draft", moment=ago(1), title="Hidden.")
    hidden.version.text.topics.add(TopicFactory(summit=summit, name="Secret"))
    whole = page(summit)
    assert offered(whole, "topic") == ["Fish (1)", "Ships (2)"]
    assert offered(page(summit, "?lang=fr"), "topic") == ["Poissons (1)", "Ships (2)"]
    assert titles(page(summit, f"?topic={ships.public_id}")) == ["Statement.", "Speech 0."]
    assert titles(page(summit, f"?topic={ships.public_id}&kind=statement")) == ["Statement."]


def test_a_text_about_a_session_is_found_by_it_as_far_as_everybody_may_know(summit: Summit) -> None:
    opening, closed = (Session.objects.get(summit=summit, title=title) for title in ("Opening", "Closed talks"))
    for session, title in ((opening, "On the opening."), (closed, "On talks.")):
        text = make_text(summit=summit, moment=ago(0.5), title=title).version.text
        text.session = session
        text.save()
    assert titles(page(summit, f"?session={opening.public_id}")) == ["On the opening.", "Speech 1.", "Speech 0."]
    assert titles(page(summit, f"?session={closed.public_id}")) == []


def test_lists_and_feeds_are_kept_and_right_at_each_change(summit: Summit, settings: Any) -> None:
    settings.KEPT_PAGES = 10_000_000
    base = f"/{summit.slug}/press/"
    paths = [base, f"{base}?kind=statement", f"{base}feed.atom?kind=statement", f"{base}feed.json", f"{base}?q=on"]

    def told(word: str) -> list[bool]:
        return [word in Client().get(path).content.decode() for path in paths]

    coming = make_text(summit=summit, moment=ago(-1), title="On newness.")
    assert told("newness.") == [False] * 5
    with CaptureQueriesContext(connection) as captured:
        assert told("newness.") == [False] * 5
    # Pages of a search are made anew, among what is kept.
    assert len(captured) == 2 + 2 + 1 + 1 + 8
    move_to_now(coming.version.text.lift)
    assert told("newness.") == [True] * 5
    lifts.hold(lift=coming.version.text.lift, reason="Wait.", by=approver(summit))
    assert told("newness.") == [False] * 5


def test_what_was_chosen_can_be_taken_out_and_has_one_address(summit: Summit, settings: Any) -> None:
    home = f"/{summit.slug}/press/"
    content = page(summit, "?until=2099-01-01&kind=statement&lang=fr&q=fish")
    address = "?q=fish&kind=statement&until=2099-01-01"
    assert f'<link rel="canonical" href="{settings.BASE_URL}{home}{address.replace("&", "&amp;")}">' in content
    chips = re.findall(r'class="chip" href="([^"]*)"', content)
    assert [chip.replace("&amp;", "&") for chip in chips] == [
        "?lang=fr&kind=statement&until=2099-01-01",
        "?lang=fr&q=fish&until=2099-01-01",
        "?lang=fr&q=fish&kind=statement",
    ]
    for name in ("feed.atom", "feed.json"):
        assert f'href="{home}{name}{address.replace("&", "&amp;")}"' in content
    sent = Client().get(f"{home}?q=fish&kind=statement&speaker=&since=&until=2099-01-01&lang=fr")
    assert (sent.status_code, sent["Location"]) == (302, f"{home}?lang=fr&q=fish&kind=statement&until=2099-01-01")


def test_lists_without_anything_say_so_in_words(summit: Summit) -> None:
    empty = SummitFactory()
    assert "Nothing has been published yet." in page(empty)
    assert "<details" not in page(empty).partition("<main")[2]
    assert "No text that has been published has these words, or words like them." in page(summit, "?q=xylophone")
    for query in ("?kind=notice", "?q=fish&kind=transcript", "?speaker=x", "?until=1999-01-01", "?language=tlh"):
        content = page(summit, query)
        assert "No text that has been published has all that you chose." in content
        assert "Show all texts" in content


def test_states_stand_in_the_list_and_corrections_beside_the_newest() -> None:
    summit = SummitFactory()
    old = make_text(summit=summit, moment=ago(9), decided_at=ago(10), title="Old.")
    add_edition(old.version, title="Put right.", decided_at=ago(2), change_note="A number.")
    make_text(summit=summit, moment=ago(5), withdrawn_at=ago(1), title="Taken back.")
    held = make_text(summit=summit, moment=ago(9), decided_at=ago(10), held=True, title="Held.")
    add_edition(held.version, title="Held and right.", decided_at=ago(1))
    content = page(summit)
    assert titles(content) == ["Taken back.", "Put right."]
    assert content.count('data-state="bad">withdrawn<') == content.count('data-state="warn">corrected<') == 1
    aside = content.partition("<aside")[2]
    assert "Corrected lately" in aside
    assert ("Put right." in aside, "Taken back." in aside) == (True, False)
    assert "Corrected lately" not in page(summit, "?kind=statement")


def test_what_comes_next_is_of_the_public_agenda_alone() -> None:
    summit = SummitFactory()
    for day, title, visibility in (
        (1, "Past", Visibility.PUBLIC),
        (3, "Secret", Visibility.PARTICIPANTS),
        (4, "Second", Visibility.PUBLIC),
        (2, "First", Visibility.PUBLIC),
    ):
        year = 2025 if title == "Past" else 2199
        start = datetime(year, 3, day, 9, tzinfo=UTC)
        SessionFactory(
            summit=summit, title=title, visibility=visibility, starts_at=start, ends_at=start.replace(hour=10)
        )
    releases.release(summit=summit, by=organiser(summit), tell=False)
    # A text that is ready for a moment says nothing of it here.
    make_text(summit=summit, moment=ago(-1), title="Embargoed")
    content = page(summit)
    aside = content.partition("Next on the agenda")[2]
    assert re.findall(r'dir="auto">(Past|Secret|First|Second)<', aside) == ["First", "Second"]
    assert "Embargoed" not in content
    assert "Next on the agenda" not in page(summit, "?q=x")


def test_feeds_give_what_is_asked_for(summit: Summit, settings: Any) -> None:
    base = f"/{summit.slug}/press/feed"
    query = "?q=speech&kind=transcript"
    data = json.loads(Client().get(f"{base}.json{query}").content)
    assert [item["title"] for item in data["items"]] == ["Speech 2.", "Speech 1.", "Speech 0."]
    assert data["feed_url"] == f"{settings.BASE_URL}{base}.json{query}"
    assert data["home_page_url"] == f"{settings.BASE_URL}/{summit.slug}/press/{query}"
    atom = Client().get(f"{base}.atom?kind=statement").content.decode()
    assert f'rel="self" type="application/atom+xml" href="{settings.BASE_URL}{base}.atom?kind=statement"' in atom
    assert re.findall(r"<title>(\w+ ?\d?\.)</title>", atom) == ["Statement."]
    # Another order of the parameters is the same feed.
    swapped = Client().get(f"{base}.json?kind=transcript&lang=en&q=speech").content
    assert json.loads(swapped) == data
    assert json.loads(Client().get(f"{base}.json?kind=poem").content)["items"] == []


def test_a_feed_of_a_choice_gives_what_changed_last(summit: Summit) -> None:
    first = Edition.objects.get(title="Speech 0.")
    add_edition(first.version, title="Speech 0, put right.", decided_at=ago(0.1))
    data = json.loads(Client().get(f"/{summit.slug}/press/feed.json?kind=transcript").content)
    assert [item["title"] for item in data["items"]] == ["Speech 0, put right.", "Speech 2.", "Speech 1."]


def test_a_text_in_a_list_leads_to_its_other_languages_once_they_are_public(summit: Summit) -> None:
    edition = make_text(summit=summit, moment=ago(1), title="Said in two.", slug="said-in-two")
    french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    draft = add_edition(french, state=EditionState.DRAFT, title="Dit en deux.")
    link = f'<a href="/{summit.slug}/press/said-in-two/fr/" lang="fr" hreflang="fr"'
    assert link not in Client().get(f"/{summit.slug}/press/").content.decode()
    Edition.objects.filter(pk=draft.pk).update(
        state=EditionState.APPROVED, decided_by=UserFactory(), decided_at=ago(1)
    )
    assert Client().get(f"/{summit.slug}/press/").content.decode().count(link) == 1
    assert link not in Client().get(f"/{summit.slug}/press/?language=fr").content.decode()


def test_queries_stay_the_same(summit: Summit) -> None:
    queries = ["", "?kind=transcript", "?language=en", "?since=2020-01-01", "?q=speech", "?page=2"]
    queries += [f"?session={Session.objects.get(title='Opening').public_id}"]
    paths = [f"/{summit.slug}/press/{query}" for query in queries]
    paths += [f"/{summit.slug}/press/feed.atom?kind=transcript", f"/{summit.slug}/press/feed.json?q=speech"]

    def count() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert Client().get(path).status_code == 200
            found.append(len(captured))
        return found

    def fill(number: int) -> None:
        lift = make_lift(summit, ago(1))
        for each in range(number):
            session = SessionFactory(summit=summit, title=f"Part {number}.{each}", visibility=Visibility.PUBLIC)
            text_of(
                speech(session, name=f"Di {number}.{each}", party=f"Land {number}.{each}"), lift=lift, title="Speech."
            )
        releases.release(summit=summit, by=organiser(summit), tell=False)

    fill(20)
    before = count()
    fill(12)
    assert count() == before
    assert max(before) <= 14
