"""What must stay hidden, asked for where it would be told first; test_embargo_crawl.py asks every route."""

from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from press.published_texts import pinned_editions
from press.published_texts import selectors as published_texts_selectors
from press.published_texts.selectors import FORMATS
from press.subscriptions.services.announcements import announce_due
from press.texts.models.texts import Text
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.webhooks.events import EVENTS, PING
from summit.webhooks.models.deliveries import Delivery
from tests.attack.crawler import CANARY, leaks, told_by_mail
from tests.attack.hidden_content import CORRECTION, STATES, canary, hidden_texts, readers
from tests.clients import signed_in
from tests.factories import EndpointFactory
from tests.module_fixtures import once_a_module
from tests.press.helpers import officer
from tests.press.test_visibility import everything

pytestmark = pytest.mark.django_db
EMBARGOED = list(STATES).index("under embargo")


@once_a_module
def summit() -> Summit:
    """Return a summit with texts in every state that nobody may read."""
    return hidden_texts()


def channels(summit: Summit) -> list[str]:
    """Return where everybody reads: lists, feeds, searches, a text under embargo and one with a draft correction."""
    base = f"/{summit.slug}/press/"
    lists = [base, f"/{summit.slug}/", f"{base}feed.atom", f"{base}feed.json", f"{base}sitemap.xml"]
    lists += [f"{base}?q=zqcanary", f"/api/v1/summits/{summit.slug}/texts/"]
    texts = [f"{base}{slug}/" for slug in (f"{canary(EMBARGOED, 25)}-text", "open-text")]
    pages = [text + rest for text in texts for rest in ("", "fr/", "edition/1/", "edition/2/", "comparison/")]
    pages += [f"{texts[1][:-1]}.{ending}" for ending in FORMATS] + [f"{texts[0][:-1]}.json"]
    pages += [f"{base}oembed?url={quote(settings.BASE_URL + text, safe='')}" for text in texts]
    return lists + pages


@pytest.mark.slow("reads every channel as a delegate and as a desk")
def test_no_channel_tells_a_delegate_or_another_desk(summit: Summit) -> None:
    text = Text.objects.get(slug=f"{canary(EMBARGOED, 25)}-text")
    desk = [
        "/admin/",
        "/admin/press/text/",
        f"/admin/press/text/{text.pk}/change/",
        "/admin/press/topic/",
        "/portal/",
    ]
    desk += [f"/api/v1/summits/{summit.slug}/desk/{name}/" for name in ("texts", "editions", "attachments")]
    who = readers(summit)
    assert leaks(Client(), channels(summit)) == {}
    assert {name: leaks(who[name], desk) for name in ("delegate", "desks")} == {"delegate": {}, "desks": {}}
    # The control: whoever may read them finds them there.
    assert len(leaks(signed_in(officer(summit)), desk)) == len(desk) - 1


@pytest.mark.slow("reads every channel")
def test_control_without_the_predicate_they_are_told(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_texts_selectors, "public_editions", everything)
    assert len(set().union(*leaks(Client(), channels(summit)).values())) > len(STATES)
    monkeypatch.setattr(pinned_editions, "published_editions", everything)
    found = leaks(Client(), [f"/{summit.slug}/press/open-text/edition/2/"])
    assert canary(CORRECTION, 2).encode() in set().union(*found.values())


def test_nobody_is_written_to_about_what_is_not_out(summit: Summit) -> None:
    announce_due()
    assert Message.objects.filter(kind="publication").count() == 1
    assert told_by_mail() == set()
    audited = str(list(AuditEntry.objects.values_list("detail", "fields", "action")))
    assert CANARY.findall(audited.encode()) == []
    assert mail.outbox == []


def test_no_other_system_is_told_a_word_or_of_what_is_not_out(summit: Summit, settings: Any) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    EndpointFactory(summit=summit, events=sorted(EVENTS))
    announce_due()
    told = Delivery.objects.exclude(event=PING)
    assert list(told.values_list("event", flat=True)) == ["text.published"]
    pings = str(list(Delivery.objects.filter(event=PING).values_list("data", flat=True)))
    assert "language=en" in pings
    assert "language=fr" not in pings
    stored = str(list(Delivery.objects.values_list("data", "subject_key")))
    assert CANARY.findall(stored.encode()) == []


def test_what_was_removed_says_so_and_nothing_of_itself(summit: Summit) -> None:
    slug = Text.objects.get(removed_at__isnull=False).slug
    for ending in ("/", ".json", "/fr/", "/edition/1/"):
        answer = Client().get(f"/{summit.slug}/press/{slug}{ending}")
        assert (answer.status_code, b"It named a person." in answer.content) == (410, True)
