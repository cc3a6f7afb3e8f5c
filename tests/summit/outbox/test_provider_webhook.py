"""What mail providers tell by webhook, and that nobody else finds anything there."""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client

from summit.audit.models import AuditEntry
from summit.outbox import provider_webhook
from summit.outbox.models import Message
from tests.summit.outbox.test_bounces import HEX, marked, sent

pytestmark = pytest.mark.django_db
HOOK = "/webhooks/mail/"
SECRET = "summit:correct-border-2025"


@pytest.fixture
def provider(settings: Any, request: pytest.FixtureRequest) -> str:
    name: str = getattr(request, "param", "postmark")
    settings.MAIL_WEBHOOK_PROVIDER = name
    settings.MAIL_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    return name


def bounce(**values: Any) -> dict[str, Any]:
    """What Postmark tells of a bounce of a mail that keeps our Message-ID."""
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Email": "office@land.example",
        "Details": "smtp;550 5.1.1 no such user",
        "BouncedAt": "2025-03-31T10:00:00Z",
        "ID": 1,
        "Metadata": {},
        "Content": f"Message-ID: <{HEX}@summit.example>\r\n\r\n",
        **values,
    }


def tell(body: Any, secret: str = SECRET) -> int:
    """Tell it and return the status."""
    headers = {"authorization": f"Basic {b64encode(secret.encode()).decode()}"} if secret else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(HOOK, content, content_type="application/json", headers=headers).status_code


def test_a_bounce_marks_its_mail_once(provider: str) -> None:
    sent()
    assert [tell(bounce()), tell(bounce())] == [200, 200]
    assert marked() == ["5.1.1 550 5.1.1 no such user"]
    assert AuditEntry.objects.count() == 1


def signed(**values: Any) -> dict[str, Any]:
    """What Mailgun tells of a failure, signed with its key."""
    stamp = {"timestamp": "1", "token": "t"}
    signature = hmac.new(b"key", b"1t", hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "id": "x",
        "timestamp": 1,
        "recipient": "office@land.example",
        "message": {"headers": {"message-id": f"{HEX}@summit.example"}},
        "delivery-status": {"code": 550, "message": "5.2.2 over quota"},
        **values,
    }
    return {"signature": {**stamp, "signature": signature}, "event-data": event}


@pytest.mark.parametrize("provider", ["mailgun"], indirect=True)
def test_a_provider_that_signs_is_believed_by_its_signature(provider: str) -> None:
    sent()
    forged = signed()
    forged["signature"]["signature"] = "0" * 64
    for told, status in ((forged, 404), (signed(event="delivered"), 200), (signed(severity="temporary"), 200)):
        assert (tell(told), marked()) == (status, [])
    assert tell(signed()) == 200
    (why,) = marked()
    assert why.startswith("5.2.2")


def test_what_is_no_bounce_of_a_mail_of_ours_marks_nothing(provider: str) -> None:
    sent()
    delivered = {"RecordType": "Delivery", "Recipient": "office@land.example", "DeliveredAt": "2025-03-31T10:00:00Z"}
    for values in (
        delivered,
        {"Type": "Transient", "TypeCode": 2},
        {"Type": "AutoResponder", "TypeCode": 32},
        {"Email": "another@land.example"},
        {"Content": f"Message-ID: <{'f' * 32}@summit.example>"},
    ):
        assert (tell(bounce(**values)), marked()) == (200, [])
    for body in (b"", b"no json", b"[1]", b"{}", b'"x"'):
        assert (tell(body) in (200, 400), marked()) == (True, [])


def test_without_the_secret_nothing_is_there(provider: str, settings: Any) -> None:
    sent()
    for secret in ("", "summit:wrong", "summit", ":"):
        assert (tell(bounce(), secret), marked()) == (404, [])
    # Where none is set neither.
    for missing, secret in (("MAIL_WEBHOOK_PROVIDER", SECRET), ("MAIL_WEBHOOK_SECRET", "")):
        setattr(settings, missing, "")
        assert tell(bounce(), secret) == 404


@pytest.mark.parametrize("name", provider_webhook.PROVIDERS)
def test_every_provider_is_known_to_the_library(name: str, settings: Any) -> None:
    keys = {f"{name.upper()}_WEBHOOK_{part}": "k" for part in ("KEY", "SIGNING_KEY", "URL")}
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, **keys}
    settings.MAIL_WEBHOOK_PROVIDER, settings.MAIL_WEBHOOK_SECRET = name, SECRET
    assert tell([]) in (200, 400, 404)
    assert Message.objects.count() == 0
