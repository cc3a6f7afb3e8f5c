"""Storing messages, and turning them into mails."""

import sys
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import connection, transaction

from summit.outbox import kinds
from summit.outbox.domain import delivery, enqueue, mime
from summit.outbox.kinds import Attachment, Kind, Mail
from summit.outbox.models import Message
from tests.factories import MessageFactory, SummitFactory


def row(**kwargs: Any) -> Message:
    values: dict[str, Any] = {
        "summit": None,
        "kind": "system",
        "subject_key": "test:1",
        "recipient_key": "party:1",
        "address": "mission@land.example",
        "language": "en",
        "facts": {},
    }
    return enqueue.draft(**(values | kwargs))


def parse(content: bytes) -> Parsed:
    found = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(found, Parsed)
    return found


# --- storing --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_same_cause_is_stored_once() -> None:
    with transaction.atomic():
        assert enqueue.store([row(), row(address="other@land.example")]) == 2
        first = Message.objects.get(address="mission@land.example")
        assert enqueue.store([row(facts={"other": 1}), row(version=1)]) == 1
    assert Message.objects.count() == 3
    again = Message.objects.get(address="mission@land.example", version=0)
    assert (again.pk, again.nonce, again.facts) == (first.pk, first.nonce, {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"subject_key": "test:2"},
        {"version": 2},
        {"recipient_key": "party:2"},
        {"address": "b@land.example"},
    ],
)
def test_another_cause_or_recipient_is_another_message(other: dict[str, Any]) -> None:
    with transaction.atomic():
        assert enqueue.store([row()]) == 1
        assert enqueue.store([row(**other)]) == 1


@pytest.mark.django_db(transaction=True)
def test_store_belongs_into_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        enqueue.store([row()])
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_message_goes_with_its_cause() -> None:
    def cause() -> None:
        with transaction.atomic():
            enqueue.store([row()])
            raise LookupError

    with pytest.raises(LookupError):
        cause()
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_nothing_to_store_costs_no_query(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(0):
        assert enqueue.store([]) == 0


@pytest.mark.django_db
def test_storing_costs_the_same_for_few_and_many(django_assert_num_queries: Any) -> None:
    for number in (2, 40):
        with transaction.atomic(), django_assert_num_queries(1):
            assert enqueue.store([row(subject_key=f"{number}:{i}") for i in range(number)]) == number


def test_only_known_kinds() -> None:
    with pytest.raises(KeyError):
        row(kind="nobody registered this")


def test_message_id_and_nonce(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Summit <letters@host.example>"
    one, other = row(), row()
    assert one.message_id == f"<{one.nonce}@host.example>"
    assert len(one.nonce) == 32
    assert one.nonce != other.nonce
    assert row(nonce="0" * 32, address=" a@b.example ").address == "a@b.example"


@pytest.mark.parametrize("sender", ["nobody", ""])
def test_sender_without_a_domain(settings: Any, sender: str) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert enqueue.sender_domain() == "localhost.localdomain"


# --- mails ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def message() -> Message:
    return MessageFactory(rendered=None, language="fr", address="mission@land.example")


@pytest.mark.django_db
def test_headers(message: Message, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Summit <letters@host.example>"
    message.refresh_from_db()
    mail = parse(mime.build(message, Mail("Réunion à 9 h", "Bonjour.\n", reply_to="p@host.example")))
    assert {name: str(value) for name, value in mail.items() if name not in ("Date", "MIME-Version")} == {
        "Subject": "Réunion à 9 h",
        "From": "Summit <letters@host.example>",
        "To": "mission@land.example",
        "Reply-To": "p@host.example",
        "Message-ID": message.message_id,
        "Content-Language": "fr",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    assert mail["Date"].datetime == message.created_at.replace(microsecond=0)
    assert mail.get_content().splitlines() == ["Bonjour."]


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_subject_starts_no_header(message: Message, ending: str) -> None:
    message.refresh_from_db()
    mail = parse(mime.build(message, Mail(f"Hello{ending}Bcc: everybody@land.example", "x")))
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: everybody@land.example"


@pytest.mark.django_db
def test_control_without_the_tidying_the_mail_is_refused(message: Message) -> None:
    message.refresh_from_db()
    with pytest.raises(ValueError, match="linefeed"):
        mime.build(message, Mail("Hello", "x", headers={"X-Note": "a\r\nBcc: everybody@land.example"}))


@pytest.mark.django_db
def test_calendar_stands_as_alternative_and_file(message: Message) -> None:
    message.refresh_from_db()
    ics = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    mail = parse(
        mime.build(
            message,
            Mail(
                "Subject",
                "Text\n",
                attachments=[
                    Attachment("letter.pdf", b"%PDF-1.7\n\xff", "application/pdf"),
                    Attachment("note.txt", "é\n".encode(), "text/plain"),
                    Attachment("x.ics", ics, "text/calendar", {"method": "REQUEST"}, inline=True),
                ],
            ),
        )
    )
    parts = [(part.get_content_type(), part.get_filename()) for part in mail.walk()]
    assert parts == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/calendar", None),
        ("application/pdf", "letter.pdf"),
        ("text/plain", "note.txt"),
    ]
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == ics
    pdf = next(part for part in mail.walk() if part.get_content_type() == "application/pdf")
    assert pdf.get_payload(decode=True) == b"%PDF-1.7\n\xff"


@pytest.mark.django_db
def test_mails_are_seven_bit_with_lines_that_pass_everywhere(message: Message) -> None:
    message.refresh_from_db()
    content = mime.build(message, Mail("قمة أمن الحدود " * 20, "سطر طويل " * 300 + "\n"))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert parse(content)["Subject"] == " ".join(("قمة أمن الحدود " * 20).split())


@pytest.mark.django_db
def test_rendered_in_the_messages_language(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import translation

    def render(found: Message) -> Mail:
        return Mail(subject=translation.get_language(), text="")

    monkeypatch.setitem(kinds.KINDS, "system", Kind("system", "x", render, kinds.always_stands))
    with translation.override("ar"):
        assert mime.render(message).subject == "fr"
        assert translation.get_language() == "ar"


# --- mail of the framework ------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_mail_of_the_framework_is_stored_whole() -> None:
    assert send_mail("Code é", "1234", "from@host.example", ["Zoé <zoe@land.example>"]) == 1
    stored = Message.objects.get()
    mail = parse(stored.rendered)
    assert (stored.kind, stored.address, stored.summit, stored.rendered_subject, stored.state) == (
        "system",
        "zoe@land.example",
        None,
        "Code é",
        "pending",
    )
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == (
        "Code é",
        "Zoé <zoe@land.example>",
        stored.message_id,
    )
    assert delivery.deliver([stored.pk]) == 1
    from django.core import mail as sent

    assert sent.outbox[0].message().as_bytes() == stored.rendered
    assert sent.outbox[0].to == ["zoe@land.example"]


@pytest.mark.django_db
def test_each_recipient_gets_a_message_and_nobody_sees_the_blind_copies() -> None:
    mail = EmailMultiAlternatives(
        "S", "t", "f@host.example", ["a@x.example"], bcc=["b@x.example"], cc=["c@x.example"]
    )
    mail.attach_alternative("<p>t</p>", "text/html")
    assert mail.send() == 1
    assert sorted(Message.objects.values_list("address", flat=True)) == ["a@x.example", "b@x.example", "c@x.example"]
    contents = {bytes(stored.rendered) for stored in Message.objects.all()}
    assert len(contents) == 1
    assert b"b@x.example" not in contents.pop()
    assert len(set(Message.objects.values_list("message_id", flat=True))) == 3


@pytest.mark.django_db
def test_mail_to_nobody_is_none() -> None:
    assert EmailMultiAlternatives("S", "t", "f@host.example", []).send() == 0
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_bytes_are_encrypted_in_the_database() -> None:
    stored = MessageFactory(summit=SummitFactory(), rendered=b"a link that opens a door")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rendered FROM outbox_message WHERE id = %s", [stored.pk])
        (raw,) = cursor.fetchone()
    assert bytes(raw).startswith(b"gAAAA")
    assert b"door" not in bytes(raw)
    stored.refresh_from_db()
    assert stored.rendered == b"a link that opens a door"


def test_system_mail_is_never_rendered() -> None:
    with pytest.raises(LookupError):
        kinds.SYSTEM_MAIL.render(Message(kind="system"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "subject",
    [
        "Border Security Summit 2025: تغييران في برنامجكم (Tunisia)",
        "قمة أمن الحدود والجريمة المنظمة " * 6 + "آخر",
        "Sommet sur la sécurité des frontières à Londres : trois modifications à l’horaire de votre délégation",
        "é " * 60 + "é",
    ],
)
def test_a_long_subject_keeps_its_spaces(message: Message, subject: str) -> None:
    content = mime.build(message, Mail(subject, "x"))
    assert parse(content)["Subject"] == subject
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


@pytest.mark.django_db
def test_the_library_alone_joins_words(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.version_info >= (3, 12):
        pytest.skip("later releases of the library keep the space")
    monkeypatch.setattr(mime, "POLICY", policy.SMTP)
    subject = "Border Security Summit 2025: تغييران في برنامجكم (Tunisia)"
    assert parse(mime.build(message, Mail(subject, "x")))["Subject"] == subject.replace("في ", "في")
