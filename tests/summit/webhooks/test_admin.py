"""Webhooks at the organiser's desk."""

from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from summit.audit.models import AuditEntry
from summit.outbox import delivery as mail
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from summit.webhooks import endpoint_health, endpoints
from summit.webhooks.endpoints import EndpointProblem
from summit.webhooks.messages import WEBHOOK_OFF
from summit.webhooks.models.deliveries import Attempt, Delivery
from summit.webhooks.models.endpoints import Endpoint, EndpointKind
from tests.factories import DeliveryFactory, EndpointFactory

pytestmark = pytest.mark.django_db
GIVEN = {"name": "App", "url": "https://app.example/events", "events": ["text.published", "agenda.released"]}


def page(client: Client, name: str, *args: Any, **data: Any) -> str:
    return str(client.get(reverse(f"admin:{name}", args=args), data).content.decode())


def press(client: Client, name: str, pk: int) -> Any:
    return client.post(reverse(f"admin:webhooks_{name}", args=[pk]), follow=True)


class TestEndpoints:
    def test_one_is_added_and_changed_and_each_is_recorded(self, desk: Client, summit: Summit) -> None:
        added = desk.post(reverse("admin:webhooks_endpoint_add"), {"summit": summit.pk, **GIVEN})
        row = Endpoint.objects.get()
        assert added["Location"] == reverse("admin:webhooks_endpoint_change", args=[row.pk])
        assert (row.summit, row.name, row.url, row.events, row.enabled) == (summit, *GIVEN.values(), True)
        for name in ("App", "Newsroom"):
            desk.post(reverse("admin:webhooks_endpoint_change", args=[row.pk]), {**GIVEN, "name": name})
        row.refresh_from_db()
        assert (row.name, row.url) == ("Newsroom", GIVEN["url"])
        # What is as it was is not recorded.
        entries = AuditEntry.objects.filter(object_type="webhooks.endpoint").order_by("pk")
        assert [(entry.action, entry.fields) for entry in entries] == [
            ("webhooks.endpoint.add", ["events", "name", "url"]),
            ("webhooks.endpoint.change", ["name"]),
        ]

    def test_what_is_wrong_is_said(self, desk: Client, summit: Summit) -> None:
        for wrong, said in (({"url": "http://app.example/"}, "Use HTTPS"), ({"events": []}, "field-events")):
            answer = desk.post(reverse("admin:webhooks_endpoint_add"), {"summit": summit.pk, **GIVEN, **wrong})
            assert (answer.status_code, said in answer.content.decode()) == (200, True)
        assert not Endpoint.objects.exists()

    def test_the_secret_is_shown_once(self, desk: Client, summit: Summit) -> None:
        row = EndpointFactory(summit=summit)
        first = row.secret
        shown = press(desk, "endpoint_secret", row.pk)
        row.refresh_from_db()
        assert (row.secret in shown.content.decode(), "no-store" in shown["Cache-Control"]) == (True, True)
        # Nobody had seen the one before it.
        assert (row.secret == first, row.former_secret) == (False, "")
        everywhere = page(desk, "webhooks_endpoint_change", row.pk) + page(desk, "webhooks_endpoint_changelist")
        assert "whsec_" not in everywhere + page(desk, "webhooks_endpoint_history", row.pk)
        assert row.secret not in str(list(AuditEntry.objects.values()))

    def test_the_one_in_use_signs_on_for_a_day(self, organiser: User, summit: Summit, monkeypatch: Any) -> None:
        row = EndpointFactory(summit=summit)
        used = endpoints.new_secret(endpoint=row, by=organiser)
        monkeypatch.setattr(endpoints, "AGAIN", -endpoints.AGAIN)
        endpoints.new_secret(endpoint=row, by=organiser)
        monkeypatch.setattr(endpoints, "AGAIN", -endpoints.AGAIN)
        # Asked for twice in a row: the one that nobody can have set up yet goes.
        newest = endpoints.new_secret(endpoint=row, by=organiser)
        row.refresh_from_db()
        assert (row.secret, row.former_secret) == (newest, used)
        assert row.former_until is not None

    def test_it_is_turned_off_and_on(self, desk: Client, summit: Summit) -> None:
        row = EndpointFactory(summit=summit, given_up=3)
        for name, enabled, said in (
            ("turn_off", False, "Webhook turned off"),
            ("turn_off", False, "is already off"),
            ("turn_on", True, "Webhook turned on"),
            ("turn_on", True, "is already on"),
        ):
            answer = press(desk, f"endpoint_{name}", row.pk)
            row.refresh_from_db()
            assert (row.enabled, said in answer.content.decode()) == (enabled, True)
        assert (row.given_up, row.off_why) == (0, "")
        actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
        assert actions == ["webhooks.turn_off", "webhooks.turn_on"]

    def test_a_test_waits_for_nobody(self, desk: Client, summit: Summit) -> None:
        row = EndpointFactory(summit=summit)
        press(desk, "endpoint_test", row.pk)
        sent = Delivery.objects.get()
        assert (sent.event, sent.aside, sent.data) == ("webhook.test", True, {"summit": summit.public_id})
        press(desk, "endpoint_turn_off", row.pk)
        assert "Turn it on first" in press(desk, "endpoint_test", row.pk).content.decode()
        assert Delivery.objects.count() == 1

    def test_the_hub_is_the_deployments(self, desk: Client, organiser: User, summit: Summit) -> None:
        row = EndpointFactory(summit=summit, kind=EndpointKind.HUB, name="WebSub", events=[])
        assert "Create secret" not in page(desk, "webhooks_endpoint_change", row.pk)
        desk.post(reverse("admin:webhooks_endpoint_change", args=[row.pk]), GIVEN)
        with pytest.raises(EndpointProblem):
            endpoints.change(endpoint=row, values={"url": "https://x.example/"}, by=organiser)
        row.refresh_from_db()
        assert (row.name, row.events) == ("WebSub", [])

    def test_queries_do_not_grow(self, desk: Client, summit: Summit, django_assert_max_num_queries: Any) -> None:
        page(desk, "webhooks_endpoint_changelist")
        for number in (1, 3):
            EndpointFactory.create_batch(number, summit=summit)
            with django_assert_max_num_queries(12):
                page(desk, "webhooks_endpoint_changelist")


class TestDeliveries:
    def test_a_page_shows_what_was_sent_and_each_answer(self, desk: Client, summit: Summit) -> None:
        row = DeliveryFactory(
            endpoint__summit=summit, data={"text": {"id": "abc123"}}, problem="@webhooks.status:500"
        )
        Attempt.objects.create(delivery=row, ms=132, status=500, answer="<b>Oh</b>", problem="@webhooks.status:500")
        shown = page(desk, "webhooks_delivery_change", row.pk)
        for part in ("abc123", "&lt;b&gt;Oh&lt;/b&gt;", "The receiver responded 500.", "132 ms"):
            assert part in shown
        listed = page(desk, "webhooks_endpoint_change", row.endpoint_id)
        assert reverse("admin:webhooks_delivery_change", args=[row.pk]) in listed

    def test_it_is_sent_again_by_its_button_and_in_the_list(self, desk: Client, summit: Summit) -> None:
        gone = {"state": "failed", "problem": "@webhooks.status:404", "ended_at": "2025-01-01T00:00Z"}
        rows = [DeliveryFactory(endpoint__summit=summit, **gone) for _number in range(3)]
        press(desk, "delivery_send_again", rows[0].pk)
        chosen = {"action": "send_again", "_selected_action": [row.pk for row in rows[1:]]}
        desk.post(reverse("admin:webhooks_delivery_changelist"), chosen)
        assert Delivery.objects.filter(state="pending", aside=True, problem="").count() == 3
        assert AuditEntry.objects.filter(action="webhooks.send_again").count() == 3


class TestTelling:
    def test_the_home_tells_what_is_off_and_what_was_given_up(self, desk: Client, summit: Summit) -> None:
        off = {"enabled": False, "off_why": "failing", "off_at": "2025-01-01T00:00Z"}
        row = EndpointFactory(summit=summit, name="Newsroom", **off)
        EndpointFactory(summit=summit, name="By hand", **off | {"off_why": "hand"})
        DeliveryFactory(endpoint=row, state="failed", problem="x", ended_at="2025-01-01T00:00Z")
        shown = page(desk, "index")
        assert "The webhook “Newsroom” is off: no delivery succeeded for three days." in shown
        assert "By hand" not in shown
        assert "was given up" not in shown
        press(desk, "endpoint_turn_on", row.pk)
        Delivery.objects.update(ended_at=Now())
        shown = page(desk, "index")
        assert "Newsroom” is off" not in shown
        assert "1 webhook delivery failed." in shown

    def test_the_mail_to_the_organisers(self, organiser: User, summit: Summit, mailoutbox: Any) -> None:
        row, other = EndpointFactory(summit=summit, name="Newsroom"), EndpointFactory(summit=summit)
        for endpoint in (row, other):
            endpoint_health.gave_up(endpoint, gone=True)
        # Of what is on again no mail goes out.
        endpoints.turn_on(endpoint=other, by=organiser)
        mail.deliver(list(Message.objects.filter(kind=WEBHOOK_OFF.name).values_list("pk", flat=True)))
        [sent] = mailoutbox
        text = sent.message().as_bytes().decode()
        assert "Webhook turned off: Newsroom" in text
        assert f"/admin/webhooks/endpoint/{row.pk}/change/" in text.replace("=\n", "")
        assert sorted(Message.objects.filter(kind=WEBHOOK_OFF.name).values_list("state", flat=True)) == [
            "dropped",
            "sent",
        ]
