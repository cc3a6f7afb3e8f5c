"""How many queries the press office's pages, lists and services take: as many for few rows as for many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.delivery_check.models import PassageCheck
from press.embargoes.services import bulk_decisions
from press.subscriptions.services import announcements
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import EmbargoMode
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.press import helpers as h
from tests.press.api.test_texts import full_text
from tests.press.overview.test_publication_schedule import give, session_at
from tests.press.public.test_text_lists import speech, text_of
from tests.summit.api.conftest import program

pytestmark = pytest.mark.django_db
# What makes so many more rows, and what is asked of them.
Scene = Callable[[Summit], tuple[Callable[[int], object], Callable[[], object]]]


def get(client: Client, *paths: str) -> None:
    for path in paths:
        assert client.get(path).status_code == 200, path


def announcing(summit: Summit) -> Any:
    def more(number: int) -> None:
        f.SubscriberFactory.create_batch(number, summit=summit)
        h.make_text(summit=summit, moment=h.ago(1))

    return more, announcements.announce_due


def list_and_page(summit: Summit) -> Any:
    client, edition = signed_in(h.officer(summit)), h.make_text(summit=summit, moment=h.ago(1))

    def more(number: int) -> None:
        for _each in range(number):
            for state in EditionState.values:
                h.make_text(summit=summit, moment=h.ago(-1), state=state, speech=True)
            h.add_edition(edition.version)

    page = f"/admin/press/text/{edition.version.text_id}/"
    return more, lambda: get(client, "/admin/press/text/", page)


def approving_many(summit: Summit) -> Any:
    by, editions = h.approver(summit), list[Edition]()

    def more(number: int) -> None:
        editions.extend(h.make_text(summit=summit, state=EditionState.IN_REVIEW) for _each in range(number))

    def ask() -> None:
        texts = [each.version.text for each in editions]
        assert len(
            bulk_decisions.find_targets(action=bulk_decisions.BULK_DECISIONS["approve"], texts=texts, by=by).to
        ) == len(editions)

    return more, ask


def moving_a_session(summit: Summit) -> Any:
    world = h.Floor(summit, by=h.organiser(summit))
    held = {"held_at": world.session.starts_at, "held_by": world.by, "hold_reason": "wait"}

    def more(number: int) -> None:
        for _each in range(number):
            place = world.session.slots.count()
            h.hang(world._slot(f"Speaker {place}", place), h.waits(summit, **held))

    def ask() -> None:
        row = world.fresh()
        times = {"starts_at": row.starts_at + h.HOUR, "ends_at": row.ends_at + h.HOUR}
        cancel_and_move.move(session=row, room=None, by=world.by, **times)

    return more, ask


def passages_to_mark(summit: Summit) -> Any:
    by, texts = h.officer(summit), list[str]()
    client = signed_in(by)

    def more(number: int) -> None:
        body = "\n\n".join(f"Words {n}." for n in range(9 * number))
        edition = h.make_text(summit=summit, speech=True, body=body)
        for place in range(1, 1 + 4 * number):
            PassageCheck.objects.create(edition=edition, anchor=f"p-{place}", kind="accept", by=by)
        texts.append(f"/admin/press/text/{edition.version.text_id}/marking/?version=en")

    return more, lambda: get(client, texts[-1])


def public_pages(summit: Summit) -> Any:
    """Lists, what they are narrowed by, feeds, maps, and a text in its formats."""
    opening = f.SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    home, topic, by = f"/{summit.slug}/press/", f.TopicFactory(summit=summit), h.organiser(summit)
    h.make_text(summit=summit, moment=h.ago(2), slug="a-text")
    asked = ["", "?kind=transcript&language=en", f"?session={opening.public_id}", "?q=speech", "?q=speeck"]
    asked += ["?q=xylophone", "feed.atom?kind=transcript", "feed.json?q=speech", "sitemap.xml", "a-text/"]
    paths = ["/sitemap.xml", f"/{summit.slug}/", f"/api/v1/summits/{summit.slug}/texts/", f"{home}a-text.json"]
    paths += [home + each for each in asked]

    def more(number: int) -> None:
        embargo = h.make_embargo(summit, h.ago(1))
        for _each in range(number):
            place = opening.slots.count()
            slot = speech(opening, place, name=f"Di {place}", party=f"Land {place}")
            edition = text_of(slot, embargo=embargo, title="Speech.", decided_at=h.ago(5))
            edition.version.text.topics.add(topic)
            h.add_edition(edition.version, decided_at=h.ago(0.5), change_note="c", title="Speech.")
        releases.release(summit=summit, by=by, tell=False)

    return more, lambda: get(Client(), *paths)


def _day(summit: Summit, session: Session, number: int) -> None:
    """Fill a day's run: what goes out, what is late, what was approved alone, what was not sent."""
    for _each in range(number):
        embargo = h.make_embargo(summit, None, mode=EmbargoMode.DELIVERED)
        give(f.SlotFactory(session=session, position=session.slots.count(), minutes=1), "Speech", embargo)
        edition = h.make_text(summit=summit, moment=db_now() + h.HOUR / 60, held=True, emergency_reason="Alone.")
        h.add_language(edition.version.text, "fr")
        h.make_text(summit=summit, moment=h.ago(1), state="draft")
        h.make_text(summit=summit)
        unsent = h.make_text(summit=summit, moment=h.ago(3), emergency_reason="Alone.")
        about = {"kind": "publication", "subject_key": f"press.edition:{unsent.public_id}"}
        f.MessageFactory(summit=summit, state="failed", problem="550", **about)


def run_and_calendar(summit: Summit) -> Any:
    client, session = signed_in(h.officer(summit)), session_at(summit, db_now())
    pages = ["/admin/press/text/run/", "/admin/press/text/embargoes/"]
    return lambda number: _day(summit, session, number), lambda: get(client, *pages)


def run_by_the_api(summit: Summit) -> Any:
    asks, session = program(h.officer(summit)), session_at(summit, db_now())

    def ask() -> None:
        assert asks.post(f"summits/{summit.slug}/desk/texts/run/", {}).status_code == 200

    return lambda number: _day(summit, session, number), ask


def lists_of_the_api(summit: Summit) -> Any:
    asks = program(f.UserFactory.with_role(Role.PRESS_OFFICER, summit))
    names = ["texts", "versions", "editions", "lifts", "markings", "attachments", "topics", "subscribers"]

    def more(number: int) -> None:
        for _each in range(number):
            full_text(summit)

    def ask() -> None:
        for name in (*names, "announcements"):
            assert asks.get(f"summits/{summit.slug}/desk/{name}/").status_code == 200, name

    return more, ask


NARROW: tuple[Scene, ...] = (announcing, list_and_page)
BROAD: tuple[Scene, ...] = (
    approving_many,
    moving_a_session,
    passages_to_mark,
    public_pages,
    run_and_calendar,
    run_by_the_api,
    lists_of_the_api,
)
every_scene = pytest.mark.broad("makes many texts for each of the other pages; two scenes are always played")


@pytest.mark.parametrize(
    "scene", [*NARROW, *(pytest.param(scene, marks=every_scene) for scene in BROAD)], ids=lambda scene: scene.__name__
)
def test_queries_do_not_grow(scene: Scene) -> None:
    more, ask = scene(f.SummitFactory())
    more(1)
    # What an account may do, and that it has seen what it has seen, is kept from the first time on.
    ask()
    counts = []
    # Two at once tie in their moment, which search then decides by their words.
    for number in (2, 3):
        more(number)
        with CaptureQueriesContext(connection) as queries:
            ask()
        counts.append(len(queries))
    assert counts[0] == counts[1]
