"""Delivery: claim the one whose turn it is, send it, mark it, go on with the next of the same endpoint.

Safe to run twice, late, never, or two at once, as the outbox is: the claim is a conditional UPDATE with a lease, and
the number of claims is the fencing token without which nothing is marked.

Deliveries of an endpoint go out in the order of their causes: one that is tried again holds up those behind it. So
that none does so for three days, after some attempts the next one is tried in between: where that gets through, the
receiver is there, and the first one steps aside.
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

from summit.audit import services as audit
from summit.core.compiled_query import Prepared
from summit.core.database_clock import db_now
from summit.outbox.failure_reasons import because
from summit.users.models import User
from summit.webhooks import endpoint_health, failure_reasons, http_client, payload
from summit.webhooks.http_client import Answer
from summit.webhooks.models.deliveries import TRANSITIONS, Attempt, Delivery, DeliveryQuerySet, DeliveryState
from summit.webhooks.models.endpoints import Endpoint
from summit.webhooks.permissions import check_can_send_again
from summit.webhooks.response_policy import Outcome, judge

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by the attempts made; the last one repeats.
BACK_OFF = (5, 30, 120, 600, 1800, 3600, 7200, 10800)
# Attempts after which a delivery is given up: with these pauses in three days.
MOST_ATTEMPTS = 31
# Attempts after which the next delivery is tried in between: two and a half minutes after the first.
HELD_UP = 4
# The longest pause that a receiver may ask for, in seconds.
LONGEST_WAIT = 24 * 3600
# Seconds after which a worker lets others have their turn.
TURN = 5.0
# For how long an endpoint that was handed to a worker is not handed out again; then its queue counts as lost.
HANDED = timedelta(seconds=30)


class CantSend(ValueError):
    """It can't be sent again; the text says why."""


def hand_out(*, limit: int = 100) -> list[int]:
    """Return the keys of the endpoints to which something is due: what the sweep queues. One query where there is
    nothing."""
    keys = [key for (key,) in _DUE.rows()[:limit]]
    if keys:
        Endpoint.objects.filter(pk__in=keys).update(handed_until=Now() + HANDED)
    return keys


_DUE = Prepared(lambda: Endpoint.objects.due().order_by("pk").values_list("pk"))


def work(endpoint_id: int) -> int:
    """Deliver to an endpoint what is due, for a turn; return how many got through."""
    started, through = time.monotonic(), 0
    while (row := claim(endpoint_id)) is not None:
        through += deliver(row) == Outcome.DONE
        if time.monotonic() - started > TURN:
            break
    Endpoint.objects.filter(pk=endpoint_id).update(handed_until=None)
    return through


def claim(endpoint_id: int) -> Delivery | None:
    """Claim the delivery whose turn it is at an endpoint that is on, one that stepped aside before the first in line;
    None where nothing is due or others hold it."""
    on = Endpoint.objects.on().filter(pk=endpoint_id).values("pk")
    waiting = Delivery.objects.filter(endpoint__in=on, state=DeliveryState.PENDING)
    aside = waiting.free().filter(aside=True).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:1]
    first = waiting.filter(aside=False).order_by("pk").values_list("pk", flat=True)[:1]
    return next((row for pk in [*aside, *first] if (row := _take(pk, Delivery.objects.free())) is not None), None)


def _take(pk: int, rows: DeliveryQuerySet) -> Delivery | None:
    """Claim one of some rows: the conditions are the UPDATE's own, so that of two workers one gets it."""
    with transaction.atomic():
        taken = rows.filter(pk=pk).update(
            lease_until=Now() + timedelta(seconds=settings.WEBHOOKS_LEASE),
            attempts=F("attempts") + 1,
            claims=F("claims") + 1,
        )
        return Delivery.objects.select_related("endpoint__summit").get(pk=pk) if taken else None


def deliver(row: Delivery) -> Outcome:
    """Send one claimed delivery and mark what became of it."""
    if row.attempts > MOST_ATTEMPTS:
        # What a delivery that kills its worker looks like.
        _mark(row, DeliveryState.FAILED, problem=because(failure_reasons.WORN))
        return Outcome.NEVER
    answer = _send(row)
    outcome, problem = judge(answer)
    with transaction.atomic():
        Attempt.objects.create(delivery=row, ms=answer.ms, status=answer.status, answer=answer.text, problem=problem)
        _note(row, outcome, problem, answer)
    if outcome == Outcome.LATER and row.attempts >= HELD_UP and not row.aside and answer.wait is None:
        _try_next(row)
    return outcome


def _send(row: Delivery) -> Answer:
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
    except Exception as problem:  # one delivery that nobody can make sense of must not stop the others
        logger.exception("delivery %s was not sent", row.public_id)
        return Answer(0, problem=because(failure_reasons.ERROR, type(problem).__name__))


def _note(row: Delivery, outcome: Outcome, problem: str, answer: Answer) -> None:
    """Mark a delivery and how its endpoint does, in the transaction of the caller. Nothing of either where somebody
    else has claimed it since."""
    if outcome == Outcome.DONE:
        if _mark(row, DeliveryState.SENT):
            endpoint_health.got_through(row.endpoint)
    elif outcome == Outcome.LATER and row.attempts < MOST_ATTEMPTS:
        if _put_off(row, problem, answer.wait):
            endpoint_health.failed(row.endpoint)
    elif _mark(row, DeliveryState.FAILED, problem=problem):
        endpoint_health.gave_up(row.endpoint, gone=outcome == Outcome.GONE)


def _mark(row: Delivery, state: DeliveryState, *, problem: str = "") -> bool:
    """Write what became of an attempt; return False, changing nothing, where somebody else has claimed it since."""
    if state not in TRANSITIONS[DeliveryState.PENDING]:
        raise ValueError(f"a delivery to be sent can't become {state}")
    values: dict[str, Any] = {"state": state, "problem": problem[:200], "lease_until": None, "ended_at": Now()}
    return bool(_held(row).update(**values))


def _put_off(row: Delivery, problem: str, wait: int | None) -> bool:
    pause = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    if wait is not None:
        pause = max(pause, min(wait, LONGEST_WAIT))
    later = Now() + timedelta(seconds=pause)
    return bool(_held(row).update(lease_until=None, next_attempt_at=later, problem=problem[:200]))


def _held(row: Delivery) -> DeliveryQuerySet:
    """The row, if this claim still holds it."""
    return Delivery.objects.filter(pk=row.pk, claims=row.claims, state=DeliveryState.PENDING)


def _try_next(held_up_by: Delivery) -> None:
    """Try the delivery behind one that is tried again and again. Where the receiver takes or refuses it, it is there,
    and the first one steps aside; where it can't be reached, all stays as it was and the attempt doesn't count."""
    on = Endpoint.objects.on().filter(pk=held_up_by.endpoint_id).values("pk")
    behind = Delivery.objects.free().filter(endpoint__in=on, aside=False, pk__gt=held_up_by.pk)
    pk = behind.order_by("pk").values_list("pk", flat=True).first()
    row = _take(pk, Delivery.objects.free()) if pk is not None else None
    if row is None:
        return
    answer = _send(row)
    outcome, problem = judge(answer)
    with transaction.atomic():
        Attempt.objects.create(delivery=row, ms=answer.ms, status=answer.status, answer=answer.text, problem=problem)
        if outcome == Outcome.LATER:
            _held(row).update(lease_until=None, attempts=F("attempts") - 1)
            return
        Delivery.objects.filter(pk=held_up_by.pk, state=DeliveryState.PENDING).update(aside=True)
        _note(row, outcome, problem, answer)


def send_again(*, delivery: Delivery, by: User) -> None:
    """Send a delivery that has ended once more, with the same content and id, or one that waits at once; it holds up
    no other. Raises PermissionDenied, or CantSend while a worker has it or its endpoint is off."""
    check_can_send_again(by, delivery)
    with transaction.atomic():
        if not Endpoint.objects.filter(pk=delivery.endpoint_id, enabled=True).update(handed_until=None):
            raise CantSend(_("This webhook is off. Turn it on first."))
        rows = Delivery.objects.filter(pk=delivery.pk, lease_until__isnull=True)
        before = [state for state, after in TRANSITIONS.items() if DeliveryState.PENDING in after]
        again = {"aside": True, "next_attempt_at": Now(), "state": DeliveryState.PENDING}
        if not (
            rows.filter(state__in=before).update(**again, attempts=0, ended_at=None, problem="")
            or rows.filter(state=DeliveryState.PENDING).update(next_attempt_at=Now())
        ):
            raise CantSend(_("A worker is sending it at this moment."))
        audit.record(by=by, action="webhooks.send_again", target=delivery, summit=delivery.endpoint.summit)
