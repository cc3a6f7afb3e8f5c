"""Kept pages of the press site: valid again at each embargo and decision, and in no cache for too long."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from press.embargoes.services import embargoes
from press.published_texts.publication_moments import cache_control
from press.texts.models.embargoes import Embargo
from press.texts.services import decisions, editions, texts
from summit.summits.models import Venue
from tests.clients import read
from tests.database_clock import advance, ask_no_clock, stop
from tests.factories import TopicFactory, VenueFactory
from tests.press.helpers import ago, approver, make_delivered, make_text, move_to_now, officer, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keeping(settings: LazySettings) -> None:
    settings.KEPT_PAGES = 10_000_000


def test_it_is_right_at_each_decision(client: Client) -> None:
    edition = make_text(moment=ago(1), decided_at=ago(2), title="First words", speech=True)
    text = edition.version.text
    path, writer, reader = url_of(text), officer(text.summit), approver(text.summit)
    assert "First words" in read(client, path)
    why = {"change_kind": "correction", "change_note": "n"}
    second = editions.draft(version=edition.version, based_on=1, title="Second words", body="B", by=writer, **why)
    decisions.submit(edition=second, by=writer)
    assert "Second words" not in read(client, path)
    decisions.approve(edition=second, by=reader)
    assert "Second words" in read(client, path)
    assert text.slot is not None
    text.slot.speaker.name = "Renamed Since"
    text.slot.speaker.save()
    assert "Renamed Since" in read(client, path)
    text.topics.add(TopicFactory(summit=text.summit, name="Coasts"))
    assert "Coasts" in read(client, path)
    embargoes.hold(embargo=text.embargo, reason="r", by=writer)
    assert client.get(path).status_code == 404
    embargoes.unhold(embargo=text.embargo, by=writer)
    assert "Second words" in read(client, path)
    texts.withdraw(text=text, reason="Not so.", by=writer)
    assert "Not so." in read(client, path)


@pytest.mark.parametrize("asks", [True, False])
def test_a_embargo_makes_kept_pages_of_its_summit_anew(
    asks: bool, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written when a moment passes: the clock alone moves what a page depends on. Control: where it isn't
    asked, the page that was kept goes on without what is out."""
    if not asks:
        ask_no_clock(monkeypatch)
    prepared = make_text(moment=ago(2), decided_at=ago(3), speech=True)
    delivered = make_delivered(prepared, moment=ago(-0.5), decided_at=ago(3), title="Comes at its second")
    path = url_of(prepared.version.text)
    assert "Comes at its second" not in read(client, path)
    advance(monkeypatch)
    assert client.get(url_of(delivered.version.text)).status_code == 200
    assert ("Comes at its second" in read(client, path)) is asks


@pytest.mark.parametrize("asks", [True, False])
def test_the_summits_home_is_kept_and_right_when_a_text_comes_out(
    asks: bool, client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Control: where nothing is asked of the clock, the home goes on without what is out."""
    if not asks:
        ask_no_clock(monkeypatch)
    summit = make_text(moment=ago(-0.5), decided_at=ago(3), title="Comes at its second").version.text.summit
    venue = VenueFactory(summit=summit, name="Lancaster House")
    path = summit.get_absolute_url()
    assert "Lancaster House" in read(client, path)
    with django_assert_num_queries(1):
        assert "Comes at its second" not in read(client, path)
    Venue.objects.filter(pk=venue.pk).update(name="Marlborough House")
    assert "Marlborough House" in read(client, path)
    advance(monkeypatch)
    assert ("Comes at its second" in read(client, path)) is asks


NOW = datetime(2026, 3, 29, 0, 59, 57, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "header"),
    [
        (NOW, "public, max-age=0, s-maxage=2, must-revalidate"),
        (NOW + timedelta(seconds=2.5), "public, no-cache"),
        (NOW + timedelta(seconds=2.75), "public, max-age=0, s-maxage=4, must-revalidate"),
    ],
)
def test_no_cache_lives_past_the_grids_next_step(now: datetime, header: str) -> None:
    assert cache_control(now) == header


def test_no_header_tells_that_something_comes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment between the steps of the grid is told in advance as little as one on them."""
    text = make_text(moment=NOW - timedelta(hours=1), decided_at=NOW - timedelta(hours=2)).version.text
    coming = make_text(summit=text.summit, moment=ago(-1), decided_at=NOW - timedelta(hours=2)).version.text.embargo
    stop(monkeypatch, NOW)
    answers = []
    for away in (timedelta(hours=1), timedelta(seconds=1.5), timedelta(seconds=0.5)):
        Embargo.objects.filter(pk=coming.pk).update(moment=NOW + away)
        answers.append(dict(client.get(url_of(text)).headers))
    assert answers[0]["Cache-Control"] == "public, max-age=0, s-maxage=2, must-revalidate"
    assert answers[1:] == answers[:1] * 2


def test_what_is_not_there_is_asked_for_each_time(client: Client) -> None:
    edition = make_text(moment=ago(-1))
    missing = client.get(url_of(edition.version.text))
    assert (missing.status_code, missing["Cache-Control"]) == (404, "no-store")
    move_to_now(edition.version.text.embargo)
    assert client.get(url_of(edition.version.text)).status_code == 200
