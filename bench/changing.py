"""What readers wait for while what they read changes: each page of a public agenda of 500 sessions is asked for by
eight connections, first while nothing happens, then while a session is moved and released each second.

Beside it what a page costs whoever asks first: after a change, in processor time of this process, and in a process
that has made nothing yet.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client

from bench import connections, serving
from bench.moving import Moves, moving, organiser
from sessions.agenda.selectors import released_agenda
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases as releases_services
from sessions.visibility.models import Visibility
from summit.core.process_cache import forget_all
from summit.public_base import made_ahead
from summit.public_base.page_cache import PAGES
from summit.public_base.page_version import read_version
from summit.summits.models import Summit

CONNECTIONS, SECONDS = 8, 6.0
TURNS = 5
# The pages that are made ahead, and the most milliseconds that their first reader costs.
AHEAD, MOST_AHEAD = ("summit’s home", "agenda", "press list"), 10.0
# The least rate while it changes, as a part of the quiet one, and the longest wait of 99 in 100, in milliseconds.
LEAST, MOST = 0.8, 200.0
# Changes after which reading the version takes as long as before.
PAST = 5_000
# Milliseconds that it may take.
READING = 0.2


@dataclass(frozen=True)
class Waits:
    """How many answers came a second while nothing happened, and while the page changed; how long those took of which
    half, and 99 in 100, took less, in milliseconds; how many releases there were, and which part of the machine was
    left beside them."""

    name: str
    quiet: float
    changing: float
    half: float
    nearly_all: float
    releases: int
    left: float

    @property
    def kept(self) -> bool:
        """Whether it is within what is promised: of what whoever changes it leaves of the machine."""
        return self.changing >= LEAST * self.quiet * self.left and self.nearly_all <= MOST


@dataclass(frozen=True)
class First:
    """What whoever asks first for a page costs, in milliseconds of the processor: after a change, and in a process
    that has made nothing yet. `most` is promised of the former. `ahead` is what is left where a process has made
    pages ahead, as it does at its start and after a release."""

    name: str
    changed: float
    cold: float
    ahead: float
    most: float

    @property
    def kept(self) -> bool:
        """Whether it is within what is promised."""
        return self.changed <= self.most and (self.name not in AHEAD or self.ahead <= MOST_AHEAD)


def make_public(summit: Summit) -> int:
    """Release all sessions for everybody; return how many there are."""
    hidden = {f"{part}_to": "" for part in ("title", "room", "times", "participants", "documents")}
    Session.objects.filter(summit=summit).update(visibility=Visibility.PUBLIC, **hidden)
    releases_services.release(summit=summit, by=organiser(summit))
    return released_agenda.public_agenda(summit=summit).count()


def paths(summit: Summit) -> dict[str, tuple[str, float]]:
    """Return the pages that are measured, each with the milliseconds that are promised to who asks first."""
    key = released_agenda.public_agenda(summit=summit)[0].session.public_id
    return {
        "summit’s home": (f"/{summit.slug}/", 100),
        "agenda": (f"/{summit.slug}/agenda/", 120),
        "session’s page": (f"/{summit.slug}/agenda/{key}/", 70),
        "agenda.ics": (f"/{summit.slug}/agenda.ics", 148),
        "schedule.json": (f"/{summit.slug}/agenda/schedule.json", 175),
        "press list": (f"/{summit.slug}/press/", 85),
        "feed": (f"/{summit.slug}/press/feed.atom", 97),
        "speech’s page": (serving.speech(summit), 71),
        "API: agenda": (f"/api/v1/summits/{summit.slug}/agenda/", 60),
    }


def first(summit: Summit) -> Iterator[First]:
    """Yield what the first reader of each page costs."""
    client, moves, pages = Client(), Moves(summit), paths(summit)
    changed: dict[str, list[float]] = {name: [] for name in pages}
    for path, _most in pages.values():
        _cost(client, path)
    for _turn in range(TURNS):
        moves.release()
        for name, (path, _most) in pages.items():
            changed[name].append(_cost(client, path))
    for name, (path, most) in pages.items():
        cold, ahead = [], []
        for _turn in range(TURNS):
            _forget()
            cold.append(_cost(client, path))
            _forget()
            made_ahead.make({})
            ahead.append(_cost(client, path))
        middle = {kind: statistics.median(found) for kind, found in (("cold", cold), ("ahead", ahead))}
        yield First(name, statistics.median(changed[name]), **middle, most=most)


def _forget() -> None:
    PAGES.clear()
    forget_all()


def _cost(client: Client, path: str) -> float:
    started = time.process_time()
    answer = client.get(path, headers={"host": "localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return (time.process_time() - started) * 1000


def waits(summit: Summit) -> Iterator[Waits]:
    """Yield how each page is answered while nothing happens and while it changes each second."""
    with serving.serving() as port:
        for name, (path, _most) in paths(summit).items():
            _ask(port, path, 1.0)
            quiet = _ask(port, path, SECONDS / 2)
            with moving(summit) as end:
                changing = _ask(port, path, SECONDS)
                released, taken = end()
            # Before and after: the machine itself is faster now and then.
            quiet += _ask(port, path, SECONDS / 2)
            order = sorted(changing)
            yield Waits(
                name,
                len(quiet) / SECONDS,
                len(changing) / SECONDS,
                order[len(order) // 2],
                order[int(len(order) * 0.99)],
                released,
                1 - taken / SECONDS / (os.cpu_count() or 1),
            )


def _ask(port: int, path: str, seconds: float) -> list[float]:
    return connections.answers(port, connections.question(path), seconds=seconds, connections=CONNECTIONS)


def version(summit: Summit) -> tuple[float, float]:
    """Return the milliseconds that reading the version of public pages takes, now and after many more changes."""
    before = _reading(summit)
    for _number in range(PAST):
        Summit.objects.filter(pk=summit.pk).update(accent=summit.accent)
    return before, _reading(summit)


def _reading(summit: Summit) -> float:
    taken = []
    for _turn in range(200):
        started = time.perf_counter()
        read_version(summit.slug)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)
