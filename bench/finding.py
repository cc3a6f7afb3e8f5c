"""How the press site's list, search and feeds grow with what is published: queries and processor time at 1,000 and
10,000 texts, each page made whole.

Processor time is this process' own; on SQLite it holds the database's work too.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.demo import synthetic
from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors import released_agenda
from summit.core.process_cache import forget_all
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit

SIZES = (1000, 10_000)
TURNS, SLACK = 3, 1.25
# Pages that take as long however many texts there are.
FLAT = frozenset({"feed", "search", "search that guesses", "search that finds nothing", "feed of a search"})


@dataclass(frozen=True)
class Cost:
    """What one page cost at one size: queries, and milliseconds of the processor, the least of several turns."""

    name: str
    texts: int
    queries: int
    milliseconds: float


def load(texts: int) -> Summit:
    """Load a summit with so many texts, and of the rest as much at every size."""
    sizes = synthetic.Sizes(delegations=40, sessions=60, people=200, texts=texts)
    return synthetic.load(slug=f"texts-{texts}", sizes=sizes)


def measure(summit: Summit, texts: int) -> Iterator[Cost]:
    """Measure the list, narrowed and not, the search, where it finds, guesses and finds all, and the feeds."""
    home = f"/{summit.slug}/press/"
    speeches = released_agenda.public_agenda(summit=summit).filter(participants__role=ReleasedRole.SPEAKER)
    pages = {
        "press list": "",
        "press list, page 20": "?page=20",
        "texts of a session": f"?session={speeches[0].session.public_id}",
        "texts narrowed": "?kind=notice&language=en&since=2025-05-05&until=2099-01-01",
        # As many texts at every size have these words, and all of them those below.
        "search": "?q=synthetic+harbour",
        "search that guesses": "?q=harbuors",
        "search that finds nothing": "?q=xylophone",
        "search that finds all": "?q=paragraph+programs",
        "feed": "feed.atom",
        "feed of a search": "feed.json?q=synthetic+harbour",
        "feed narrowed": "feed.json?kind=notice&q=paragraph",
    }
    for name, path in pages.items():
        yield _cost(name, texts, home + path)


def verdict(few: Cost, many: Cost) -> str:
    """Say whether queries are constant, and time grows at most as the texts do, or not at all where that is promised,
    give or take what a measurement is off."""
    flat = many.name in FLAT
    kept = many.milliseconds / few.milliseconds <= (1 if flat else many.texts / few.texts) * SLACK
    said = f"queries constant, {'flat' if flat else 'linear'}"
    return said if kept and few.queries == many.queries else f"NOT {said}"


def _cost(name: str, texts: int, address: str) -> Cost:
    browser, taken = Client(), []
    for _turn in range(TURNS):
        PAGES.clear()
        forget_all()
        started = time.process_time()
        response = browser.get(address)
        taken.append(time.process_time() - started)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
    PAGES.clear()
    forget_all()
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return Cost(name, texts, len(queries), min(taken) * 1000)
