"""Deliver messages: claim a batch, then render each message once, send it and mark it, one after the other.

`deliver` is safe to run twice, late, never, or two at once. The claim is a conditional UPDATE with a lease. The
number of claims, which only grows, is the fencing token: a message is marked only if that number hasn't changed. If a
worker is killed, its messages are claimed again when the lease ends. At most one message, which the worker was just
sending, is sent twice.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core import request_ids
from summit.core.compiled_query import Prepared
from summit.core.lock_yielding import Turns
from summit.outbox import mime, response_policy, smtp_connection
from summit.outbox.failure_reasons import because, value_of
from summit.outbox.message_kinds import KINDS
from summit.outbox.messages import SYSTEM_MAIL
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import TRANSITIONS, MessageQuerySet
from summit.outbox.permissions import check_can_send_again
from summit.users.models import User

logger = logging.getLogger(__name__)
SEND_AGAIN = audit_action("outbox.send_again", gettext_lazy("resent the failed message"))


class CantSendAgain(ValueError):
    """A message can't be sent again. The exception's message says why."""


# Seconds until the next attempt, by the attempts made; the last one repeats.
BACK_OFF = (5, 15, 60, 300, 900, 1800)
# The same where the message may have arrived. After the last one it fails: each attempt can be one more copy.
PERHAPS_BACK_OFF = (300, 1800, 7200)


def claim(ids: Iterable[int]) -> list[Message]:
    """Claim messages by primary key, and return the claimed ones. `ids` that aren't due or are held are left out."""
    with transaction.atomic():
        candidates = Message.objects.filter(pk__in=list(ids))
        locked = list(candidates.due().select_for_update(skip_locked=_can_skip_locked()).values_list("pk", flat=True))
        # The conditions again, not only the keys: on databases without row locks the UPDATE itself must check them.
        updated = (
            Message.objects.filter(pk__in=locked)
            .due()
            .update(
                lease_until=Now() + timedelta(seconds=settings.OUTBOX_LEASE),
                attempts=F("attempts") + 1,
                claims=F("claims") + 1,
            )
        )
        rows = Message.objects.filter(pk__in=locked).select_related("summit").order_by("id")
        return list(rows) if updated else []


def _can_skip_locked() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)


def deliver(ids: Sequence[int]) -> int:
    """Claim messages by primary key, send the claimed ones, and return how many were sent.

    Messages that another worker holds are left to it.
    """
    started = time.monotonic()
    messages = give_up_worn(claim(ids))
    sent, turns = 0, Turns()
    with smtp_connection.connection() as mail_connection:
        for position, message in enumerate(messages):
            turns.yield_if_due()
            # The rest of the lease must cover a whole send. Otherwise another worker may claim the message meanwhile.
            if time.monotonic() - started > settings.OUTBOX_LEASE - settings.OUTBOX_SEND_DEADLINE:
                release(messages[position:])
                break
            with request_ids.bound(message.request_id or request_ids.current_id()):
                sent += render(message) and deliver_one(message, mail_connection)
    return sent


def give_up_worn(messages: list[Message]) -> list[Message]:
    """Mark messages with too many attempts as failed, and return the others.

    A message has too many attempts here only if it kills the workers that try to send it.
    """
    worn = [message for message in messages if message.attempts > settings.OUTBOX_MAX_ATTEMPTS]
    for message in worn:
        mark(
            message,
            MessageState.FAILED,
            problem=because("worn"),
        )
    return [message for message in messages if message not in worn]


def deliver_one(message: Message, mail_connection: smtp_connection.MailConnection) -> bool:
    """Send one claimed message, store the outcome, and return whether the message was sent.

    A message is dropped if its cause no longer exists. A message that couldn't be sent for now is retried later.
    """
    try:
        reason = KINDS[message.kind].why_withdrawn(message)
        if reason:
            mark(message, MessageState.DROPPED, problem=reason)
            return False
        mail_connection.send(message)
    except response_policy.Refused as refused:
        logger.warning("message %s failed for good", message.public_id)
        mark(message, MessageState.FAILED, problem=str(refused))
        return False
    except response_policy.NotNow as later:
        logger.info("message %s waits for attempt %d", message.public_id, message.attempts + 1)
        schedule_retry(message, str(later))
        return False
    except response_policy.PerhapsTaken:
        logger.warning("message %s may have arrived", message.public_id)
        retry_perhaps_taken(message)
        return False
    except DatabaseError:
        raise
    except Exception as problem:  # one broken message must not stop the others
        logger.exception("message %s was not sent", message.public_id)
        schedule_retry(message, because("sending", type(problem).__name__))
        return False
    logger.info("message %s (%s) was sent", message.public_id, message.kind)
    return mark(message, MessageState.SENT)


def render(message: Message) -> bool:
    """Render a message that has no bytes yet, store them, and return whether the message can be sent."""
    if message.rendered is not None:
        return True
    if not _render(message):
        return False
    # Only while this worker holds the message: bytes that another worker is sending must not change.
    stored = _claimed_rows(message).filter(rendered__isnull=True)
    return bool(stored.update(rendered=message.rendered, rendered_subject=message.rendered_subject))


def _render(message: Message) -> bool:
    """Render a message's mail and return True. If that raises an error, mark the message as failed, return False."""
    try:
        mail = mime.render(message)
        message.rendered = mime.build(message, mail)
    except DatabaseError:
        raise
    except Exception as problem:  # one message that can't be rendered must not stop the others
        logger.exception("message %s can't be rendered", message.public_id)
        mark(message, MessageState.FAILED, problem=because("writing", type(problem).__name__))
        return False
    message.rendered_subject = " ".join(mail.subject.split())[:255]
    return True


def mark(message: Message, state: MessageState, *, problem: str = "") -> bool:
    """Store a message's state after an attempt, and return True.

    Return False, with nothing stored, if another worker has claimed the message since. Raises ValueError for a state
    that can't follow PENDING.
    """
    if state not in TRANSITIONS[MessageState.PENDING]:
        raise ValueError(f"a message to be sent can't become {state}")
    values: dict[str, Any] = {"state": state, "problem": _tidy(problem), "lease_until": None}
    if state == MessageState.SENT:
        values["sent_at"] = Now()
    return bool(_claimed_rows(message).update(**values))


def schedule_retry(message: Message, problem: str) -> None:
    """Schedule the next attempt of a message, or mark it as failed after OUTBOX_MAX_ATTEMPTS."""
    if message.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        mark(message, MessageState.FAILED, problem=problem)
        return
    _put_off(message, BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1], problem)


def retry_perhaps_taken(message: Message) -> None:
    """Schedule the next attempt of a message that may have arrived, or mark it as failed after a few of them."""
    before = int(value_of(message.problem, "perhaps") or 0)
    problem = because("perhaps", before + 1)
    if before >= len(PERHAPS_BACK_OFF) or message.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        mark(message, MessageState.FAILED, problem=problem)
        return
    _put_off(message, PERHAPS_BACK_OFF[before], problem)


def _put_off(message: Message, wait: float, problem: str) -> None:
    _claimed_rows(message).update(
        lease_until=None, handed_until=None, next_attempt_at=Now() + timedelta(seconds=wait), problem=_tidy(problem)
    )


def _tidy(problem: str) -> str:
    """Return the first 2,000 characters of a server's words, without NUL characters, which a database can't hold."""
    return problem.replace("\0", "")[:2000]


def release(messages: Sequence[Message]) -> None:
    """Release messages that were claimed but not attempted. They are due at once, and the attempt doesn't count."""
    for message in messages:
        _claimed_rows(message).update(lease_until=None, handed_until=None, attempts=F("attempts") - 1)


def _claimed_rows(message: Message) -> MessageQuerySet:
    """Return a queryset with the message's row. It is empty if this worker no longer holds the message."""
    return Message.objects.filter(pk=message.pk, claims=message.claims, state=MessageState.PENDING)


def _unhanded() -> MessageQuerySet:
    """Return the messages that are due and that no sweep has queued within the last OUTBOX_HANDED seconds."""
    return Message.objects.due().filter(Q(handed_until__isnull=True) | Q(handed_until__lte=Now()))


_ANY_DUE = Prepared(lambda: _unhanded().order_by().values_list("pk")[:1])


def hand_out(*, limit: int = 500) -> Iterator[tuple[str, list[int]]]:
    """Yield the name of a task and the primary keys of messages that are due, in batches, for the sweep to queue.

    Each message is marked as queued, so that sweeps of the next OUTBOX_HANDED seconds don't queue it again. If the
    queue is lost, a later sweep queues the message again. A late task can't claim messages that were delivered
    meanwhile. Makes one query if nothing is due.
    """
    if not _ANY_DUE.rows():
        return
    with transaction.atomic():
        waiting = _unhanded().order_by("next_attempt_at", "id")
        rows = list(waiting.select_for_update(skip_locked=_can_skip_locked()).values_list("pk", "kind")[:limit])
        Message.objects.filter(pk__in=[pk for pk, _kind in rows]).update(
            handed_until=Now() + timedelta(seconds=settings.OUTBOX_HANDED)
        )
    by_task: dict[str, list[int]] = {}
    for pk, kind in rows:
        # A kind that isn't registered any more must not stop the sweep: its messages fail on delivery.
        by_task.setdefault(KINDS.get(kind, SYSTEM_MAIL).task, []).append(pk)
    for task, ids in by_task.items():
        for start in range(0, len(ids), settings.OUTBOX_BATCH):
            yield task, ids[start : start + settings.OUTBOX_BATCH]


def send_again(*, message: Message, by: User) -> None:
    """Queue a failed message again. The mail doesn't change.

    Raises PermissionDenied, or CantSendAgain if the message hasn't failed.
    """
    check_can_send_again(by, message)
    with transaction.atomic():
        states = [state for state, after in TRANSITIONS.items() if MessageState.PENDING in after]
        changed = Message.objects.filter(pk=message.pk, state__in=states).update(
            state=MessageState.PENDING, attempts=0, next_attempt_at=Now(), lease_until=None, handed_until=None
        )
        if not changed:
            raise CantSendAgain(_("Only failed messages can be resent."))
        audit.record(by=by, action=SEND_AGAIN, target=message, summit=message.summit)
