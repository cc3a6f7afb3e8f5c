"""Where a mail provider tells that a mail came back. Who doesn't bring the secret finds nothing here."""

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
from django.views.decorators.http import require_POST

from summit.outbox import bounces
from summit.outbox.bounces import Returned

# Those that need no more than what is installed.
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
# What means that a mail reaches nobody; what was deferred is tried again by the provider.
FOR_GOOD = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)


@csrf_exempt
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """Note what the provider of MAIL_WEBHOOK_PROVIDER tells, signed with MAIL_WEBHOOK_SECRET as HTTP's user and
    password, and as that provider signs besides."""
    provider, secret = settings.MAIL_WEBHOOK_PROVIDER, settings.MAIL_WEBHOOK_SECRET
    if provider not in PROVIDERS or not secret or not constant_time_compare(_brought(request), secret):
        raise Http404
    try:
        found = _events(provider, request)
    except (AnymailWebhookValidationFailure, AnymailConfigurationError):
        raise Http404 from None
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    bounces.note(found)
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
    """Return an event as what came back. Providers give mails names of their own: ours stands somewhere in what they
    tell, and nothing else looks like it."""
    told = json.dumps(event.esp_event, default=str) + json.dumps(event.metadata or {}, default=str)
    known = bounces.ids_in(told) | bounces.ids_in(str(event.message_id or ""))
    said = str(event.mta_response or event.description or event.reject_reason or "")
    return Returned(known, frozenset({str(event.recipient or "").strip().casefold()}), bounces.why("", said))
