"""Every address, asked by each kind of reader for own, foreign, other summits' and missing objects."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import override_settings

from press.public.api import texts as press_api
from press.public.views import texts as press_views
from press.published_texts.selectors import find_public_edition
from press.texts.models.texts import Text
from sessions.draft.models.sessions import Session
from summit.admin_base import model_pages
from summit.backoffice.summits import VenueAdmin
from summit.permissions.route_access import Gate
from summit.permissions.route_table import RouteAnswer, declared
from summit.summits.models import Summit, Venue
from summit.users.models import User
from tests.routes.access_matrix import PATTERNS, differing, known_readers, opened, telling
from tests.routes.world import World, make_world

# Who may do what is decided above the database: it is asked on SQLite.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.broad("makes a row of every kind, and asks every address by each kind of reader"),
]
ROUTES = {name: route for name, route in declared().items() if name in PATTERNS}
# By their gate; those of the desk by app, where it has many.
AREAS: defaultdict[str, list[str]] = defaultdict(list)
for _name, _route in sorted(ROUTES.items()):
    _app = re.split("[:/_]", _name)[1:2]
    _of_app = _route.gate == Gate.DESK and _app[0] in ("delegations", "press", "agenda", "summit")
    AREAS[_app[0] if _of_app else str(_route.gate)].append(_name)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make the world once for this module's tests, in a transaction that is rolled back after them."""
    lasting = override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=86400)
    # Each refusal would be logged, some with their traceback.
    logging.disable(logging.ERROR)
    with lasting, django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        with known_readers():
            yield made
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def wrong(world: World, *names: str) -> list[str]:
    return [each for name in names for each in differing(world, ROUTES[name])]


def told(world: World, *names: str) -> list[str]:
    """Return where a method that isn't answered tells something, at addresses that pick an object, but for those that
    open to whoever holds what stands in them."""
    picking = [ROUTES[name] for name in names if ROUTES[name].kind and ROUTES[name].gate != Gate.HOLDER]
    return [each for route in picking for each in telling(world, route)]


@pytest.mark.parametrize("area", sorted(AREAS))
def test_the_answers_are_the_declared_ones(world: World, area: str) -> None:
    assert wrong(world, *AREAS[area]) == []


@pytest.mark.postgresql
def test_every_page_opens_on_postgresql_too(world: World) -> None:
    # The API's description is read and its links are followed there (tests/summit/api).
    pages = [route for name, route in ROUTES.items() if route.gate != Gate.API and name != "api-schema"]
    answers = {name: answer for route in pages for name, answer in opened(world, route).items()}
    assert {name: answer for name, answer in answers.items() if answer != RouteAnswer.YES} == {}
    assert len(answers) > 250


def test_a_wrong_method_tells_nothing(world: World) -> None:
    assert told(world, *ROUTES) == []


def test_control_a_method_that_finds_rows_first_tells(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VenueAdmin, "get_queryset", lambda self, request: Venue.objects.all())
    found = told(world, "admin:summit_venue_change")
    assert any("DELETE" in each and "by vetting of another summit's" in each for each in found)


@pytest.mark.parametrize(("name", "module"), [("press:text", press_views), ("text-detail", press_api)])
def test_control_public_texts_that_are_found_and_then_hidden_are_told(
    world: World, name: str, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(summit: Summit, slug: str, language: str | None) -> Any:
        if Text.objects.filter(summit=summit, slug=slug).exists():
            Text.objects.count()
        return find_public_edition(summit, slug, language)

    monkeypatch.setattr(module, "find_public_edition", late)
    assert any("of hidden" in each and "for what isn't there" in each for each in wrong(world, name))


def test_control_a_page_that_asks_nobody_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_pages, "check", lambda user, action, summit, row: None)
    found = wrong(world, "admin:delegations_membership_replace")
    assert any(each.startswith("GET ") and each.endswith(" of foreign: yes, not 403") for each in found)
    assert not any(" by organiser " in each or " by vetting " in each for each in found)


def test_control_rows_that_are_found_and_then_refused_are_told_from_what_isnt_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VenueAdmin, "get_queryset", lambda self, request: Venue.objects.all())
    found = wrong(world, "admin:summit_venue_change")
    assert any("of another summit's: " in each and "queries" in each for each in found)


def test_control_a_refusal_that_came_too_late_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(user: User, action: str, summit: Summit, row: None) -> None:
        Session.objects.filter(summit=summit).update(title="changed")
        raise PermissionDenied("Not you.")

    monkeypatch.setattr(model_pages, "check", late)
    assert any("of foreign: 403, and yet" in each for each in wrong(world, "admin:agenda_session_cancel"))
