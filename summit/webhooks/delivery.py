"""Deliver events: claim an endpoint's next delivery, send it, mark it, and continue with the following delivery.

`work` is safe to run twice, late, never, or two at once. The claim is a conditional UPDATE with a lease. The number
of claims is the fencing token: a delivery is marked only if that number hasn't changed.

The deliveries of an endpoint are sent in the order of their causes, so a delivery that is retried blocks the later
ones. It must not block them for three days. After some attempts the next delivery is tried in between. If the
receiver responds to that delivery, the blocking one is set aside: it is retried without blocking others.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.compiled_query import Prepared
from summit.core.database_clock import db_now
from summit.outbox.failure_reasons import because
from summit.users.models import User
from summit.webhooks import endpoint_health, failure_reasons, http_client, payload
from summit.webhooks.http_client import WebhookResponse
from summit.webhooks.models.deliveries import TRANSITIONS, Attempt, Delivery, DeliveryQuerySet, DeliveryState
from summit.webhooks.models.endpoints import Endpoint
from summit.webhooks.permissions import check_can_send_again
from summit.webhooks.response_policy import Outcome, judge

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by the attempts made; the last one repeats.
BACK_OFF = (5, 30, 120, 600, 1800, 3600, 7200, 10800)
# Attempts after which a delivery fails for good. With the pauses of BACK_OFF they take three days.
MOST_ATTEMPTS = 31
# Attempts after which the next delivery is tried in between: two and a half minutes after the first attempt.
HELD_UP = 4
# The longest pause that a receiver may ask for, in seconds.
LONGEST_WAIT = 24 * 3600
# Seconds after which a worker ends its turn at an endpoint, so that others get theirs.
TURN = 5.0
# A queued endpoint isn't queued again for this long. After that its task counts as lost.
HANDED = timedelta(seconds=30)
SEND_AGAIN = audit_action("webhooks.send_again", gettext_lazy("resent the delivery"))


class CantSend(ValueError):
    """A delivery can't be sent again. The exception's message says why."""


def hand_out(*, limit: int = 100) -> list[int]:
    """Return the primary keys of the endpoints with due deliveries, at most `limit`, for the sweep to queue.

    The endpoints are marked as queued, so that they aren't returned again within HANDED. Makes one query if there are
    none.
    """
    keys = [key for (key,) in _DUE.rows()[:limit]]
    if keys:
        Endpoint.objects.filter(pk__in=keys).update(handed_until=Now() + HANDED)
    return keys


_DUE = Prepared(lambda: Endpoint.objects.due().order_by("pk").values_list("pk"))


def work(endpoint_id: int) -> int:
    """Send an endpoint's due deliveries for one turn of TURN seconds, and return how many the receiver accepted."""
    started, accepted = time.monotonic(), 0
    while (row := claim(endpoint_id)) is not None:
        accepted += deliver(row) == Outcome.DONE
        if time.monotonic() - started > TURN:
            break
    Endpoint.objects.filter(pk=endpoint_id).update(handed_until=None)
    return accepted


def claim(endpoint_id: int) -> Delivery | None:
    """Claim the next delivery of an endpoint and return it.

    Due deliveries that were set aside come first. Return None if the endpoint is off, if no delivery is due, or if
    another worker holds the next delivery.
    """
    active_endpoints = Endpoint.objects.on().filter(pk=endpoint_id).values("pk")
    waiting = Delivery.objects.filter(endpoint__in=active_endpoints, state=DeliveryState.PENDING)
    set_aside = waiting.free().filter(aside=True).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:1]
    first = waiting.filter(aside=False).order_by("pk").values_list("pk", flat=True)[:1]
    return next(
        (row for pk in [*set_aside, *first] if (row := _claim(pk, Delivery.objects.free())) is not None), None
    )


def _claim(pk: int, rows: DeliveryQuerySet) -> Delivery | None:
    """Claim the delivery `pk` if it is one of `rows`, and return it. Otherwise return None.

    The UPDATE itself has the conditions of `rows`, so that only one of two workers gets the delivery.
    """
    with transaction.atomic():
        updated = rows.filter(pk=pk).update(
            lease_until=Now() + timedelta(seconds=settings.WEBHOOKS_LEASE),
            attempts=F("attempts") + 1,
            claims=F("claims") + 1,
        )
        return Delivery.objects.select_related("endpoint__summit").get(pk=pk) if updated else None


def deliver(row: Delivery) -> Outcome:
    """Send one claimed delivery, store the attempt and the new state, and return the outcome."""
    if row.attempts > MOST_ATTEMPTS:
        # Only a delivery that kills its worker reaches this.
        _mark(row, DeliveryState.FAILED, problem=because(failure_reasons.WORN))
        return Outcome.NEVER
    answer = _send(row)
    outcome, problem = judge(answer)
    logger.info("delivery %s (%s) was answered by %s: %s", row.public_id, row.event, answer.status, outcome.value)
    with transaction.atomic():
        Attempt.objects.create(delivery=row, ms=answer.ms, status=answer.status, answer=answer.text, problem=problem)
        _record_outcome(row, outcome, problem, answer)
    if outcome == Outcome.LATER and row.attempts >= HELD_UP and not row.aside and answer.wait is None:
        _try_next(row)
    return outcome


def _send(row: Delivery) -> WebhookResponse:
    try:
        content = payload.body(row)
        url = payload.url_of(row)
        return http_client.send(
            url=url,
            body=content,
            headers=payload.headers(row, content, db_now()),
            within=settings.WEBHOOKS_SEND_DEADLINE,
        )
    except DatabaseError:
        raise
    except Exception as problem:  # one broken delivery must not stop the others
        logger.exception("delivery %s was not sent", row.public_id)
        return WebhookResponse(0, problem=because(failure_reasons.ERROR, type(problem).__name__))


def _record_outcome(row: Delivery, outcome: Outcome, problem: str, answer: WebhookResponse) -> None:
    """Store a delivery's new state and update its endpoint's health, in the caller's transaction.

    Does nothing if another worker has claimed the delivery since.
    """
    if outcome == Outcome.DONE:
        if _mark(row, DeliveryState.SENT):
            endpoint_health.record_success(row.endpoint)
    elif outcome == Outcome.LATER and row.attempts < MOST_ATTEMPTS:
        if _schedule_retry(row, problem, answer.wait):
            endpoint_health.failed(row.endpoint)
    elif _mark(row, DeliveryState.FAILED, problem=problem):
        endpoint_health.gave_up(row.endpoint, gone=outcome == Outcome.GONE)


def _mark(row: Delivery, state: DeliveryState, *, problem: str = "") -> bool:
    """Store a delivery's state after an attempt, and return True.

    Return False, with nothing stored, if another worker has claimed the delivery since. Raises ValueError for a state
    that can't follow PENDING.
    """
    if state not in TRANSITIONS[DeliveryState.PENDING]:
        raise ValueError(f"a delivery to be sent can't become {state}")
    values: dict[str, Any] = {"state": state, "problem": problem[:200], "lease_until": None, "ended_at": Now()}
    return bool(_claimed_rows(row).update(**values))


def _schedule_retry(row: Delivery, problem: str, wait: int | None) -> bool:
    pause = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    if wait is not None:
        pause = max(pause, min(wait, LONGEST_WAIT))
    later = Now() + timedelta(seconds=pause)
    return bool(_claimed_rows(row).update(lease_until=None, next_attempt_at=later, problem=problem[:200]))


def _claimed_rows(row: Delivery) -> DeliveryQuerySet:
    """Return a queryset with the delivery's row. It is empty if this worker no longer holds the delivery."""
    return Delivery.objects.filter(pk=row.pk, claims=row.claims, state=DeliveryState.PENDING)


def _try_next(held_up_by: Delivery) -> None:
    """Try to send the next delivery after `held_up_by`, which keeps failing and blocks it.

    If the receiver accepts or refuses the next delivery, the receiver is reachable, and `held_up_by` is set aside.
    Otherwise nothing changes, and the attempt doesn't count.
    """
    active_endpoints = Endpoint.objects.on().filter(pk=held_up_by.endpoint_id).values("pk")
    following = Delivery.objects.free().filter(endpoint__in=active_endpoints, aside=False, pk__gt=held_up_by.pk)
    pk = following.order_by("pk").values_list("pk", flat=True).first()
    row = _claim(pk, Delivery.objects.free()) if pk is not None else None
    if row is None:
        return
    answer = _send(row)
    outcome, problem = judge(answer)
    with transaction.atomic():
        Attempt.objects.create(delivery=row, ms=answer.ms, status=answer.status, answer=answer.text, problem=problem)
        if outcome == Outcome.LATER:
            _claimed_rows(row).update(lease_until=None, attempts=F("attempts") - 1)
            return
        Delivery.objects.filter(pk=held_up_by.pk, state=DeliveryState.PENDING).update(aside=True)
        _record_outcome(row, outcome, problem, answer)


def send_again(*, delivery: Delivery, by: User) -> None:
    """Send an ended delivery again, with the same content and id. Send a waiting delivery at once.

    An ended delivery is set aside, so that it blocks no other delivery. Raises PermissionDenied. Raises CantSend if
    the endpoint is off or a worker holds the delivery.
    """
    check_can_send_again(by, delivery)
    with transaction.atomic():
        if not Endpoint.objects.filter(pk=delivery.endpoint_id, enabled=True).update(handed_until=None):
            raise CantSend(_("This webhook is off. Turn it on first."))
        rows = Delivery.objects.filter(pk=delivery.pk, lease_until__isnull=True)
        states = [state for state, after in TRANSITIONS.items() if DeliveryState.PENDING in after]
        values = {"aside": True, "next_attempt_at": Now(), "state": DeliveryState.PENDING}
        if not (
            rows.filter(state__in=states).update(**values, attempts=0, ended_at=None, problem="")
            or rows.filter(state=DeliveryState.PENDING).update(next_attempt_at=Now())
        ):
            raise CantSend(_("A worker is sending it now."))
        audit.record(by=by, action=SEND_AGAIN, target=delivery, summit=delivery.endpoint.summit)
