"""Subscriptions to mails about texts. Anybody can ask for one, but only links in mails confirm and end it."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from press.subscriptions.links import Claim
from press.subscriptions.messages import SUBSCRIPTION, subscription
from press.subscriptions.models import Subscriber
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.summits.models import Summit

# A mail address gets at most one confirmation mail in this time, for any number of requests.
QUIET = timedelta(minutes=10)
# The most unanswered confirmation mails of a summit within each time. If there are more, somebody probably enters the
# mail addresses of others. Confirmed addresses aren't counted.
MOST_WAITING = ((20, timedelta(minutes=1)), (300, timedelta(hours=1)))
# The link in a confirmation mail is valid for this time.
VALID = timedelta(days=7)
_WAITING = Q(confirmed_at__isnull=True) | Q(ended_at__isnull=False)

logger = logging.getLogger(__name__)
SUBSCRIPTION_ASKED = audit_action("press.subscription_asked", gettext_lazy("received a subscription request"))
SUBSCRIPTION_CONFIRMED = audit_action(
    "press.subscription_confirmed", gettext_lazy("recorded the confirmation of the subscription")
)
SUBSCRIPTION_ENDED = audit_action("press.subscription_ended", gettext_lazy("recorded the end of the subscription"))


def ask(*, summit: Summit, address: str, language: str) -> bool:
    """Store a request for news by mail, with a message that asks for confirmation. Return whether one was stored.

    No message is stored for an address that is subscribed, or that got one in the last ten minutes. If as many
    addresses as MOST_WAITING allows wait for confirmation, neither message nor address is stored. Callers must not
    reveal the result, which would tell whether an address is subscribed.
    """
    mailbox = address.strip().lower()
    with transaction.atomic():
        if _crowded(summit):
            logger.warning("subscriptions to %s are asked for faster than they are confirmed", summit.slug)
            return False
        candidate = Subscriber(summit=summit, address=mailbox, language=language)
        Subscriber.objects.bulk_create([candidate], ignore_conflicts=True)
        if not Subscriber.objects.filter(nonce=candidate.nonce).exists():
            rows = Subscriber.objects.filter(_WAITING, summit=summit, address=mailbox, asked_at__lte=Now() - QUIET)
            if not rows.update(asked_at=Now(), language=language):
                return False
        subscriber = Subscriber.objects.get(summit=summit, address=mailbox)
        SUBSCRIPTION.send(subscription(subscriber))
        audit.record(by=audit.SYSTEM, action=SUBSCRIPTION_ASKED, target=subscriber, summit=summit)
    return True


def _crowded(summit: Summit) -> bool:
    """Return whether too many confirmation mails of a summit are unanswered.

    This locks the summit until the transaction ends. Otherwise several concurrent requests could each find that one
    more is allowed.
    """
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    rows = Subscriber.objects.filter(_WAITING, summit=summit)
    return any(rows.filter(asked_at__gt=Now() - time).count() >= most for most, time in MOST_WAITING)


def confirm(claim: Claim) -> bool:
    """Confirm a subscription, and return whether it is active now.

    It isn't if the mail is too old, or if the subscription was ended after the last request. Of several concurrent
    calls only the first confirms and writes an audit record, because the UPDATE checks the condition again.
    """
    since = Q(ended_at__isnull=True) | Q(ended_at__lt=F("asked_at"))
    with transaction.atomic():
        rows = Subscriber.objects.filter(since, pk=claim.subscriber.pk)
        if not rows.filter(_WAITING, asked_at__gte=Now() - VALID).update(confirmed_at=Now(), ended_at=None):
            return rows.active().exists()
        _record(claim.subscriber, action=SUBSCRIPTION_CONFIRMED)
    return True


def end(claim: Claim) -> bool:
    """End a subscription, and return True. Ending an ended subscription changes nothing."""
    with transaction.atomic():
        if Subscriber.objects.filter(pk=claim.subscriber.pk, ended_at__isnull=True).update(ended_at=Now()):
            _record(claim.subscriber, action=SUBSCRIPTION_ENDED)
    return True


def _record(subscriber: Subscriber, *, action: AuditAction) -> None:
    audit.record(by=audit.SYSTEM, action=action, target=subscriber, summit=subscriber.summit)
