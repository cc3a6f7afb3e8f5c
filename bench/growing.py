"""How the agenda's pages grow with its sessions: queries and processor time at 100, 500 and 2,000 of them with 2,000
people.

Processor time is this process' own, so that what else the machine does stretches nothing; on SQLite it holds the
database's work too. Each page is made whole, with nothing kept; the portal's also as the process keeps it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.releasing import SIZES
from sessions.draft.models.participants import Participant
from sessions.releases.services import releases
from summit.core.process_cache import forget_all
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from summit.users.models import User

TURNS, SLACK = 3, 1.25


@dataclass(frozen=True)
class Cost:
    """What one thing cost at one size: queries, and milliseconds of the processor, the least of several turns."""

    name: str
    sessions: int
    queries: int
    milliseconds: float


def measure(summit: Summit, sessions: int) -> Iterator[Cost]:
    """Measure all on a summit of `bench.releasing`, whose agenda is released."""
    reader = _reader(summit)
    mine = f"/portal/agenda/?summit={summit.slug}"
    yield _cost("preview of a release", sessions, lambda: _preview(summit))
    yield _cost("public agenda", sessions, _page(Client(), f"/{summit.slug}/agenda/", whole=True))
    yield _cost("my agenda", sessions, _page(reader, mine, whole=True))
    yield _cost("my agenda, kept", sessions, _page(reader, mine))
    yield _cost("all that I may see", sessions, _page(reader, f"{mine}&show=all", whole=True))
    yield _cost("all that I may see, kept", sessions, _page(reader, f"{mine}&show=all"))


def verdict(costs: list[Cost]) -> str:
    """Say of one thing at rising sizes whether its queries are constant, and its time grows at most as the sessions
    do, from the fewest to the most, give or take what such a measurement is off."""
    constant = len({cost.queries for cost in costs}) == 1
    fewest, most = costs[0], costs[-1]
    linear = most.milliseconds / fewest.milliseconds <= most.sessions / fewest.sessions * SLACK
    said = "queries constant, linear"
    return said if constant and linear else f"NOT {said}"


def by_name(costs: list[Cost]) -> dict[str, list[Cost]]:
    """Group costs by what they are of, each by rising size."""
    found: dict[str, list[Cost]] = {}
    for cost in sorted(costs, key=lambda cost: SIZES.index(cost.sessions)):
        found.setdefault(cost.name, []).append(cost)
    return found


def _reader(summit: Summit) -> Client:
    """Sign the first who takes part in the agenda's first session in, an account of their own."""
    person = Participant.objects.filter(session__summit=summit).order_by("pk")[0].person
    if person is None:
        raise RuntimeError("nobody takes part by name")
    person.user = User.objects.create_user(email=person.email, name=person.name)
    person.save()
    found = Client()
    found.force_login(person.user)
    return found


def _preview(summit: Summit) -> None:
    forget_all()
    releases.preview(summit=summit)


def _page(client: Client, address: str, *, whole: bool = False) -> Callable[[], None]:
    def ask() -> None:
        if whole:
            PAGES.clear()
            forget_all()
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")

    return ask


def _cost(name: str, sessions: int, do: Callable[[], None]) -> Cost:
    do()
    taken = []
    for _turn in range(TURNS):
        started = time.process_time()
        do()
        taken.append(time.process_time() - started)
    with CaptureQueriesContext(connection) as queries:
        do()
    return Cost(name, sessions, len(queries), min(taken) * 1000)
