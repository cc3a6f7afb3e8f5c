"""The states of webhooks and deliveries as HTML: a word for the state, marked with a sign."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from summit.outbox import failure_reasons
from summit.webhooks.models.deliveries import Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, OffWhy

SIGNS: dict[str, str] = {DeliveryState.PENDING: "wait", DeliveryState.SENT: "good", DeliveryState.FAILED: "bad"}


def state(sign: str, word: str) -> SafeString:
    """Return the HTML of a state: `word`, marked with `sign`, such as "good" or "bad"."""
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


def of_delivery(row: Delivery) -> SafeString:
    """Return a delivery's state as HTML."""
    if row.state == DeliveryState.PENDING and row.attempts:
        return state("warn", _("retrying"))
    return state(SIGNS[row.state], row.get_state_display())


def of_endpoint(row: Endpoint) -> SafeString:
    """Return an endpoint's state as HTML: on, on while deliveries fail, or off with the reason."""
    if not row.enabled:
        message = _("off: %(why)s") % {"why": row.get_off_why_display()}
        return state("off" if row.off_why == OffWhy.HAND else "bad", message)
    return state("warn", _("on, but failing")) if row.failing_since else state("good", pgettext("webhook", "on"))


def why(stored: str) -> str:
    """Return a stored problem in words. The words of a receiver or a library are returned unchanged."""
    return failure_reasons.explanation(stored)
