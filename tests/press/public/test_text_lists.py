"""The press site's lists narrowed by what one chooses, and the feeds of the same."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.embargoes.services import embargoes
from press.formats import feeds
from press.public.upcoming_sessions import sessions_next
from press.published_texts.selectors import by_change, changed_last, listed
from press.texts.models.editions import Edition, EditionState
from press.texts.models.texts import TextKind
from sessions.delays.models import DelayNotice, SessionRun
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import read
from tests.database_clock import stop
from tests.module_fixtures import once_a_module
from tests.press.helpers import add_edition, ago, approver, make_text, move_to_now, organiser

pytestmark = pytest.mark.django_db


def speech(session: Session, position: int = 0, *, name: str = "Ada Alander", party: str = "Aland") -> Slot:
    found = session.summit.parties.filter(name=party).first() or f.PartyFactory(summit=session.summit, name=party)
    speaker = session.summit.people.filter(name=name).first() or f.PersonFactory(summit=session.summit, name=name)
    return f.SlotFactory(session=session, party=found, speaker=speaker, position=position)


def text_of(slot: Slot, **words: Any) -> Edition:
    edition = make_text(summit=slot.session.summit, **{"moment": ago(1), **words})
    text = edition.version.text
    text.slot, text.kind, text.wording = slot, TextKind.TRANSCRIPT, "delivered"
    text.save()
    return edition


def test_what_begins_next_is_by_what_was_recorded(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was started early comes no more, and one that is announced as late is awaited."""
    [opening] = Session.objects.filter(title="Opening")
    found = []
    for minutes, model in ((-20, None), (5, None), (5, DelayNotice), (-20, SessionRun)):
        stop(monkeypatch, opening.starts_at + timedelta(minutes=minutes))
        if model is not None:
            by = {"started_by" if model is SessionRun else "announced_by": f.UserFactory()}
            model.objects.create(session=opening, **by)
        found.append([row.title for row in sessions_next(summit)])
    assert found == [["Opening"], [], ["Opening"], []]


def release(summit: Summit) -> None:
    releases.release(summit=summit, by=organiser(summit), tell=False)


@once_a_module
def summit() -> Summit:
    """Return a summit with two sessions in its released agenda: the first is everybody's, the second isn't."""
    summit: Summit = f.SummitFactory()
    opening = f.SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    closed = f.SessionFactory(summit=summit, title="Closed talks", visibility=Visibility.PARTICIPANTS)
    slots = [speech(opening), speech(opening, 1, name="Bo Berg", party="Beland")]
    slots.append(speech(closed, name="Cy", party="Celand"))
    release(summit)
    for number, slot in enumerate(slots):
        text_of(slot, slug=f"speech-{number}", title=f"Speech {number}.", moment=ago(3 - number / 2))
    make_text(summit=summit, moment=ago(1), slug="statement", title="Statement.", body="On fish.")
    return summit


def page(summit: Summit, query: str = "") -> str:
    return read(Client(), f"/{summit.slug}/press/{query}")


def titles(content: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", content)


def options(content: str, name: str) -> dict[str, str]:
    """Return the values that a field offers to choose, by what is read."""
    field = re.search(rf'<select id="{name}".*?</select>', content, re.DOTALL)
    found = re.findall(r'<option value="([^"]*)"[^>]*>([^<]+)</option>', field.group()) if field else []
    return {label: value for value, label in found if value}


def offered(content: str, name: str) -> list[str]:
    return list(options(content, name))


def test_each_choice_shows_what_has_it(summit: Summit) -> None:
    whole = page(summit)
    assert titles(whole) == ["Statement.", "Speech 2.", "Speech 1.", "Speech 0."]
    for name, labels, number, shown in (
        ("kind", ["Statement (1)", "Transcript (3)"], 1, ["Speech 2.", "Speech 1.", "Speech 0."]),
        ("speaker", ["Ada Alander (1)", "Bo Berg (1)", "Cy (1)"], 1, ["Speech 1."]),
        ("party", ["Aland (1)", "Beland (1)", "Celand (1)"], 2, ["Speech 2."]),
    ):
        assert offered(whole, name) == labels
        narrowed = page(summit, f"?{name}={options(whole, name)[labels[number]]}")
        assert titles(narrowed) == shown
        # What else can be chosen of a field goes on being offered; of the others, what is left.
        assert offered(narrowed, name) == labels
    only = page(summit, f"?kind=transcript&party={options(whole, 'party')['Aland (1)']}")
    assert (titles(only), offered(only, "speaker"), offered(only, "kind")) == (["Speech 0."], [], ["Transcript (1)"])


def test_a_session_is_told_as_the_released_agenda_tells_everybody(summit: Summit) -> None:
    opening, closed = (Session.objects.get(summit=summit, title=title) for title in ("Opening", "Closed talks"))
    for session, title in ((opening, "On the opening."), (closed, "On talks.")):
        text = make_text(summit=summit, moment=ago(0.5), title=title).version.text
        text.session = session
        text.save()
    assert "Closed talks" not in page(summit)
    assert titles(page(summit, f"?session={opening.public_id}")) == ["On the opening.", "Speech 1.", "Speech 0."]
    nothing = page(summit, f"?session={closed.public_id}")
    assert (titles(nothing), "other" in nothing) == ([], True)
    assert nothing == page(summit, "?session=0000000000000000").replace("0000000000000000", closed.public_id)
    # The control: a session that everybody may know is offered.
    Session.objects.filter(pk=closed.pk).update(visibility=Visibility.PUBLIC)
    release(summit)
    assert offered(page(summit), "session") == ["Closed talks (2)", "Opening (3)"]
    assert titles(page(summit, f"?session={closed.public_id}")) == ["On talks.", "Speech 2."]


def test_days_are_those_of_the_venue() -> None:
    summit = f.SummitFactory(time_zone="Pacific/Auckland")
    begins, second = datetime(2025, 3, 30, 11, tzinfo=UTC), timedelta(seconds=1)
    ends = begins + timedelta(days=1)
    for slug, moment in (("before", begins - second), ("first", begins), ("last", ends - second), ("after", ends)):
        make_text(summit=summit, moment=moment, decided_at=moment, title=slug)
    for query, shown in (
        ("?since=2025-03-31&until=2025-03-31", ["last", "first"]),
        ("?since=2025-03-31", ["after", "last", "first"]),
        ("?until=2025-03-30", ["before"]),
        ("?since=2025-02-30&until=2025-02-30", ["after", "last", "first", "before"]),
        ("?since=9999-12-31&until=0001-01-01", ["after", "last", "first", "before"]),
    ):
        assert titles(page(summit, query)) == shown, query


def test_a_language_lists_texts_as_they_are_in_it(summit: Summit) -> None:
    edition = Edition.objects.get(title="Statement.")
    french = f.TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    draft = add_edition(french, state=EditionState.DRAFT, title="Déclaration.")
    link = f'<a href="/{summit.slug}/press/statement/fr/" lang="fr" hreflang="fr"'
    assert offered(page(summit), "language") == []
    Edition.objects.filter(pk=draft.pk).delete()
    add_edition(french, title="Déclaration.")
    whole = page(summit)
    assert (offered(whole, "language"), whole.count(link)) == (["English (4)", "French (1)"], 1)
    narrowed = page(summit, "?language=fr")
    assert (titles(narrowed), link in narrowed) == (["Déclaration."], False)


def test_lists_and_feeds_are_kept_and_right_at_each_change(summit: Summit, settings: Any) -> None:
    settings.KEPT_PAGES = 10_000_000
    base = f"/{summit.slug}/press/"
    paths = [base, f"{base}feed.atom?kind=statement", f"{base}?q=on"]

    def told(word: str) -> list[bool]:
        return [word in Client().get(path).content.decode() for path in paths]

    coming = make_text(summit=summit, moment=ago(-1), title="On newness.")
    assert told("newness.") == [False] * 3
    with CaptureQueriesContext(connection) as captured:
        assert told("newness.") == [False] * 3
    # Pages of a search are made anew, among what is kept.
    assert len(captured) == 1 + 1 + 7
    move_to_now(coming.version.text.embargo)
    assert told("newness.") == [True] * 3
    embargoes.hold(embargo=coming.version.text.embargo, reason="Wait.", by=approver(summit))
    assert told("newness.") == [False] * 3


def test_what_changed_last_is_found_from_the_ends_of_indexes() -> None:
    """Moments, late approvals, corrections and withdrawals put texts first; what isn't public is passed over."""
    summit = f.SummitFactory()
    for hours in range(2, 12):
        make_text(summit=summit, moment=ago(hours), decided_at=ago(30), title=f"T{hours}")
    make_text(summit=summit, moment=ago(20), decided_at=ago(1.5), title="Late")
    make_text(summit=summit, moment=ago(21), decided_at=ago(30), withdrawn_at=ago(2.5), title="Withdrawn")
    corrected = make_text(summit=summit, moment=ago(22), decided_at=ago(30), title="Wrong")
    add_edition(corrected.version, decided_at=ago(3.5), title="Corrected")
    make_text(summit=summit, moment=ago(1), held=True, decided_at=ago(30), title="Held")
    make_text(summit=summit, moment=ago(-1), decided_at=ago(0.5), title="Coming")
    make_text(moment=ago(1), decided_at=ago(0.5), title="Another summit's")
    whole = list(by_change(listed(summit)))
    assert [edition.title for edition in whole[:6]] == ["Late", "T2", "Withdrawn", "T3", "Corrected", "T4"]
    for most in range(1, len(whole) + 2):
        assert changed_last(summit, most) == [edition.pk for edition in whole[:most]], most


def test_a_feed_reads_no_text_that_is_older_than_those_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight texts it reads the keys of three, whose third says that another page follows."""
    monkeypatch.setattr(feeds, "LENGTH", 2)
    summit, read = f.SummitFactory(), list[int]()
    for hours in range(1, 9):
        make_text(summit=summit, moment=ago(hours), decided_at=ago(30), title=f"T{hours}")
    fetch = SQLCompiler.results_iter

    def count(compiler: SQLCompiler, *given: Any, **named: Any) -> Any:
        rows = list(fetch(compiler, *given, **named))
        read.append(len(rows))
        return iter(rows)

    monkeypatch.setattr(SQLCompiler, "results_iter", count)
    feed = Client().get(f"/{summit.slug}/press/feed.atom").content.decode()
    assert ("T2" in feed, "T3" in feed, max(read)) == (True, False, 3)


def test_lists_without_anything_say_so_in_words(summit: Summit) -> None:
    assert "Nothing published yet." in page(f.SummitFactory())
    assert "No published text has these words or similar words." in page(summit, "?q=xylophone")
    for query in ("?kind=notice", "?speaker=x", "?until=1999-01-01", "?language=tlh"):
        assert "No published texts match your filters." in page(summit, query)


def test_what_comes_next_is_of_the_public_agenda_alone() -> None:
    summit = f.SummitFactory()
    for year, title in ((2025, "Past"), (2197, "Secret"), (2199, "Second"), (2198, "First")):
        start = datetime(year, 3, 1, 9, tzinfo=UTC)
        seen_by = Visibility.PARTICIPANTS if title == "Secret" else Visibility.PUBLIC
        times = {"starts_at": start, "ends_at": start.replace(hour=10)}
        f.SessionFactory(summit=summit, title=title, visibility=seen_by, **times)
    release(summit)
    # A text that is ready for a moment says nothing of it here.
    make_text(summit=summit, moment=ago(-1), title="Embargoed")
    content = page(summit)
    aside = content.partition("Next on the agenda")[2]
    assert re.findall(r'dir="auto">(Past|Secret|First|Second)<', aside) == ["First", "Second"]
    assert ("Embargoed" in content, "Next on the agenda" in page(summit, "?q=x")) == (False, False)
