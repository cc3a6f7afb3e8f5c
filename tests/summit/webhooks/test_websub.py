"""Feeds that name a hub, and the hub that is told."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import transaction
from django.test import Client
from lxml import etree

from press.published_texts import websub
from press.subscriptions.services import announcements
from press.subscriptions.services.announcements import announce_due
from press.texts.services import texts
from summit.summits.models import Summit
from summit.webhooks import delivery
from summit.webhooks import websub as websub_webhooks
from summit.webhooks.events import PING
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint
from summit.webhooks.payload import url_of
from tests.factories import SummitFactory
from tests.press.helpers import add_edition, add_language, ago, approver, make_text
from tests.summit.webhooks.receivers import Receiver

pytestmark = pytest.mark.django_db
HUB = "https://hub.example/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def summit(settings: Any) -> Summit:
    """A summit whose deployment has a hub, with a text that anybody may read."""
    settings.WEBSUB_HUB = HUB
    return make_text(moment=ago(60)).version.text.summit


def pinged() -> list[str]:
    rows = Delivery.objects.filter(event=PING).order_by("pk")
    return [row.data["url"].removeprefix("http://localhost:8000") for row in rows]


def hubs_of(client: Client, address: str) -> tuple[list[str], str]:
    """Return the hubs that a feed names in itself, and its header."""
    response = client.get(address)
    if "atom" in address:
        links = etree.fromstring(response.content).findall(f"{ATOM}link")
        found = [link.get("href") or "" for link in links if link.get("rel") == "hub"]
    else:
        found = [each["url"] for each in json.loads(response.content).get("hubs", [])]
    return found, response.get("Link", "")


FEEDS = [f"{feed}{query}" for feed in ("feed.atom", "feed.json") for query in ("", "?kind=statement", "?language=en")]


def test_feeds_that_are_told_of_name_the_hub_when_kept_too(summit: Summit, client: Client) -> None:
    for feed in FEEDS:
        address = f"/{summit.slug}/press/{feed}"
        wanted = ([HUB], f'<{HUB}>; rel="hub", <http://localhost:8000{address}>; rel="self"')
        assert [hubs_of(client, address), hubs_of(client, address)] == [wanted, wanted]
    announce_due()
    assert pinged() == [f"/{summit.slug}/press/{feed}" for feed in FEEDS]


def test_feeds_that_are_not_told_of_name_none(summit: Summit, client: Client, settings: Any) -> None:
    for feed in ("feed.atom", "feed.json"):
        for query in ("?kind=statement&language=en", "?q=word", "?since=2025-03-31"):
            assert hubs_of(client, f"/{summit.slug}/press/{feed}{query}") == ([], "")
    settings.WEBSUB_HUB = ""
    assert hubs_of(client, f"/{summit.slug}/press/feed.atom?lang=en") == ([], "")


def test_publication_correction_and_withdrawal_tell_it(summit: Summit) -> None:
    text = summit.texts.get()
    feeds = [f"/{summit.slug}/press/{feed}" for feed in FEEDS]
    for happens in (
        lambda: None,
        lambda: add_edition(text.versions.get(), change_note="Wrong", decided_at=ago(1)),
        lambda: texts.withdraw(text=text, reason="Wrong", by=approver(summit)),
    ):
        happens()
        announce_due()
        announce_due()
        assert pinged() == feeds
        Delivery.objects.all().delete()


def test_many_texts_are_a_handful_of_pings_and_each_language_has_its_feed(summit: Summit) -> None:
    make_text(summit=summit, moment=ago(60))
    assert (announce_due(), len(pinged())) == (2, 6)
    # The control: what a worker has tried stands for nothing later.
    Delivery.objects.update(attempts=1)
    add_language(summit.texts.earliest("pk"), "fr", decided_at=ago(1))
    make_text(summit=summit, moment=ago(60))
    announce_due()
    french = [f"/{summit.slug}/press/feed.{each}?language=fr" for each in ("atom", "json")]
    assert [feed for feed in pinged()[6:] if feed.endswith("language=fr")] == french
    assert len(pinged()) == 6 + 6 + 2


def test_without_a_hub_nothing_is_asked_or_stored(settings: Any, django_assert_num_queries: Any) -> None:
    text = make_text(moment=ago(60)).version.text
    with transaction.atomic(), django_assert_num_queries(0):
        websub.changed(text, ["en"], "x")
    announcements.announce_due()
    assert (pinged(), Endpoint.objects.count()) == ([], 0)


@pytest.mark.loopback
def test_the_hub_gets_a_form(there: Receiver, settings: Any) -> None:
    settings.WEBSUB_HUB = there.url
    summit = SummitFactory()
    with transaction.atomic():
        websub_webhooks.ping(summit=summit, feeds=["/a/press/feed.atom?language=fr"], cause="x")
    delivery.work(Endpoint.objects.get().pk)
    # One inside is told where the deployment names it, and else not.
    settings.WEBHOOKS_INSIDE = []
    with transaction.atomic():
        websub_webhooks.ping(summit=summit, feeds=["/a/press/feed.atom"], cause="y")
    delivery.work(Endpoint.objects.get().pk)
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed"]
    [(_line, headers, body)] = there.got
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert "webhook-signature" not in headers
    assert parse_qs(body.decode()) == {
        "hub.mode": ["publish"],
        "hub.url": ["http://localhost:8000/a/press/feed.atom?language=fr"],
    }


def test_a_ping_goes_to_the_deployments_hub_whatever_a_row_says(summit: Summit, settings: Any) -> None:
    announce_due()
    Endpoint.objects.update(url="https://elsewhere.example/")
    assert url_of(Delivery.objects.select_related("endpoint")[0]) == HUB
    with transaction.atomic():
        websub_webhooks.ping(summit=summit, feeds=["/x"], cause="y")
    assert Endpoint.objects.get().url == HUB
