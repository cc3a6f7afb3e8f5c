"""The webhook to which a mail provider reports bounces. A request without the secret gets a 404."""

import json
from base64 import b64decode
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import EventType
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from summit.outbox import bounces
from summit.outbox.bounces import Returned
from summit.permissions.route_access import NOBODY, Gate, route

# The providers of django-anymail that need no further package.
PROVIDERS = {
    "brevo": "Brevo",
    "mailersend": "MailerSend",
    "mailgun": "Mailgun",
    "mailjet": "Mailjet",
    "mailtrap": "Mailtrap",
    "mandrill": "Mandrill",
    "postmark": "Postmark",
    "sparkpost": "SparkPost",
}
# The events after which a mail won't arrive. The provider itself tries deferred mails again.
FOR_GOOD = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)


@csrf_exempt
@route(Gate.EVERYBODY, "POST", see=NOBODY)
def mail_events(request: HttpRequest) -> HttpResponse:
    """Record the bounces that the provider MAIL_WEBHOOK_PROVIDER reports, and return 200.

    The request must have MAIL_WEBHOOK_SECRET as user and password of basic authentication. The provider's own
    signature is checked too. Raises Http404 if the secret or the signature is wrong or no provider is set. Returns
    400 for a body that can't be read.
    """
    provider, secret = settings.MAIL_WEBHOOK_PROVIDER, settings.MAIL_WEBHOOK_SECRET
    if provider not in PROVIDERS or not secret or not constant_time_compare(_brought(request), secret):
        raise Http404
    try:
        returned = _events(provider, request)
    except (AnymailWebhookValidationFailure, AnymailConfigurationError):
        raise Http404 from None
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    bounces.record(returned)
    return HttpResponse(status=200)


def _brought(request: HttpRequest) -> str:
    kind, _space, packed = request.headers.get("authorization", "").partition(" ")
    try:
        return b64decode(packed, validate=True).decode() if kind.lower() == "basic" else ""
    except ValueError:
        return ""


def _events(provider: str, request: HttpRequest) -> list[Returned]:
    view: Any = getattr(import_module(f"anymail.webhooks.{provider}"), f"{PROVIDERS[provider]}TrackingWebhookView")()
    view.setup(request)
    view.run_validators(request)
    return [_returned(event) for event in view.parse_events(request) if event.event_type in FOR_GOOD]


def _returned(event: Any) -> Returned:
    """Return the bounce that a provider's event reports.

    Providers have their own ids for mails. The outbox's Message-ID is searched for in the whole event, by its form.
    """
    payload = json.dumps(event.esp_event, default=str) + json.dumps(event.metadata or {}, default=str)
    message_ids = bounces.ids_in(payload) | bounces.ids_in(str(event.message_id or ""))
    reason = str(event.mta_response or event.description or event.reject_reason or "")
    return Returned(message_ids, frozenset({str(event.recipient or "").strip().casefold()}), bounces.why("", reason))
