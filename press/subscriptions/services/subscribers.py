"""Who is written to: asked for by anybody, confirmed and ended only from the mailbox itself."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from press.subscriptions.models import Subscriber
from summit.audit import services as audit
from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.summits.models import Summit

CONFIRM, END = "confirm", "end"
PURPOSES = (CONFIRM, END)
# One confirmation mail to an address in this time, whoever asks.
QUIET = timedelta(minutes=10)
# So many unanswered confirmation mails of a summit in such a time, whoever asks: more is somebody who enters the
# addresses of others. Those who answered theirs are not counted.
MOST_WAITING = ((20, timedelta(minutes=1)), (300, timedelta(hours=1)))
# A mail older than this confirms nothing.
VALID = timedelta(days=7)
SALT = "press.subscription"
_WAITING = Q(confirmed_at__isnull=True) | Q(ended_at__isnull=False)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """What a link in a mail stands for."""

    subscriber: Subscriber
    purpose: str


def ask(*, summit: Summit, address: str, language: str) -> bool:
    """Note that somebody asked for news at an address, and write to it for confirmation.

    Returns whether a mail was stored: not for an address that is subscribed, nor twice within ten minutes, nor while
    MOST_WAITING others have not answered theirs; then nothing is kept of the address. Callers keep that to
    themselves.
    """
    small = address.strip().lower()
    with transaction.atomic():
        if _crowded(summit):
            logger.warning("subscriptions to %s are asked for faster than they are confirmed", summit.slug)
            return False
        made = Subscriber(summit=summit, address=small, language=language)
        Subscriber.objects.bulk_create([made], ignore_conflicts=True)
        if not Subscriber.objects.filter(nonce=made.nonce).exists():
            rows = Subscriber.objects.filter(_WAITING, summit=summit, address=small, asked_at__lte=Now() - QUIET)
            if not rows.update(asked_at=Now(), language=language):
                return False
        subscriber = Subscriber.objects.get(summit=summit, address=small)
        enqueue.store([_confirmation(subscriber)])
        audit.record(by=audit.SYSTEM, action="press.subscription_asked", target=subscriber, summit=summit)
    return True


def _crowded(summit: Summit) -> bool:
    """Whether too many mails of a summit wait for an answer. Whoever asks next waits until this transaction ends, so
    that many at once are not each the last one."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    rows = Subscriber.objects.filter(_WAITING, summit=summit)
    return any(rows.filter(asked_at__gt=Now() - time).count() >= most for most, time in MOST_WAITING)


def _confirmation(subscriber: Subscriber) -> Message:
    key = f"press.subscriber:{subscriber.public_id}"
    # Each asking is a mail of its own; the subscriber's row, just written, is locked until it is stored.
    before = Message.objects.filter(subject_key=key).count()
    return enqueue.draft(
        summit=subscriber.summit,
        kind="subscription",
        subject_key=key,
        version=before + 1,
        recipient_key=key,
        address=subscriber.address,
        language=subscriber.language,
        facts={
            "subscriber": subscriber.public_id,
            "summit": subscriber.summit.named(spoken(subscriber.language)).name,
        },
    )


def confirm(claim: Claim) -> bool:
    """Confirm an address; return False where the mail is too old or the subscription was ended after it.

    Of several at once the first confirms and records it: the UPDATE asks again what the others wait for.
    """
    since = Q(ended_at__isnull=True) | Q(ended_at__lt=F("asked_at"))
    with transaction.atomic():
        rows = Subscriber.objects.filter(since, pk=claim.subscriber.pk)
        if not rows.filter(_WAITING, asked_at__gte=Now() - VALID).update(confirmed_at=Now(), ended_at=None):
            return rows.active().exists()
        _record(claim.subscriber, action="press.subscription_confirmed")
    return True


def end(claim: Claim) -> bool:
    """End a subscription; ending it twice is no mistake."""
    with transaction.atomic():
        if Subscriber.objects.filter(pk=claim.subscriber.pk, ended_at__isnull=True).update(ended_at=Now()):
            _record(claim.subscriber, action="press.subscription_ended")
    return True


def _record(subscriber: Subscriber, *, action: str) -> None:
    audit.record(by=audit.SYSTEM, action=action, target=subscriber, summit=subscriber.summit)


def token(subscriber: Subscriber, purpose: str) -> str:
    """Return the token of a link: whose it is, what for, and a signature made from the subscriber's nonce."""
    return f"{purpose}-{subscriber.public_id}-{_signature(subscriber, purpose, settings.SECRET_KEY)}"


def url(subscriber: Subscriber, purpose: str) -> str:
    """Return the absolute address of a link."""
    path = reverse("press:subscription", args=[subscriber.summit.slug, token(subscriber, purpose)])
    return f"{settings.BASE_URL}{path}"


def _signature(subscriber: Subscriber, purpose: str, secret: str) -> str:
    value = f"{purpose}:{subscriber.public_id}:{subscriber.nonce}"
    return salted_hmac(SALT, value, secret=secret, algorithm="sha256").hexdigest()[:40]


def resolve(*, summit: Summit, token: str) -> Claim | None:
    """Return what a link stands for, or None for one that this system did not sign."""
    purpose, _dash, rest = token.partition("-")
    key, _dash, signature = rest.partition("-")
    if purpose not in PURPOSES or not key.isalnum():
        return None
    subscriber = Subscriber.objects.filter(summit=summit, public_id=key).select_related("summit").first()
    if subscriber is None:
        return None
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    known = any(constant_time_compare(_signature(subscriber, purpose, secret), signature) for secret in secrets)
    return Claim(subscriber, purpose) if known else None
