"""What the desk's heaviest pages and lists take on a large summit: queries, milliseconds of the processor and, of
forms, bytes, asked for again while nothing changes, as somebody who works there does all day."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import pages
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.conflicts.selectors.warnings import warnings
from sessions.draft.models.sessions import Session
from sessions.screens.services import screens
from summit.api_base import token_services
from summit.api_base.scopes import all_scopes
from summit.maintenance import heartbeats
from summit.summits.models import Summit
from summit.users.models import User

TURNS = 9
# Milliseconds of a list of the API, of which two processes are to give 120 a second.
API = 2 * 1000 / 120
# Bytes of a form, however many delegations and people there are to choose from.
FORM = 60_000
# Bytes of the board with all sessions.
BOARD = 300_000
# What a move on it may take until the other board shows it, besides the time until that one asks.
MOVE = 500


@dataclass(frozen=True)
class Aim:
    """A page or list, and what is promised of it: milliseconds, queries and, if not 0, bytes at most."""

    name: str
    path: str
    milliseconds: float
    queries: int
    size: int = 0
    # Whether it is asked for as by whoever has it already: it answers that nothing has changed.
    unchanged: bool = False


@dataclass(frozen=True)
class Cost:
    """What one took: the least of several turns, since whatever else the machine does only adds to it."""

    aim: Aim
    milliseconds: float
    queries: int
    size: int


def aims(summit: Summit) -> tuple[list[Aim], list[Aim]]:
    """Return the desk's pages, and lists of the API for programs."""
    slug, desk = summit.slug, f"/api/v1/summits/{summit.slug}/desk"
    session = Session.objects.filter(summit=summit).annotate(seats=Count("participants")).order_by("-seats", "pk")[0]
    party = f"/admin/autocomplete/?summit={slug}&app_label=agenda&model_name=participant&field_name=party&term=fr"
    board = "/admin/agenda/session/board/"
    palette = f"/admin/palette/?summit={slug}"
    return [
        Aim("home", f"/admin/?summit={slug}", 80, 15),
        Aim("next release", f"/admin/agenda/release/prepare/{slug}/", 100, 10),
        Aim("run of the day", f"/admin/press/text/run/?summit={slug}", 100, 15),
        Aim("list of people", f"/admin/summit/person/?summit__id__exact={summit.pk}", 100, 15),
        Aim("form of a session", f"/admin/agenda/session/add/?summit={slug}", 100, 15, FORM),
        Aim("the fullest form of a session", f"/admin/agenda/session/{session.pk}/change/", 150, 30, FORM),
        Aim("its fullest list of participants", f"/admin/agenda/session/{session.pk}/edit/participants/", 150, 30),
        Aim("board of all days", f"{board}?summit={slug}&day=all", 500, 15, BOARD),
        Aim("board: has anything changed", f"{board}version/?summit={slug}", 10, 6),
        Aim("board: what a move would make", f"{board}check/?summit={slug}&place={_place(session)}", 100, 30),
        Aim("a delegation found by typing", party, 30, 10),
        Aim("palette: found everywhere", f"{palette}&q=fr", 50, 20),
        Aim("palette: two words, found nowhere", f"{palette}&q=visa+support", 50, 15),
    ], [
        Aim("API: 50 people", f"{desk}/people/?page_size=50", API, 6),
        Aim("API: 50 sessions of the draft", f"{desk}/sessions/?page_size=50", API, 6),
    ]


def of_a_screen(summit: Summit, by: User) -> list[Aim]:
    """Return what a screen in the foyer asks for: its page, and every few seconds whether anything has changed."""
    screen = screens.create(by=by, summit=summit, values={"name": "Foyer"})
    page = urlsplit(screens.new_address(screen=screen, by=by)).path
    content = f"{page}content/"
    return [
        Aim("a screen's page", page, 20, 10),
        Aim("a screen: what is on", content, 20, 10),
        Aim("a screen: has anything changed", content, 20, 10, unchanged=True),
    ]


def _place(session: Session, later: int = 5) -> str:
    """Return a place on the board: where a session is, but some minutes later."""
    begins = session.starts_at.astimezone(session.summit.zone)
    first = begins.hour * 60 + begins.minute + later
    return f"{session.pk}:{begins:%Y-%m-%d}:{first}:{first + 30}:{session.room_id or ''}"


def move_on_board(summit: Summit) -> float:
    """Move a session on the board of all days; return the milliseconds of the processor until another board shows it.

    It is stored and checked, and answered with the changed board. The other one asks for the version, as every other
    second, and for its changed board, which must be that version.
    """
    session = Session.objects.filter(summit=summit, room__isnull=False).order_by("starts_at", "pk")[0]
    mine, other = (pages.client(pages.ORGANISER, summit) for _board in range(2))
    board, version = "/admin/agenda/session/board/", f"/admin/agenda/session/board/version/?summit={summit.slug}"
    url = f"{board}?summit={summit.slug}&day=all&part=1"
    taken = []
    for turn in range(1, TURNS + 1):
        began = time.process_time()
        answers = [mine.post(url, {"do": "place", "place": _place(session, 5 * turn), "pinned": "1"})]
        number = other.get(version)
        answers += [number, other.get(url)]
        taken.append((time.process_time() - began) * 1000)
        if {answer.status_code for answer in answers} != {200}:
            raise RuntimeError(f"the board answered {[answer.status_code for answer in answers]}")
        if f'data-version="{number.content.decode().strip()}"' not in answers[-1].content.decode():
            raise RuntimeError("the other board doesn't show the move")
    return min(taken)


def measure(summit: Summit) -> Iterator[Cost]:
    """Yield what each page and list took."""
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    # As where beat runs.
    heartbeats.begin("sweep", every=1)
    organiser = User.objects.filter(roles__summit=summit, roles__role="organiser").order_by("pk")[0]
    secret = token_services.make(by=organiser, name="bench", scopes=all_scopes(), summit=summit).secret
    by_hand, program = aims(summit)
    for client, found in (
        (pages.client(pages.ORGANISER, summit), by_hand),
        (Client(headers={"Authorization": f"Bearer {secret}"}), program),
        (Client(), of_a_screen(summit, organiser)),
    ):
        yield from (_cost(client, aim) for aim in found)


def conflicts(summit: Summit) -> Cost:
    """Return what all conflicts of the draft take, read anew."""
    aim = Aim("all conflicts of the draft", "", 500, 15)
    with CaptureQueriesContext(connection) as queries:
        warnings(summit, draft(summit))
    taken = []
    for _turn in range(TURNS):
        began = time.process_time()
        warnings(summit, draft(summit))
        taken.append((time.process_time() - began) * 1000)
    return Cost(aim, min(taken), len(queries), 0)


def _cost(client: Client, aim: Aim) -> Cost:
    first = client.get(aim.path)
    size = 0 if aim.unchanged else len(first.content)
    if aim.unchanged:
        client.defaults["HTTP_IF_NONE_MATCH"] = first["ETag"]
    with CaptureQueriesContext(connection) as queries:
        _ask(client, aim)
    # The next request begins to count anew.
    counted = len(queries)
    return Cost(aim, min(_ask(client, aim) for _turn in range(TURNS)), counted, size)


def _ask(client: Client, aim: Aim) -> float:
    began = time.process_time()
    answer = client.get(aim.path)
    if answer.status_code != (304 if aim.unchanged else 200):
        raise RuntimeError(f"{aim.path} answered {answer.status_code}")
    return (time.process_time() - began) * 1000
