"""Mails that came back: what a report says of which mail, and that nothing else marks anything."""

import hashlib
import hmac
import io
import json
import mailbox
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from summit.audit.models import AuditEntry
from summit.outbox import bounce_reasons, bounces, provider_webhook
from summit.outbox.bounces import Returned
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.factories import START, MessageFactory, SummitFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

HEX = "0123456789abcdef0123456789abcdef"
ID = f"<{HEX}@summit.example>"
LIST = "/admin/outbox/message/"
REPORT = """\
From: MAILER-DAEMON@mx.land.example
To: summit@summit.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={type}; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.land.example
Arrival-Date: Mon, 31 Mar 2025 10:00:00 +0000

{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: {original}

From: summit@summit.example
To: office@land.example
Message-ID: {id}
Subject: Invitation

--B--
"""


def report(**values: str) -> bytes:
    usual = {
        "type": "delivery-status",
        "recipient": "Final-Recipient: rfc822; office@land.example",
        "action": "failed",
        "status": "5.1.1",
        "said": "550 5.1.1 <office@land.example>: no such user",
        "original": "text/rfc822-headers",
        "id": ID,
    }
    return REPORT.format(**{**usual, **values}).encode()


def sent(**values: Any) -> Message:
    usual = {"address": "Office@land.example", "message_id": ID, "state": "sent", "sent_at": START}
    return MessageFactory.create(**{**usual, **values})


def marked() -> list[str]:
    return list(Message.objects.filter(returned_at__isnull=False).values_list("returned_why", flat=True))


class TestRead:
    def test_a_report_names_mail_mailbox_and_why(self) -> None:
        why = "5.1.1 550 5.1.1 <office@land.example>: no such user"
        for original in ("text/rfc822-headers", "message/rfc822"):
            (found,) = bounces.read(report(original=original))
            assert found == Returned(frozenset({ID}), frozenset({"office@land.example"}), why)
        # One that was led on is known by both names.
        both = "Original-Recipient: rfc822;Office@Land.example\nFinal-Recipient: rfc822; box@elsewhere.example"
        (found,) = bounces.read(report(recipient=both))
        assert found.addresses == {"office@land.example", "box@elsewhere.example"}

    def test_where_the_field_has_no_status_the_mail_servers_words_have(self) -> None:
        for values, why in (
            ({"status": "", "said": "550 5.2.2 over quota"}, "5.2.2 550 5.2.2 over quota"),
            ({"status": "", "said": "no"}, "5.0.0 no"),
            # Control characters stay outside.
            ({"said": "550 no\x1b[31m\x07 user"}, "5.1.1 550 no [31m user"),
        ):
            (found,) = bounces.read(report(**values))
            assert found.why == why

    def test_what_says_nothing_of_a_mail_that_was_given_up(self) -> None:
        others = [{"action": action} for action in ("delayed", "relayed", "delivered", "expanded", "")]
        others += [{"type": "disposition-notification"}, {"original": "text/plain"}]
        others += [{"id": other} for other in ("<somebody@else.example>", "")]
        for values in others:
            assert bounces.read(report(**values)) == [], values

    def test_what_is_no_report_is_nothing(self) -> None:
        head = b"Content-Type: multipart/report; report-type=delivery-status"
        parts = b"--B\nContent-Type: message/delivery-status\n\n--B\nContent-Type: message/rfc822\n\n--B--"
        away = b"Subject: Out of office\nAuto-Submitted: auto-replied\nIn-Reply-To: " + ID.encode() + b"\n\nAway."
        for content in (b"", b"\xff\x00\xfe", away, head + b"\n\nno parts", head + b"; boundary=B\n\n" + parts):
            assert bounces.read(content) == []


class TestNote:
    def test_it_is_marked_once_and_recorded_without_personal_values(self) -> None:
        message = sent(summit=SummitFactory())
        found = bounces.read(report())
        assert [bounces.record(found), bounces.record(found)] == [1, 0]
        assert marked() == ["5.1.1 550 5.1.1 <office@land.example>: no such user"]
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_key) == ("outbox.returned", message.public_id)
        assert (entry.summit, entry.fields) == (message.summit, ["returned_at", "returned_why"])
        assert "land.example" not in str(entry.detail)

    def test_what_is_not_of_a_mail_of_ours_to_that_mailbox_marks_nothing(self) -> None:
        sent()
        for values in (
            {"id": f"<{'f' * 32}@summit.example>"},
            {"recipient": "Final-Recipient: rfc822; another@land.example"},
            {"recipient": "Final-Recipient: rfc822;"},
        ):
            assert (bounces.record(bounces.read(report(**values))), marked()) == (0, [])

    def test_what_was_not_sent_did_not_come_back(self) -> None:
        row = sent()
        for state in ("pending", "failed", "dropped"):
            Message.objects.filter(pk=row.pk).update(state=state, sent_at=None, problem="x")
            assert (bounces.record(bounces.read(report())), marked()) == (0, [])
        with pytest.raises(IntegrityError, match="message_returned_was_sent"), transaction.atomic():
            Message.objects.update(returned_at=START)
        # Why is cut to what is stored.
        Message.objects.filter(pk=row.pk).update(state="sent", sent_at=START)
        assert bounces.record(bounces.read(report(said="5" * 2000))) == 1
        assert len(marked()[0]) == bounces.WHY_LENGTH


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_reports_at_once_are_one() -> None:
    sent()
    found = bounces.read(report())
    counted = at_once(*[lambda: bounces.record(found)] * 2)
    assert (sorted(counted), AuditEntry.objects.count()) == ([0, 1], 1)


class TestCommand:
    def run(self, path: Path | None = None) -> str:
        out = io.StringIO()
        call_command("read_bounces", *([str(path)] if path else []), stdout=out)
        return out.getvalue().strip()

    def test_from_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sent()
        for content, new in ((b"nothing", 0), (report(), 1)):
            monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
            assert self.run() == f"1 read, {new} came back that were not noted before"

    def test_from_a_mailbox_twice(self, tmp_path: Path) -> None:
        for kind in (mailbox.Maildir, mailbox.mbox):
            Message.objects.all().delete()
            sent()
            path = tmp_path / kind.__name__
            box = kind(str(path))
            for content in (b"Subject: hello\n\nhello\n", report()):
                box.add(content)
            box.close()
            for new in (1, 0):
                assert self.run(path) == f"2 read, {new} came back that were not noted before"

        with pytest.raises(CommandError, match="name a maildir or an mbox file"):
            self.run(tmp_path / "none")


def test_why_is_said_in_our_words() -> None:
    missing, other = "the email address doesn’t exist", "the mail server did not deliver the message"
    for why, said in (
        *(("5.1.1 550 x", missing), ("5.1.10 x", missing), ("5.1.2", "the email domain doesn’t exist")),
        ("5.2.2 x", "the mailbox is full"),
        ("5.2.1 x", "the mailbox does not accept email"),
        ("5.7.26 x", "the mail server rejected the message"),
        ("4.4.7 x", "the mail server could not be reached for days"),
        *(("5.0.0 x", other), ("", other)),
    ):
        assert bounce_reasons.explanation(why) == said


class TestDesk:
    def test_the_home_counts_exactly_the_list_and_a_newer_letter_settles_it(self, client: Client) -> None:
        summit: Summit = SummitFactory.create()
        client.force_login(UserFactory.with_role(Role.ORGANISER, summit))
        back = {"returned_at": START, "returned_why": "5.1.1 550 unknown", "state": "sent", "sent_at": START}
        first = MessageFactory.create(summit=summit, created_at=START, **back)
        MessageFactory.create(created_at=START, **back)
        content = client.get("/admin/").content.decode()
        query = f"?summit__id__exact={summit.pk}&returned=open&kind=system"
        assert "1 message bounced. Check the reason and correct the email address." in content
        assert query.replace("&", "&amp;") in content
        page = client.get(f"{LIST}{query}")
        assert [row.pk for row in page.context["cl"].result_list] == [first.pk]
        assert "the email address doesn’t exist" in page.content.decode()
        MessageFactory.create(summit=summit, subject_key=first.subject_key, version=1)
        assert client.get(f"{LIST}{query}").context["cl"].result_count == 0
        assert client.get(f"{LIST}?summit__id__exact={summit.pk}&returned=yes").context["cl"].result_count == 1
        (offered,) = (each for each in page.context["cl"].filter_specs if each.title == "bounced")
        labels = [choice["display"] for choice in offered.choices(page.context["cl"])]
        assert labels == ["All", "yes", "yes, and nothing sent since"]


# --- by a provider's webhook ----------------------------------------------------------------------------------------
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
    headers = {"authorization": f"Basic {b64encode(secret.encode()).decode()}"} if secret else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(HOOK, content, content_type="application/json", headers=headers).status_code


def test_a_bounce_marks_its_mail_once(provider: str) -> None:
    sent()
    assert [tell(bounce()), tell(bounce())] == [200, 200]
    assert marked() == ["5.1.1 550 5.1.1 no such user"]
    assert AuditEntry.objects.count() == 1


def signed(**values: Any) -> dict[str, Any]:
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


def test_every_provider_is_known_to_the_library(settings: Any) -> None:
    settings.MAIL_WEBHOOK_SECRET = SECRET
    for settings.MAIL_WEBHOOK_PROVIDER in provider_webhook.PROVIDERS:
        name = settings.MAIL_WEBHOOK_PROVIDER.upper()
        keys = {f"{name}_WEBHOOK_{part}": "k" for part in ("KEY", "SIGNING_KEY", "URL")}
        settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, **keys}
        assert tell([]) in (200, 400, 404)
    assert Message.objects.count() == 0
