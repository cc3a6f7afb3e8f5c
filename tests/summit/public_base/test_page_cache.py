"""Public pages that are kept: the same bytes, few queries, never older than the database, made by one of many."""

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Now
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.test import Client, RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from delegations.parties.models.parties import Party, PartyName
from delegations.parties.models.policy import Policy
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from sessions.documents.models import Document
from sessions.draft.models.sessions import Session
from sessions.privacy.services import _erase_released
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.privacy.registry import subject_of
from summit.public_base import page_cache
from summit.public_base.page_cache import PAGES, PageCache, cached_page
from summit.public_base.page_version import Version, read_version
from summit.summits.models import PublicVersion, Stamp, Summit
from summit.users.models import User
from tests import factories as f
from tests.database_clock import stop
from tests.press.helpers import make_text
from tests.processes import wait_for
from tests.sessions.conftest import SILENTLY
from tests.threads import beside

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def opening(summit: Summit, party: Party, organiser: User) -> Session:
    made: Session = f.SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    speaker = f.PersonFactory(summit=summit, name="Ada Speaker", office="Minister")
    f.ParticipantFactory(session=made, party=party, role="chair")
    f.SlotFactory(session=made, speaker=speaker)
    releases.release(summit=summit, by=organiser)
    return made


def _get(path: str, **headers: str) -> Any:
    response = Client().get(f"/here/{path}", headers=headers)
    assert response.status_code in (200, 304)
    return response


def test_a_page_is_made_once(
    opening: Session, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each answer says how many seconds caches may still store it.
    stop(monkeypatch, db_now())
    # Also those that say what is on now, and so follow the clock.
    for path in (
        "",
        "agenda/",
        "agenda/grid/",
        "press/",
        "agenda.ics",
        "agenda/schedule.json",
        "agenda/schedule.xml",
    ):
        made = _get(path)
        with django_assert_num_queries(1):
            again = _get(path)
        assert again.content == made.content
        names = ("ETag", "Content-Type", "Cache-Control", "Content-Language")
        assert [again[name] for name in names] == [made[name] for name in names]


Write = Callable[[Session, User], object]


def _named_in_french(opening: Session, by: User) -> None:
    PartyName.objects.bulk_create([PartyName(party=Party.objects.get(), language="fr", name="Île d’Aland")])


def _released(opening: Session, by: User) -> None:
    Session.objects.filter(pk=opening.pk).update(title="Solemn opening")
    releases.release(summit=opening.summit, by=by)


# What is written, with what is read then.
WRITES: dict[str, tuple[str, Write]] = {
    "a delegation's name": ("Newland", lambda opening, by: Party.objects.update(name="Newland")),
    "its name in a language": ("", _named_in_french),
    # The office stays.
    "who is forgotten": (">Minister<", lambda opening, by: _erase_released(subject_of(opening.slots.get().speaker))),
    "a release": ("Solemn opening", _released),
    "flags": ("", lambda opening, by: Policy.objects.create(summit=opening.summit, shows_flags=False)),
    "the summit's name": ("All of them", lambda opening, by: Summit.objects.update(name="All of them")),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_change_is_read_at_once(what: str, opening: Session, organiser: User) -> None:
    before = read_version("here")
    _get("agenda/")
    new, write = WRITES[what]
    write(opening, organiser)
    page = _get("agenda/").content.decode()
    PAGES.clear()
    assert page == _get("agenda/").content.decode()
    assert (new in page, read_version("here") != before) == (True, True)


def test_control_without_the_stamp(opening: Session, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "read_version", lambda slug: Version(1, 1))
    _get("agenda/")
    for new, write in WRITES.values():
        write(opening, organiser)
        assert not new or new not in _get("agenda/").content.decode()


def test_a_summit_that_is_not_public_any_more_is_not_there(summit: Summit, opening: Session) -> None:
    _get("agenda/")
    Summit.objects.filter(pk=summit.pk).update(public=False)
    assert Client().get("/here/agenda/").status_code == 404


def test_each_language_is_a_page(opening: Session, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for path, language in (("agenda/", "en"), ("agenda/?lang=fr", "fr"), ("agenda/", "en")):
        assert f'<html lang="{language}"' in _get(path).content.decode()
    size = PAGES.size
    assert "utm=x" in _get("agenda/?utm=x").content.decode()
    assert PAGES.size == size


def test_compressed_for_those_who_understand_it(opening: Session) -> None:
    plain = _get("agenda/")
    packed = _get("agenda/", accept_encoding="br, gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert (plain["Vary"], packed["ETag"] != plain["ETag"]) == ("Accept-Encoding", True)
    assert not _get("agenda/", accept_encoding="gzip;q=0, br").has_header("Content-Encoding")
    for response, encoding in ((plain, "identity"), (packed, "gzip")):
        again = _get("agenda/", accept_encoding=encoding, if_none_match=response["ETag"])
        assert (again.status_code, again.content) == (304, b"")


def test_what_a_page_says_in_its_headers_is_kept_with_it(summit: Summit) -> None:
    said = {"Link": '<https://hub.example/>; rel="hub"', "X-Robots-Tag": "noindex", "Content-Type": "text/plain"}
    made: list[str] = []

    def view(request: HttpRequest, summit: str) -> HttpResponse:
        made.append(summit)
        return HttpResponse("words", headers=said | {"ETag": '"of-the-view"', "Content-Length": "99"})

    kept = cached_page()(view)
    for _time in range(2):
        answer = kept(RequestFactory().get("/here/"), summit="here")
        assert {name: answer[name] for name in said} == said
        assert answer["ETag"] != '"of-the-view"'
        assert not answer.has_header("Content-Length")
    assert made == ["here"]


def test_nothing_is_kept_where_the_setting_says_so(opening: Session, settings: Any) -> None:
    settings.KEPT_PAGES = 0
    first, second = _get("agenda/"), _get("agenda/")
    assert (first.content, first["ETag"], PAGES.size) == (second.content, second["ETag"], 0)


def test_the_cache_holds_no_more_than_it_may() -> None:
    cache, now = PageCache(), Version(1, 1)
    makes: list[object] = []

    def ask(asked: object, size: int = 10, version: Version = now) -> None:
        cache.answer(asked, version, lambda: makes.append(asked) or HttpResponse(b"x" * size), 80)

    for number in range(10):
        ask(number)
        ask(0)
    assert (cache.size, makes) == (80, list(range(10)))
    # What was not asked for longest has gone.
    ask(1)
    assert makes[-1] == 1
    ask("large", 11)
    ask("large", 11)
    assert (makes[-2:], cache.size) == (["large", "large"], 80)
    ask(9, 4, Version(2, 2))
    assert cache.size == 74


def stamp() -> Stamp:
    """Return what triggers have counted of a summit's public pages."""
    counted = PublicVersion.objects.counted("pk")
    key, changes, removals = Summit.objects.filter(slug="here").values_list("pk", *counted.values()).get()
    return Stamp(key, changes or 0, removals or 0)


def test_two_who_write_at_once_count_beside_each_other(summit: Summit, party: Party) -> None:
    before = stamp()
    other = f.PartyFactory(summit=summit, name="Beland")
    Party.objects.update(name=Concat("name", Value("s")))
    after = stamp()
    # SQLite counts rows, PostgreSQL statements.
    assert after.changes - before.changes == (3 if connection.vendor == "sqlite" else 2)
    assert other.summit_id == after.summit


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_writer_waits_for_another_and_what_commits_late_is_seen(summit: Summit) -> None:
    one, two = f.PartyFactory(summit=summit, name="Aland"), f.PartyFactory(summit=summit, name="Beland")
    with transaction.atomic():
        Party.objects.filter(pk=one.pk).update(name="Alandia")
        with beside(lambda: Party.objects.filter(pk=two.pk).update(name="Belandia")):
            pass
        with beside(stamp) as reader:
            pass
        between = reader.outcome
    after = stamp()
    assert (after.changes, after.removals) == (between.changes + 1, between.removals + 1)
    assert PublicVersion.objects.filter(summit_id=summit.pk).count() == 2


class TestWhatIsTakenAway:
    """Which changes a page of before may not be shown after."""

    def counted(self, write: Callable[[], object]) -> tuple[bool, bool]:
        """Return whether a write counts as a change, and as one that takes away."""
        before = stamp()
        write()
        after = stamp()
        return after.changes > before.changes, after.removals > before.removals

    def released(self, opening: Session, by: User, **values: Any) -> tuple[bool, bool]:
        Session.objects.filter(pk=opening.pk).update(**values)
        return self.counted(lambda: releases.release(summit=opening.summit, by=by, decisions=SILENTLY))

    def test_a_release_says_it_of_itself(self, opening: Session, organiser: User) -> None:
        assert self.released(opening, organiser, title="Solemn opening") == (True, False)
        assert self.released(opening, organiser, participants_to=Visibility.ACCREDITED) == (True, True)
        assert self.released(opening, organiser, participants_to="") == (True, False)
        assert self.released(opening, organiser, visibility=Visibility.ACCREDITED) == (True, True)
        assert self.released(opening, organiser, visibility=Visibility.PUBLIC) == (True, False)
        assert self.released(opening, organiser, cancelled_at=f.START) == (True, True)

    def test_a_paper_that_is_gone_is_taken_away(self, opening: Session, organiser: User) -> None:
        paper = f.DocumentFactory(session=opening, added_by=organiser)
        assert self.released(opening, organiser) == (True, False)
        Document.objects.filter(pk=paper.pk).update(removed_at=f.START)
        assert self.released(opening, organiser) == (True, True)

    def test_how_parties_are_called(self, opening: Session, party: Party) -> None:
        assert self.counted(lambda: Party.objects.update(name="Newland")) == (True, True)

    def test_a_text_is_counted_once_it_may_be_read_or_is_about_to(self, opening: Session) -> None:
        def edited() -> tuple[bool, bool]:
            return self.counted(lambda: Edition.objects.update(decision_note="Well"))

        def lifted(moment: Any) -> tuple[bool, bool]:
            return self.counted(lambda: Embargo.objects.update(moment=moment))

        by, made = f.UserFactory(), []
        assert self.counted(lambda: made.append(make_text(summit=opening.summit, reader=by))) == (False, False)
        text = made[0].version.text
        Embargo.objects.update(decided_by=by)
        assert (edited(), lifted(Now() + timedelta(hours=2)), edited()) == ((False, False),) * 3
        # About to be read: whoever commits a minute late is counted too.
        assert (lifted(Now() + timedelta(minutes=50)), edited()) == ((True, False), (True, True))
        assert lifted(Now() - timedelta(minutes=1)) == (True, True)
        assert self.counted(lambda: f.EditionFactory(version=made[0].version, number=2)) == (True, False)
        withdrawn = {"withdrawn_at": Now(), "withdrawn_by": by, "withdrawal_reason": "It was wrong."}
        assert self.counted(lambda: Text.objects.filter(pk=text.pk).update(**withdrawn)) == (True, True)
        # Taken out of sight again.
        assert (lifted(Now() + timedelta(days=1)), edited()) == ((True, True), (False, False))


# --- of those who ask at once one makes it --------------------------------------------------------------------------
MOST = 1 << 20


@dataclass
class Site:
    """A page of the numbers that stand now, and how often it was made. While `gate` is closed, nothing is made."""

    cache: PageCache = field(default_factory=PageCache)
    numbers: frozenset[int] = frozenset({1})
    changes: int = 1
    removals: int = 1
    made: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # What stood, and until when: by number of changes.
    past: dict[int, tuple[frozenset[int], float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate.set()

    def version(self) -> Version:
        since = time.monotonic()
        with self.lock:
            return Version(self.changes, self.removals, since)

    def make(self) -> HttpResponse:
        with self.lock:
            self.made.append(self.changes)
        assert self.gate.wait(20)
        with self.lock:
            return HttpResponse(" ".join(map(str, sorted(self.numbers))))

    def read(self, version: Version | None = None) -> str:
        """Ask for the page; return what stands on it."""
        answer = self.cache.answer("page", version or self.version(), self.make, MOST)
        return answer.content.decode()

    def change(self, *, add: int = 0, take: int = 0) -> None:
        with self.lock:
            self.past[self.changes] = self.numbers, time.monotonic()
            self.numbers = (self.numbers | {add} if add else self.numbers) - {take}
            self.changes += 1
            self.removals += bool(take)


@pytest.fixture
def site() -> Site:
    return Site()


def test_one_makes_it_for_all_who_wait(site: Site) -> None:
    site.gate.clear()
    with beside(site.read) as one, beside(site.read) as two, beside(site.read) as three:
        wait_for(lambda: site.made == [1], 20, "it is made")
        site.gate.set()
    assert [one.outcome, two.outcome, three.outcome] == ["1", "1", "1"]
    assert site.made == [1]


def test_while_it_is_made_the_others_read_the_one_before(site: Site) -> None:
    assert site.read() == "1"
    site.change(add=2)
    site.gate.clear()
    with beside(site.read) as builder:
        wait_for(lambda: site.made == [1, 2], 20, "it is made")
        assert site.read() == "1"
        site.gate.set()
    assert (builder.outcome, site.read(), site.made) == ("1 2", "1 2", [1, 2])


@pytest.mark.parametrize("why", ["taken away", "too old"])
def test_but_not_what_is_taken_away_or_too_old(why: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.change(add=2)
    assert site.read() == "1 2"
    if why == "too old":
        monkeypatch.setattr(page_cache, "STALE", 0.0)
        site.change(add=3)
    else:
        site.change(take=2)
    site.gate.clear()
    with beside(site.read) as builder:
        wait_for(lambda: len(site.made) == 2, 20, "it is made")
        with beside(site.read) as waiting:
            assert waiting.is_alive()
            site.gate.set()
    expected = "1" if why == "taken away" else "1 2 3"
    assert [builder.outcome, waiting.outcome] == [expected, expected]
    assert len(site.made) == 2


def test_control_whoever_reads_no_removals_reads_what_was_taken_away(site: Site) -> None:
    site.change(add=2)
    site.read()
    site.change(take=2)
    site.removals = 1
    site.gate.clear()
    with beside(site.read):
        wait_for(lambda: len(site.made) == 2, 20, "it is made")
        assert site.read() == "1 2"
        site.gate.set()


def test_where_it_can_not_be_made_the_next_one_tries(site: Site) -> None:
    failed: list[int] = []

    def fail() -> HttpResponse:
        failed.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        site.cache.answer("page", site.version(), fail, MOST)
    gone = site.cache.answer("page", site.version(), HttpResponseNotFound, MOST)
    assert (type(gone), site.cache.size) == (HttpResponseNotFound, 0)
    assert site.read() == "1"
    assert failed == [1]


def test_nobody_waits_for_ever(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "PATIENCE", 0.01)
    site.gate.clear()
    with beside(site.read):
        wait_for(lambda: site.made == [1], 20, "it is made")
        answer = site.cache.answer("page", site.version(), lambda: HttpResponse("mine"), MOST)
        assert answer.content == b"mine"
        site.gate.set()
    # What took so long is older than what was made meanwhile, and doesn't replace it.
    assert site.read() == "mine"


ACTS = st.lists(st.tuples(st.sampled_from(["add", "take"]), st.integers(1, 4)), min_size=1, max_size=12)


@pytest.mark.slow("lets threads read while pages change")
@settings(max_examples=8)
@given(acts=ACTS, readers=st.integers(2, 5))
def test_nobody_reads_what_was_taken_away_nor_what_is_old(acts: list[tuple[str, int]], readers: int) -> None:
    """Whatever changes while many read: each reads what stood when they asked or later, or what stood less than two
    seconds before and of which nothing was taken away since."""
    site, ends = Site(), threading.Event()
    seen: list[tuple[Version, str]] = []

    def read() -> None:
        while not ends.is_set():
            version = site.version()
            seen.append((version, site.read(version)))

    threads = [threading.Thread(target=read) for _number in range(readers)]
    for thread in threads:
        thread.start()
    for act, number in acts:
        site.change(**{act: number})
        time.sleep(0)
    ends.set()
    for thread in threads:
        thread.join(20)
    site.change()
    for version, words in seen:
        _check(site, version, frozenset(map(int, words.split())))


def _check(site: Site, version: Version, numbers: frozenset[int]) -> None:
    number: Any = version.whole
    states = [site.past[change] for change in sorted(site.past)]
    fresh = [stood for stood, until in states if until >= version.since]
    if numbers in fresh:
        return
    recent = [stood for stood, until in states[: number - 1] if until >= version.since - page_cache.STALE]
    assert numbers in recent
    # What was read before and is not now has not been taken away: it stood in each state up to the one asked for.
    assert numbers <= states[number - 1][0]
