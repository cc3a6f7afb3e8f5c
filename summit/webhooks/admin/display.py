"""How webhooks and deliveries look: states as words with their signs."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from summit.outbox import failure_reasons
from summit.webhooks.models.deliveries import Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, OffWhy

SIGNS: dict[str, str] = {DeliveryState.PENDING: "wait", DeliveryState.SENT: "good", DeliveryState.FAILED: "bad"}


def state(sign: str, word: str) -> SafeString:
    """Return a state as a word with its sign."""
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


def of_delivery(row: Delivery) -> SafeString:
    """Return what became of a delivery."""
    if row.state == DeliveryState.PENDING and row.attempts:
        return state("warn", _("is tried again"))
    return state(SIGNS[row.state], row.get_state_display())


def of_endpoint(row: Endpoint) -> SafeString:
    """Return how an endpoint does."""
    if not row.enabled:
        said = _("off: %(why)s") % {"why": row.get_off_why_display()}
        return state("off" if row.off_why == OffWhy.HAND else "bad", said)
    return (
        state("warn", _("on, nothing gets through"))
        if row.failing_since
        else state("good", pgettext("webhook", "on"))
    )


def why(stored: str) -> str:
    """Return why a delivery did not get through; what a receiver or a library said stands in its own words."""
    return failure_reasons.words(stored)
