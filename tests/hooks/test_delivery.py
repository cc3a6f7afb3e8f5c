"""Claims, order, retries, giving up, and what becomes of an endpoint."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from standardwebhooks import Webhook

from summit.hooks.domain import delivery, endpoints, health, wire
from summit.hooks.domain.delivery import CantSend
from summit.hooks.domain.judging import Outcome, judge
from summit.hooks.domain.wire import Answer
from summit.hooks.models import Attempt, Delivery, DeliveryState, Endpoint, OffWhy
from summit.hooks.models.deliveries import TRANSITIONS
from summit.models import AuditEntry, Role
from summit.outbox import reasons
from summit.outbox.models import Message
from tests.factories import DeliveryFactory, EndpointFactory, UserFactory
from tests.hooks.receivers import Hang, Receiver, status

pytestmark = pytest.mark.django_db
there_is_one = pytest.mark.loopback
OH = status("500 Oh")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A wire without a receiver: `say` are statuses or answers in turn, the last for ever; `sent` the bodies."""
    told: dict[str, Any] = {"say": [200], "sent": []}

    def send(*, url: str, body: bytes, headers: Any, within: float) -> Answer:
        told["sent"].append(json.loads(body)["data"].get("n"))
        said = told["say"].pop(0) if len(told["say"]) > 1 else told["say"][0]
        return said if isinstance(said, Answer) else Answer(1, said)

    monkeypatch.setattr(wire, "send", send)
    return told


def queue(number: int, **kwargs: Any) -> tuple[Endpoint, list[Delivery]]:
    """Make an endpoint with so many deliveries that wait, numbered from 1."""
    endpoint = EndpointFactory(**kwargs)
    return endpoint, [DeliveryFactory(endpoint=endpoint, data={"n": n}) for n in range(1, number + 1)]


def due(row: Delivery) -> None:
    """Let the time of a delivery's next attempt come."""
    Delivery.objects.filter(pk=row.pk).update(next_attempt_at=Now() - timedelta(seconds=1))


def states(endpoint: Endpoint) -> list[tuple[str, int, bool]]:
    return list(endpoint.deliveries.order_by("pk").values_list("state", "attempts", "aside"))


def wait_of(row: Delivery) -> float:
    row.refresh_from_db()
    left = Delivery.objects.annotate(left=F("next_attempt_at") - Now()).get(pk=row.pk).left
    return float(round(left.total_seconds()))


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

    def test_each_ends_right_and_in_order(self, there: Receiver, settings: Any) -> None:
        """A receiver that fails, hangs, asks for a pause, leads inward and refuses, in the middle of ten."""
        settings.WEBHOOKS_SEND_DEADLINE = 1.5
        endpoint, _rows = queue(10, url=there.url)
        inward = status("302 Go", f"Location: {there.url}/inside")
        there.answers = [OH, Hang(), status("200 OK"), inward, status("503 No"), status("204 OK"), status("422 No")]
        for _turn in range(12):
            delivery.work(endpoint.pk)
            Delivery.objects.filter(state="pending").update(next_attempt_at=Now() - timedelta(seconds=1))
            Endpoint.objects.update(handed_until=None)
        assert states(endpoint) == [
            ("sent", 3, False), ("sent", 3, False), ("failed", 1, False), *[("sent", 1, False)] * 7,
        ]  # fmt: skip
        taken = [json.loads(body)["data"]["n"] for body in there.bodies]
        assert taken == [1, 1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        assert {line for line, _headers, _body in there.got} == {"POST /events HTTP/1.1"}
        assert [row.problem for row in endpoint.deliveries.filter(state="failed")] == ["@hooks.status:422"]

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
    def test_they_go_out_in_the_order_of_their_causes(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(5)
        assert delivery.work(endpoint.pk) == 5
        assert answers["sent"] == [1, 2, 3, 4, 5]

    def test_one_that_is_tried_again_holds_up_those_behind_it(self, answers: dict[str, Any]) -> None:
        endpoint, rows = queue(3)
        answers["say"] = [500, 200]
        delivery.work(endpoint.pk)
        assert (answers["sent"], wait_of(rows[0])) == ([1], 5)
        assert delivery.work(endpoint.pk) == 0
        due(rows[0])
        assert delivery.work(endpoint.pk) == 3
        assert answers["sent"] == [1, 1, 2, 3]

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

    def test_while_none_gets_through_all_keep_their_places(self, answers: dict[str, Any]) -> None:
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

    def test_control_without_stepping_aside_one_holds_up_all(
        self, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivery, "_try_next", lambda row: None)
        endpoint, rows = queue(2)
        answers["say"] = [500] * 8 + [200]
        for _turn in range(8):
            due(rows[0])
            delivery.work(endpoint.pk)
        assert answers["sent"] == [1] * 8

    def test_an_endpoint_holds_up_no_other(self, answers: dict[str, Any]) -> None:
        slow, fast = queue(1)[0], queue(1)[0]
        answers["say"] = [500, 200]
        assert [delivery.work(slow.pk), delivery.work(fast.pk)] == [0, 1]


class TestPauses:
    def test_they_grow_to_three_days(self) -> None:
        pauses = [delivery.BACK_OFF[min(n, len(delivery.BACK_OFF)) - 1] for n in range(1, delivery.MOST_ATTEMPTS)]
        assert pauses == sorted(pauses)
        assert 2.9 < sum(pauses) / 86400 < 3.1

    @pytest.mark.parametrize(("asked", "pause"), [(1, 5), (40, 40), (10**9, 86400)])
    def test_a_receiver_may_ask_for_a_longer_one(self, answers: dict[str, Any], asked: int, pause: int) -> None:
        endpoint, [row] = queue(1)
        answers["say"] = [Answer(1, 429, wait=asked)]
        delivery.work(endpoint.pk)
        assert wait_of(row) == pause

    def test_whoever_asks_for_a_pause_is_tried_with_no_other(self, answers: dict[str, Any]) -> None:
        endpoint, rows = queue(2)
        Delivery.objects.filter(pk=rows[0].pk).update(attempts=10)
        answers["say"] = [Answer(1, 429, wait=40)]
        delivery.work(endpoint.pk)
        assert answers["sent"] == [1]

    def test_at_last_it_is_given_up(self, answers: dict[str, Any]) -> None:
        endpoint, [row] = queue(1)
        Delivery.objects.filter(pk=row.pk).update(attempts=delivery.MOST_ATTEMPTS - 1)
        answers["say"] = [500]
        delivery.work(endpoint.pk)
        row.refresh_from_db()
        assert (row.state, reasons.words(row.problem)) == ("failed", "The receiver answered 500.")

    def test_one_that_kills_its_workers_is_given_up(self, answers: dict[str, Any]) -> None:
        endpoint, [row] = queue(1)
        Delivery.objects.filter(pk=row.pk).update(attempts=delivery.MOST_ATTEMPTS)
        delivery.work(endpoint.pk)
        row.refresh_from_db()
        assert (row.state, answers["sent"]) == ("failed", [])

    def test_an_error_of_ours_stops_no_other(self, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        endpoint, [row] = queue(1)
        monkeypatch.setattr(wire, "send", lambda **kwargs: 1 / 0)
        delivery.work(endpoint.pk)
        row.refresh_from_db()
        assert (row.state, reasons.words(row.problem)) == ("pending", "An error stopped it: ZeroDivisionError.")


@pytest.mark.parametrize(
    ("status_code", "outcome"),
    [
        *((code, Outcome.DONE) for code in (200, 201, 202, 204, 299)),
        *((code, Outcome.LATER) for code in (300, 301, 302, 307, 308, 304, 408, 425, 429, 500, 502, 503, 504, 599)),
        *((code, Outcome.NEVER) for code in (400, 401, 403, 404, 405, 413, 422, 451)),
        (410, Outcome.GONE),
    ],
)
def test_what_a_status_means(status_code: int, outcome: Outcome) -> None:
    assert judge(Answer(1, status_code))[0] == outcome


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        *((f"hooks.{key}", Outcome.LATER) for key in ("timeout", "connection", "certificate", "no_name", "error")),
        *((f"hooks.{key}", Outcome.NEVER) for key in ("inside", "address")),
    ],
)
def test_what_a_problem_means(key: str, outcome: Outcome) -> None:
    assert judge(Answer(1, problem=reasons.because(key)))[0] == outcome


def test_the_states_that_follow_each_other() -> None:
    assert set(TRANSITIONS) == set(DeliveryState.values)
    with pytest.raises(ValueError, match="can't become pending"):
        delivery._mark(DeliveryFactory(), DeliveryState.PENDING)


class TestClaims:
    def test_of_two_workers_one_gets_it(self, answers: dict[str, Any]) -> None:
        endpoint, [_row] = queue(1)
        first = delivery.claim(endpoint.pk)
        assert first is not None
        assert delivery.claim(endpoint.pk) is None
        assert (first.attempts, first.claims) == (1, 1)

    def test_a_stalled_worker_marks_nothing(self, answers: dict[str, Any]) -> None:
        endpoint, [_row] = queue(1)
        stalled = delivery.claim(endpoint.pk)
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        fresh = delivery.claim(endpoint.pk)
        assert stalled is not None
        assert fresh is not None
        assert not delivery._mark(stalled, DeliveryState.FAILED, problem="late")
        assert not delivery._put_off(stalled, "late", None)
        assert delivery._mark(fresh, DeliveryState.SENT)

    @pytest.mark.django_db(transaction=True)
    def test_workers_that_race_deliver_each_once_and_in_order(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(12)
        at_once(lambda: delivery.work(endpoint.pk), 4)
        while delivery.work(endpoint.pk):
            pass
        assert answers["sent"] == list(range(1, 13))
        assert states(endpoint) == [("sent", 1, False)] * 12

    @pytest.mark.django_db(transaction=True)
    def test_control_without_the_claims_conditions_some_go_twice(
        self, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        meet = threading.Barrier(2)
        usual = delivery._take

        def take(pk: int, rows: Any) -> Delivery | None:
            meet.wait(5)
            return usual(pk, Delivery.objects.all())

        endpoint, _rows = queue(1)
        monkeypatch.setattr(delivery, "_take", take)
        monkeypatch.setattr(delivery, "TURN", -1.0)
        at_once(lambda: delivery.work(endpoint.pk), 2)
        assert answers["sent"] == [1, 1]

    def test_the_sweep_hands_out_what_is_due_once(self, answers: dict[str, Any]) -> None:
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

    def test_the_sweep_asks_once_where_nothing_is_due(self, django_assert_num_queries: Any) -> None:
        EndpointFactory.create_batch(3)
        with django_assert_num_queries(1):
            assert delivery.hand_out() == []


def at_once(work: Callable[[], Any], times: int) -> None:
    """Do the same in several threads that start together."""
    start = threading.Barrier(times)

    def run() -> None:
        try:
            start.wait(5)
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


class TestHealth:
    def off(self, endpoint: Endpoint) -> tuple[bool, str, int]:
        endpoint.refresh_from_db()
        return endpoint.enabled, endpoint.off_why, Message.objects.filter(kind="webhook_off").count()

    def test_one_that_is_gone_is_turned_off_and_the_organisers_told(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(2)
        organiser = UserFactory.with_role(Role.ORGANISER, endpoint.summit)
        UserFactory.with_role(Role.PROTOCOL, endpoint.summit)
        answers["say"] = [410]
        delivery.work(endpoint.pk)
        assert self.off(endpoint) == (False, OffWhy.GONE, 1)
        assert Message.objects.get().address == organiser.email
        assert states(endpoint) == [("failed", 1, False), ("pending", 0, False)]
        assert AuditEntry.objects.get(action="hooks.disabled").detail == {"why": "gone"}

    def test_one_to_which_nothing_gets_through_for_three_days_is_turned_off(self, answers: dict[str, Any]) -> None:
        endpoint, [row] = queue(1)
        answers["say"] = [500]
        delivery.work(endpoint.pk)
        assert self.off(endpoint) == (True, "", 0)
        Endpoint.objects.update(failing_since=Now() - health.PATIENCE)
        due(row)
        delivery.work(endpoint.pk)
        assert self.off(endpoint)[:2] == (False, OffWhy.FAILING)

    def test_one_that_refuses_all_is_turned_off(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(health.MOST_GIVEN_UP + 1)
        answers["say"] = [404]
        delivery.work(endpoint.pk)
        assert self.off(endpoint)[:2] == (False, OffWhy.REFUSING)
        assert len(answers["sent"]) == health.MOST_GIVEN_UP

    def test_what_gets_through_begins_the_count_anew(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(health.MOST_GIVEN_UP + 5)
        answers["say"] = [404] * 10 + [200] + [404]
        delivery.work(endpoint.pk)
        assert self.off(endpoint) == (True, "", 0)
        endpoint.refresh_from_db()
        assert endpoint.given_up == health.MOST_GIVEN_UP - 6

    def test_it_is_told_once(self, answers: dict[str, Any]) -> None:
        endpoint, _rows = queue(2)
        UserFactory.with_role(Role.ORGANISER, endpoint.summit)
        health.gave_up(endpoint, gone=True)
        health.gave_up(endpoint, gone=True)
        assert self.off(endpoint)[2] == 1


class TestAgain:
    def test_what_failed_is_sent_again_as_it_was(self, answers: dict[str, Any]) -> None:
        endpoint, [row, _later] = queue(2)
        answers["say"] = [404, 500, 200]
        delivery.work(endpoint.pk)
        delivery.send_again(delivery=row, by=UserFactory.with_role(Role.ORGANISER, endpoint.summit))
        delivery.work(endpoint.pk)
        # It holds up no other, and waits for none.
        assert states(endpoint) == [("sent", 1, True), ("pending", 1, False)]
        assert answers["sent"] == [1, 2, 1]

    def test_what_waits_is_sent_at_once(self, answers: dict[str, Any]) -> None:
        endpoint, [row] = queue(1)
        answers["say"] = [500, 200]
        delivery.work(endpoint.pk)
        delivery.send_again(delivery=row, by=UserFactory.with_role(Role.ORGANISER, endpoint.summit))
        delivery.work(endpoint.pk)
        assert states(endpoint) == [("sent", 2, False)]

    def test_not_what_a_worker_has_and_not_by_everybody(self) -> None:
        endpoint, [row] = queue(1)
        with pytest.raises(PermissionDenied, match="This can be done by: organiser"):
            delivery.send_again(delivery=row, by=UserFactory.with_role(Role.PROTOCOL, endpoint.summit))
        delivery.claim(endpoint.pk)
        by = UserFactory.with_role(Role.ORGANISER, endpoint.summit)
        with pytest.raises(CantSend, match="A worker is sending it"):
            delivery.send_again(delivery=row, by=by)
        endpoints.turn_off(endpoint=endpoint, by=by)
        with pytest.raises(CantSend, match="Turn it on first"):
            delivery.send_again(delivery=row, by=by)
