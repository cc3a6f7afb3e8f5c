"""Claims, order, retries, giving up, and what becomes of an endpoint."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from standardwebhooks import Webhook

from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox import failure_reasons
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.webhooks import delivery, endpoint_health, endpoints, http_client
from summit.webhooks.delivery import CantSend
from summit.webhooks.http_client import WebhookResponse
from summit.webhooks.models.deliveries import TRANSITIONS, Attempt, Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, OffWhy
from summit.webhooks.response_policy import Outcome, judge
from tests.factories import DeliveryFactory, EndpointFactory, UserFactory
from tests.summit.webhooks.receivers import Receiver, status
from tests.threads import at_once, meeting

pytestmark = pytest.mark.django_db
there_is_one = pytest.mark.loopback
OH = status("500 Oh")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A wire without a receiver: `say` are statuses or answers in turn, the last for ever; `sent` the bodies."""
    told: dict[str, Any] = {"say": [200], "sent": []}

    def send(*, url: str, body: bytes, headers: Any, within: float) -> WebhookResponse:
        told["sent"].append(json.loads(body)["data"].get("n"))
        said = told["say"].pop(0) if len(told["say"]) > 1 else told["say"][0]
        return said if isinstance(said, WebhookResponse) else WebhookResponse(1, said)

    monkeypatch.setattr(http_client, "send", send)
    return told


def queue(number: int, **kwargs: Any) -> tuple[Endpoint, list[Delivery]]:
    """Make an endpoint with so many deliveries that wait, numbered from 1."""
    endpoint = EndpointFactory(**kwargs)
    return endpoint, [DeliveryFactory(endpoint=endpoint, data={"n": n}) for n in range(1, number + 1)]


def due(row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(next_attempt_at=Now() - timedelta(seconds=1))


def states(endpoint: Endpoint) -> list[tuple[str, int, bool]]:
    return list(endpoint.deliveries.order_by("pk").values_list("state", "attempts", "aside"))


def put_off(row: Delivery, seconds: int, since: datetime) -> bool:
    """Return whether a delivery was put off by so many seconds, at some moment after `since`."""
    row.refresh_from_db()
    return since <= row.next_attempt_at - timedelta(seconds=seconds) <= db_now()


@there_is_one
class TestARealReceiver:
    def test_it_gets_what_the_specification_says(self, there: Receiver) -> None:
        endpoint = EndpointFactory(url=there.url)
        row = DeliveryFactory(endpoint=endpoint, data={"text": {"id": "é"}})
        assert delivery.work(endpoint.pk) == 1
        [(line, headers, body)] = there.got
        assert line == "POST /events HTTP/1.1"
        assert (headers["content-type"], headers["webhook-id"]) == ("application/json", row.public_id)
        assert headers["user-agent"].startswith("Summit/")
        told = Webhook(endpoint.secret).verify(body, headers)
        row.refresh_from_db()
        at = row.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert told == {"type": "text.published", "timestamp": at, "data": {"text": {"id": "é"}}}
        assert (row.state, row.attempts, row.problem) == ("sent", 1, "")
        attempt = Attempt.objects.get()
        assert (attempt.status, attempt.answer, attempt.problem) == (200, "thanks", "")

    def test_a_second_attempt_is_the_same_bytes_under_the_same_id(self, there: Receiver) -> None:
        endpoint, [row] = queue(1, url=there.url)
        there.answers = [OH]
        assert delivery.work(endpoint.pk) == 0
        due(row)
        assert delivery.work(endpoint.pk) == 1
        first, second = there.got
        assert (first[1]["webhook-id"], first[2]) == (second[1]["webhook-id"], second[2])

    def test_the_secret_before_signs_for_a_day(self, there: Receiver) -> None:
        endpoint = EndpointFactory(
            url=there.url, former_secret="whsec_" + "A" * 32, former_until=Now() + timedelta(1)
        )
        for _turn in range(2):
            DeliveryFactory(endpoint=endpoint)
            delivery.work(endpoint.pk)
            Endpoint.objects.update(former_until=Now())
        both, new = (headers["webhook-signature"].split() for _line, headers, _body in there.got)
        assert (len(both), len(new)) == (2, 1)
        [(_line, headers, body), _later] = there.got
        for secret in (endpoint.secret, "whsec_" + "A" * 32):
            Webhook(secret).verify(body, headers)


class TestTheirTurn:
    def test_each_ends_right_and_in_order(self, answers: dict[str, Any]) -> None:
        """A receiver that fails, hangs, leads elsewhere, asks for a pause and refuses, in the middle of ten."""
        endpoint, _rows = queue(10)
        hangs = WebhookResponse(1, problem=failure_reasons.because("webhooks.timeout", "1"))
        answers["say"] = [500, hangs, 200, 302, 503, 204, 422, 200]
        for _turn in range(12):
            delivery.work(endpoint.pk)
            Delivery.objects.filter(state="pending").update(next_attempt_at=Now() - timedelta(seconds=1))
            Endpoint.objects.update(handed_until=None)
        ends = [("sent", 3, False), ("sent", 3, False), ("failed", 1, False), *[("sent", 1, False)] * 7]
        assert states(endpoint) == ends
        assert answers["sent"] == [1, 1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        assert [row.problem for row in endpoint.deliveries.filter(state="failed")] == ["@webhooks.status:422"]

    def test_one_that_is_tried_again_holds_up_its_own_endpoint_alone(self, answers: dict[str, Any]) -> None:
        endpoint, rows = queue(3)
        answers["say"] = [500, 200]
        since = db_now()
        delivery.work(endpoint.pk)
        assert (answers["sent"], put_off(rows[0], 5, since)) == ([1], True)
        assert [delivery.work(endpoint.pk), delivery.work(queue(1)[0].pk)] == [0, 1]
        due(rows[0])
        assert delivery.work(endpoint.pk) == 3
        assert answers["sent"] == [1, 1, 1, 2, 3]

    def test_one_that_alone_fails_steps_aside(self, answers: dict[str, Any]) -> None:
        endpoint, rows = queue(3)
        answers["say"] = [500] * 4 + [200]
        for _turn in range(4):
            due(rows[0])
            delivery.work(endpoint.pk)
        assert states(endpoint) == [("pending", 4, True), ("sent", 1, False), ("sent", 1, False)]
        assert answers["sent"] == [1, 1, 1, 1, 2, 3]
        endpoint.refresh_from_db()
        assert endpoint.failing_since is None
        due(rows[0])
        delivery.work(endpoint.pk)
        assert states(endpoint)[0] == ("sent", 5, True)

    def test_while_none_gets_through_all_wait(self, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        endpoint, rows = queue(3)
        answers["say"] = [500]
        for _turn in range(8):
            due(rows[0])
            delivery.work(endpoint.pk)
        assert states(endpoint) == [("pending", 8, False), ("pending", 0, False), ("pending", 0, False)]
        # The one behind was tried in between, and that didn't count.
        assert answers["sent"] == [1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
        answers["say"] = [200]
        due(rows[0])
        delivery.work(endpoint.pk)
        assert answers["sent"][-3:] == [1, 2, 3]
        # The control: without a look at the next, one holds up all.
        monkeypatch.setattr(delivery, "_try_next", lambda row: None)
        answers.update(say=[500] * 8 + [200], sent=[])
        endpoint, rows = queue(2)
        for _turn in range(8):
            due(rows[0])
            delivery.work(endpoint.pk)
        assert answers["sent"] == [1] * 8


class TestPauses:
    def test_they_grow_to_three_days(self) -> None:
        pauses = [delivery.BACK_OFF[min(n, len(delivery.BACK_OFF)) - 1] for n in range(1, delivery.MOST_ATTEMPTS)]
        assert pauses == sorted(pauses)
        assert 2.9 < sum(pauses) / 86400 < 3.1

    def test_a_receiver_may_ask_for_a_longer_one_and_is_tried_with_no_other(self, answers: dict[str, Any]) -> None:
        for asked, pause in ((1, 5), (40, 40), (10**9, 86400)):
            endpoint, [row, _next] = queue(2)
            answers["say"] = [WebhookResponse(1, 429, wait=asked)]
            since = db_now()
            delivery.work(endpoint.pk)
            assert put_off(row, pause, since)
        Delivery.objects.filter(pk=row.pk).update(attempts=10)
        due(row)
        delivery.work(endpoint.pk)
        assert answers["sent"] == [1, 1, 1, 1]

    def test_at_last_it_is_given_up(self, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        answers["say"] = [500]
        for attempts, asked in ((delivery.MOST_ATTEMPTS - 1, [1]), (delivery.MOST_ATTEMPTS, [])):
            endpoint, [row] = queue(1)
            Delivery.objects.filter(pk=row.pk).update(attempts=attempts)
            delivery.work(endpoint.pk)
            row.refresh_from_db()
            assert (row.state, answers["sent"]) == ("failed", asked)
            assert (failure_reasons.explanation(row.problem) == "The receiver responded 500.") is bool(asked)
            answers["sent"].clear()
        # An error of ours is tried again.
        monkeypatch.setattr(http_client, "send", lambda **kwargs: 1 / 0)
        endpoint, [row] = queue(1)
        delivery.work(endpoint.pk)
        row.refresh_from_db()
        said = failure_reasons.explanation(row.problem)
        assert (row.state, said) == ("pending", "An error occurred: ZeroDivisionError.")


def test_what_an_answer_means() -> None:
    later = (300, 301, 302, 307, 308, 304, 408, 425, 429, 500, 502, 503, 504, 599)
    statuses = {Outcome.DONE: (200, 201, 202, 204, 299), Outcome.LATER: later, Outcome.GONE: (410,)}
    statuses[Outcome.NEVER] = (400, 401, 403, 404, 405, 413, 422, 451)
    for outcome, codes in statuses.items():
        assert {judge(WebhookResponse(1, code))[0] for code in codes} == {outcome}
    problems = {Outcome.LATER: ("timeout", "connection", "certificate", "no_name", "error")}
    problems[Outcome.NEVER] = ("inside", "address")
    for outcome, keys in problems.items():
        assert {judge(WebhookResponse(1, problem=failure_reasons.because(f"webhooks.{key}")))[0] for key in keys} == {
            outcome
        }


class TestClaims:
    def test_a_stalled_worker_marks_nothing(self, answers: dict[str, Any]) -> None:
        endpoint, [_row] = queue(1)
        stalled = delivery.claim(endpoint.pk)
        assert delivery.claim(endpoint.pk) is None
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        fresh = delivery.claim(endpoint.pk)
        assert stalled is not None
        assert fresh is not None
        assert (stalled.attempts, stalled.claims, fresh.claims) == (1, 1, 2)
        assert not delivery._mark(stalled, DeliveryState.FAILED, problem="late")
        assert not delivery._schedule_retry(stalled, "late", None)
        assert delivery._mark(fresh, DeliveryState.SENT)
        assert set(TRANSITIONS) == set(DeliveryState.values)
        with pytest.raises(ValueError, match="can't become pending"):
            delivery._mark(fresh, DeliveryState.PENDING)

    @pytest.mark.postgresql
    @pytest.mark.django_db(transaction=True)
    def test_workers_that_race_deliver_each_once_and_in_order(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(12)
        done = sum(at_once(*[lambda: delivery.work(endpoint.pk)] * 4))
        while more := delivery.work(endpoint.pk):
            done += more
        assert done == 12
        assert answers["sent"] == list(range(1, 13))
        assert states(endpoint) == [("sent", 1, False)] * 12

    @pytest.mark.postgresql
    @pytest.mark.django_db(transaction=True)
    def test_control_without_claims_some_go_twice(
        self, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        meet, usual = meeting(), delivery._claim

        def take(pk: int, rows: Any) -> Delivery | None:
            meet()
            return usual(pk, Delivery.objects.all())

        endpoint, _rows = queue(1)
        monkeypatch.setattr(delivery, "_claim", take)
        monkeypatch.setattr(delivery, "TURN", -1.0)
        assert set(at_once(*[lambda: delivery.work(endpoint.pk)] * 2)) <= {0, 1}
        assert answers["sent"] == [1, 1]

    def test_the_sweep_hands_out_what_is_due(self, answers: dict[str, Any], django_assert_num_queries: Any) -> None:
        EndpointFactory.create_batch(3)
        with django_assert_num_queries(1):
            assert delivery.hand_out() == []
        busy, _rows = queue(2)
        waits, [late] = queue(1)
        Delivery.objects.filter(pk=late.pk).update(next_attempt_at=Now() + timedelta(hours=1))
        DeliveryFactory(endpoint=waits)
        off, _rows = queue(1, enabled=False, off_why="hand", off_at=datetime(2025, 1, 1, tzinfo=UTC))
        aside, [row] = queue(1)
        DeliveryFactory(endpoint=aside, aside=True)
        Delivery.objects.filter(pk=row.pk).update(next_attempt_at=Now() + timedelta(hours=1))
        assert delivery.hand_out() == [busy.pk, aside.pk]
        assert delivery.hand_out() == []
        Endpoint.objects.update(handed_until=Now() - timedelta(seconds=1))
        assert delivery.hand_out() == [busy.pk, aside.pk]
        delivery.work(busy.pk)
        assert delivery.work(off.pk) == 0


class TestHealth:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let a receiver be turned off after seven refusals."""
        monkeypatch.setattr(endpoint_health, "MOST_GIVEN_UP", 7)

    def off(self, endpoint: Endpoint) -> tuple[bool, str, int]:
        endpoint.refresh_from_db()
        return endpoint.enabled, endpoint.off_why, Message.objects.filter(kind="webhook_off").count()

    def test_one_that_is_gone_is_turned_off_and_the_organisers_told(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(2)
        organiser = UserFactory.with_role(Role.ORGANISER, endpoint.summit)
        UserFactory.with_role(Role.PROTOCOL, endpoint.summit)
        answers["say"] = [410]
        delivery.work(endpoint.pk)
        # It is told once.
        endpoint_health.gave_up(endpoint, gone=True)
        assert self.off(endpoint) == (False, OffWhy.GONE, 1)
        assert Message.objects.get().address == organiser.email
        assert states(endpoint) == [("failed", 1, False), ("pending", 0, False)]
        assert AuditEntry.objects.get(action="webhooks.disabled").detail == {"why": "gone"}

    def test_one_to_which_nothing_gets_through_for_three_days_is_turned_off(self, answers: dict[str, Any]) -> None:
        endpoint, [row] = queue(1)
        answers["say"] = [500]
        delivery.work(endpoint.pk)
        assert self.off(endpoint) == (True, "", 0)
        Endpoint.objects.update(failing_since=Now() - endpoint_health.PATIENCE)
        due(row)
        delivery.work(endpoint.pk)
        assert self.off(endpoint)[:2] == (False, OffWhy.FAILING)

    def test_one_that_refuses_all_is_turned_off(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(endpoint_health.MOST_GIVEN_UP + 1)
        answers["say"] = [404]
        delivery.work(endpoint.pk)
        assert self.off(endpoint)[:2] == (False, OffWhy.REFUSING)
        assert len(answers["sent"]) == endpoint_health.MOST_GIVEN_UP

    def test_what_gets_through_begins_the_count_anew(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(endpoint_health.MOST_GIVEN_UP + 5)
        answers["say"] = [404] * 6 + [200] + [404]
        delivery.work(endpoint.pk)
        assert (self.off(endpoint), endpoint.given_up) == ((True, "", 0), 5)


class TestAgain:
    def test_what_failed_is_sent_again_as_it_was(self, answers: dict[str, Any]) -> None:
        endpoint, [row, later] = queue(2)
        by = UserFactory.with_role(Role.ORGANISER, endpoint.summit)
        answers["say"] = [404, 500, 200]
        delivery.work(endpoint.pk)
        delivery.send_again(delivery=row, by=by)
        delivery.work(endpoint.pk)
        # It holds up no other, and waits for none.
        assert states(endpoint) == [("sent", 1, True), ("pending", 1, False)]
        # What waits is sent at once.
        delivery.send_again(delivery=later, by=by)
        delivery.work(endpoint.pk)
        assert states(endpoint)[1] == ("sent", 2, False)
        assert answers["sent"] == [1, 2, 1, 2]

    def test_not_what_a_worker_has_and_not_by_everybody(self) -> None:
        endpoint, [row] = queue(1)
        with pytest.raises(PermissionDenied, match="Roles that can do this: organiser"):
            delivery.send_again(delivery=row, by=UserFactory.with_role(Role.PROTOCOL, endpoint.summit))
        delivery.claim(endpoint.pk)
        by = UserFactory.with_role(Role.ORGANISER, endpoint.summit)
        with pytest.raises(CantSend, match="A worker is sending it"):
            delivery.send_again(delivery=row, by=by)
        endpoints.turn_off(endpoint=endpoint, by=by)
        with pytest.raises(CantSend, match="Turn it on first"):
            delivery.send_again(delivery=row, by=by)
