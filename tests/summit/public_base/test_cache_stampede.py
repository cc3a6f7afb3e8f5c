"""Of those who ask at once for a page that has to be made anew, one makes it; what the others read meanwhile."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseNotFound
from hypothesis import given, settings
from hypothesis import strategies as st

from summit.public_base import page_cache
from summit.public_base.page_cache import PageCache
from summit.public_base.page_version import Version
from tests.processes import wait_for
from tests.threads import beside

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
