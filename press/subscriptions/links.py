"""The links in mails to subscribers, by which they confirm or end their subscription."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from press.subscriptions.models import Subscriber
from summit.summits.models import Summit

CONFIRM, END = "confirm", "end"
_PURPOSES = (CONFIRM, END)
_SALT = "press.subscription"


@dataclass(frozen=True)
class Claim:
    """The subscriber to whom a link in a mail belongs, and its purpose: CONFIRM or END."""

    subscriber: Subscriber
    purpose: str


def token(subscriber: Subscriber, purpose: str) -> str:
    """Return the token for a link: the purpose, the subscriber's public id, and a signature with the nonce."""
    return f"{purpose}-{subscriber.public_id}-{_signature(subscriber, purpose, settings.SECRET_KEY)}"


def url(subscriber: Subscriber, purpose: str) -> str:
    """Return the absolute URL by which a subscriber confirms or ends the subscription, depending on `purpose`."""
    path = reverse("press:subscription", args=[subscriber.summit.slug, token(subscriber, purpose)])
    return f"{settings.BASE_URL}{path}"


def _signature(subscriber: Subscriber, purpose: str, secret: str) -> str:
    value = f"{purpose}:{subscriber.public_id}:{subscriber.nonce}"
    return salted_hmac(_SALT, value, secret=secret, algorithm="sha256").hexdigest()[:40]


def resolve(*, summit: Summit, token: str) -> Claim | None:
    """Return the claim in a token, or None if the token is malformed, unknown at this summit or wrongly signed."""
    purpose, _dash, rest = token.partition("-")
    key, _dash, signature = rest.partition("-")
    if purpose not in _PURPOSES or not key.isalnum():
        return None
    subscriber = Subscriber.objects.filter(summit=summit, public_id=key).select_related("summit").first()
    if subscriber is None:
        return None
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    is_valid = any(constant_time_compare(_signature(subscriber, purpose, secret), signature) for secret in secrets)
    return Claim(subscriber, purpose) if is_valid else None
