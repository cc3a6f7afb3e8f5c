"""Subscriptions to news. Anybody may ask for one; only the owner of the mailbox can confirm or end it."""

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
# At most one confirmation mail to an address in this time, however often it is requested.
QUIET = timedelta(minutes=10)
# The most unanswered confirmation mails of a summit, each within a time. More means that somebody enters the
# addresses of others. Confirmed addresses aren't counted.
MOST_WAITING = ((20, timedelta(minutes=1)), (300, timedelta(hours=1)))
# A mail older than this confirms nothing.
VALID = timedelta(days=7)
SALT = "press.subscription"
_WAITING = Q(confirmed_at__isnull=True) | Q(ended_at__isnull=False)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """The subscriber and the purpose of a link in a mail."""

    subscriber: Subscriber
    purpose: str


def ask(*, summit: Summit, address: str, language: str) -> bool:
    """Store a request for news, and send a confirmation mail; return whether a mail was stored.

    None is stored for a subscribed address, nor twice within ten minutes. None is stored either while MOST_WAITING
    others haven't confirmed; then the address isn't stored at all. Callers must not reveal the result.
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
    """Return whether too many confirmation mails of a summit are unanswered.

    It locks the summit until the transaction ends, so that concurrent requests can't all be the last one allowed.
    """
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    rows = Subscriber.objects.filter(_WAITING, summit=summit)
    return any(rows.filter(asked_at__gt=Now() - time).count() >= most for most, time in MOST_WAITING)


def _confirmation(subscriber: Subscriber) -> Message:
    key = f"press.subscriber:{subscriber.public_id}"
    # Each request is a mail of its own. The subscriber's row, just written, stays locked until the mail is stored.
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
    """Confirm an address; return False if the mail is too old or the subscription was ended after it.

    Of several concurrent calls the first one confirms and records it: the UPDATE checks its condition again.
    """
    since = Q(ended_at__isnull=True) | Q(ended_at__lt=F("asked_at"))
    with transaction.atomic():
        rows = Subscriber.objects.filter(since, pk=claim.subscriber.pk)
        if not rows.filter(_WAITING, asked_at__gte=Now() - VALID).update(confirmed_at=Now(), ended_at=None):
            return rows.active().exists()
        _record(claim.subscriber, action="press.subscription_confirmed")
    return True


def end(claim: Claim) -> bool:
    """End a subscription; to end it twice isn't an error. Always returns True."""
    with transaction.atomic():
        if Subscriber.objects.filter(pk=claim.subscriber.pk, ended_at__isnull=True).update(ended_at=Now()):
            _record(claim.subscriber, action="press.subscription_ended")
    return True


def _record(subscriber: Subscriber, *, action: str) -> None:
    audit.record(by=audit.SYSTEM, action=action, target=subscriber, summit=subscriber.summit)


def token(subscriber: Subscriber, purpose: str) -> str:
    """Return the token of a link: purpose, subscriber, and a signature made with the subscriber's nonce."""
    return f"{purpose}-{subscriber.public_id}-{_signature(subscriber, purpose, settings.SECRET_KEY)}"


def url(subscriber: Subscriber, purpose: str) -> str:
    """Return the absolute URL of a subscriber's link."""
    path = reverse("press:subscription", args=[subscriber.summit.slug, token(subscriber, purpose)])
    return f"{settings.BASE_URL}{path}"


def _signature(subscriber: Subscriber, purpose: str, secret: str) -> str:
    value = f"{purpose}:{subscriber.public_id}:{subscriber.nonce}"
    return salted_hmac(SALT, value, secret=secret, algorithm="sha256").hexdigest()[:40]


def resolve(*, summit: Summit, token: str) -> Claim | None:
    """Return the claim of a link's token; None if the signature is wrong."""
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
