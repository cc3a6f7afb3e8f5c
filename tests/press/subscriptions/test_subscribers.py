"""Subscriptions to news of the press site: confirmed by mail, ended by one click, and no way to write to others."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from press.subscriptions import links as subscription_links
from press.subscriptions.models import Subscriber
from press.subscriptions.services import subscribers
from press.tasks import deliver_announcements
from summit.outbox.models import Message
from summit.summits.models import Summit
from tests.factories import SubscriberFactory, SummitFactory
from tests.press.helpers import ago

pytestmark = pytest.mark.django_db


def ask(summit: Summit, address: str = "reader@paper.example", **extra: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/{summit.slug}/press/subscribe/", {"address": address, "language": "en", **extra})


def link(summit: Summit, purpose: str, row: Subscriber | None = None) -> str:
    return subscription_links.url(row or Subscriber.objects.get(summit=summit), purpose).partition("8000")[2]


def test_double_opt_in_and_out(summit: Summit, client: Client) -> None:
    assert ask(summit, "Reader@Paper.Example", language="fr").status_code == 200
    row = Subscriber.objects.get()
    assert (row.address, row.language, row.confirmed_at) == ("reader@paper.example", "fr", None)
    deliver_announcements(list(Message.objects.values_list("pk", flat=True)))
    raw = mail.outbox[0].message().as_bytes().decode()  # type: ignore[attr-defined]
    found = re.search(r"http\S+?/press/subscription/confirm-\S+/", re.sub(r"=\r?\n", "", raw))
    assert found is not None
    path = re.sub(r"^https?://[^/]+", "", found.group())
    assert client.get(path).status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is None  # looking does nothing: programs look at links in mail
    for _turn in range(2):
        assert "Address confirmed" in client.post(path).content.decode()
        assert Subscriber.objects.active().get() == row
    others = [SubscriberFactory(summit=summit), SubscriberFactory(address=row.address)]
    end = link(summit, subscription_links.END, row)
    assert client.get(end).status_code == 200
    assert row in Subscriber.objects.active()
    one_click = Client(enforce_csrf_checks=True).post(end, {"List-Unsubscribe": "One-Click"})
    assert "You have unsubscribed" in one_click.content.decode()
    assert set(Subscriber.objects.active()) == set(others)
    # The old mail does not begin it anew.
    assert "This link has expired" in client.post(path).content.decode()
    assert set(Subscriber.objects.active()) == set(others)


def test_the_answer_is_the_same_whether_known_or_not(summit: Summit) -> None:
    SubscriberFactory(summit=summit, address="known@paper.example")
    SubscriberFactory(summit=summit, address="left@paper.example", ended_at=ago(1))
    answers = [ask(summit, f"{name}@paper.example") for name in ("known", "left", "new", "new")]
    assert answers[0].status_code == 200
    for answer in answers:
        del answer.headers["X-Request-ID"]
    assert len({(answer.content, str(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_one_mail_in_ten_minutes(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours, mails in ((0, 1), (0.15, 1), (0.2, 2)):
        Subscriber.objects.update(asked_at=ago(hours))
        ask(summit)
        assert Message.objects.count() == mails
    # The control: without the limit each asking is a mail.
    monkeypatch.setattr(subscribers, "QUIET", -subscribers.QUIET)
    ask(summit)
    assert Message.objects.filter(kind="subscription").count() == 3


def test_links_grow_old_and_cannot_be_guessed(summit: Summit, client: Client) -> None:
    ask(summit)
    row = Subscriber.objects.get()
    good = subscription_links.token(row, subscription_links.CONFIRM)
    home = f"/{summit.slug}/press/subscription/"
    other = f"/{SummitFactory().slug}/press/subscription/"
    bad = ["x", good[:-1], good.replace("confirm", "end"), f"confirm-{row.public_id}-", f"other-{row.public_id}-aa"]
    assert [client.post(f"{home}{token}/").status_code for token in bad] == [404] * len(bad)
    assert client.post(f"{other}{good}/").status_code == 404
    Subscriber.objects.update(asked_at=ago(24 * 8))
    assert "This link has expired" in client.post(f"{home}{good}/").content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_links_outlive_a_change_of_the_secret(summit: Summit, settings: Any) -> None:
    row = SubscriberFactory(summit=summit)
    token = subscription_links.token(row, subscription_links.END)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert subscription_links.resolve(summit=summit, token=token) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert subscription_links.resolve(summit=summit, token=token) is None


def test_what_is_no_address_is_said(summit: Summit) -> None:
    assert ask(summit, f"{'a' * 250}@b.example").status_code == 400
    answer = ask(summit, "<nobody>")
    page = answer.content.decode()
    assert (answer.status_code, "Enter a full email address" in page, "&lt;nobody&gt;" in page) == (400, True, True)
    assert ask(SummitFactory(public=False)).status_code == 404
    assert not Subscriber.objects.exists()


def test_who_left_can_ask_again_and_the_question_is_dropped_once_answered(summit: Summit, client: Client) -> None:
    SubscriberFactory(summit=summit, ended_at=ago(1), asked_at=ago(2), address="reader@paper.example")
    ask(summit)
    client.post(link(summit, subscription_links.CONFIRM))
    assert Subscriber.objects.active().exists()
    deliver_announcements(list(Message.objects.values_list("pk", flat=True)))
    assert mail.outbox == []
