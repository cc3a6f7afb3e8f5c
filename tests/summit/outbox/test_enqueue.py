"""Storing messages, and turning them into mails."""

import sys
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from itertools import product
from typing import Any

import pytest
from django.core import mail as sent
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import translation

from summit.core import bulk_insert
from summit.outbox import delivery, enqueue, html_part, message_kinds, mime
from summit.outbox.message_kinds import Attachment, Mail
from summit.outbox.messages import SYSTEM_MAIL
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import TRANSITIONS
from summit.permissions.models import Role
from summit.privacy.registry import Subject, portions
from tests.factories import START, MessageFactory, PersonFactory, SummitFactory, UserFactory
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db


def row(**kwargs: Any) -> Message:
    values: dict[str, Any] = {
        "summit": None,
        "kind": SYSTEM_MAIL,
        "subject_key": "test:1",
        "recipient_key": "delegation:1",
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
def test_the_same_cause_is_stored_once_and_another_cause_or_recipient_is_another_message() -> None:
    others = {"subject_key": "test:2", "version": 2, "recipient_key": "delegation:2", "address": "b@land.example"}
    with transaction.atomic():
        assert enqueue.store([row()]) == 1
        first = Message.objects.get()
        assert enqueue.store([row(language="fr")]) == 0
        again = Message.objects.get()
        assert (again.pk, again.nonce, again.language) == (first.pk, first.nonce, "en")
        for name, value in others.items():
            assert enqueue.store([row(**{name: value})]) == 1, name


@pytest.mark.django_db(transaction=True)
def test_store_belongs_into_a_transaction_and_goes_with_it() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        enqueue.store([row()])

    def cause() -> None:
        with transaction.atomic():
            enqueue.store([row()])
            raise LookupError

    with pytest.raises(LookupError):
        cause()
    assert Message.objects.count() == 0


def test_storing_costs_the_same_for_few_and_many(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, queries in ((0, 0), (2, 1), (40, 1)):
        with transaction.atomic(), django_assert_num_queries(queries):
            assert enqueue.store([row(subject_key=f"{number}:{i}") for i in range(number)]) == number
    # Where one statement can't take all, those of each are counted.
    monkeypatch.setattr(bulk_insert, "MOST_ROWS", 2)
    with transaction.atomic(), django_assert_num_queries(3):
        assert enqueue.store([row(subject_key=f"5:{i}") for i in range(5)]) == 5


def test_message_id_and_nonce(settings: Any) -> None:
    for sender, domain in (
        ("Summit <letters@host.example>", "host.example"),
        ("nobody", "localhost.localdomain"),
        ("", "localhost.localdomain"),
    ):
        settings.DEFAULT_FROM_EMAIL = sender
        one, other = row(), row(address=" a@b.example ")
        assert one.message_id == f"<{one.nonce}@{domain}>"
        assert (len(one.nonce), one.nonce != other.nonce, other.address) == (32, True, "a@b.example")


# --- mails ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def message() -> Message:
    made = MessageFactory(rendered=None, language="fr", address="mission@land.example")
    return Message.objects.get(pk=made.pk)


def test_headers(message: Message, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Summit <letters@host.example>"
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


def test_a_subject_starts_no_header(message: Message) -> None:
    for ending in ("\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"):
        mail = parse(mime.build(message, Mail(f"Hello{ending}Bcc: everybody@land.example", "x")))
        assert (mail["Bcc"], mail["Subject"]) == (None, "Hello Bcc: everybody@land.example")
    # The control: without the tidying the mail is refused.
    with pytest.raises(ValueError, match="linefeed"):
        mime.build(message, Mail("Hello", "x", headers={"X-Note": "a\r\nBcc: everybody@land.example"}))
    # Line breaks in mailboxes are refused.
    two = "box@land.example\r\nBcc: everybody@land.example"
    with pytest.raises(ValueError, match="linefeed"):
        mime.build(message, Mail("Hello", "x", reply_to=two))
    message.address = two
    with pytest.raises(ValueError, match="linefeed"):
        mime.build(message, Mail("Hello", "x"))


def test_calendar_stands_as_alternative_and_file(message: Message) -> None:
    ics = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    attachments = [
        Attachment("letter.pdf", b"%PDF-1.7\n\xff", "application/pdf"),
        Attachment("note.txt", "é\n".encode(), "text/plain"),
        Attachment("x.ics", ics, "text/calendar", {"method": "REQUEST"}, inline=True),
    ]
    parts = list(parse(mime.build(message, Mail("Subject", "Text\n", attachments=attachments))).walk())
    assert [(part.get_content_type(), part.get_filename()) for part in parts] == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/calendar", None),
        ("application/pdf", "letter.pdf"),
        ("text/plain", "note.txt"),
    ]
    assert parts[3].get_param("method") == "REQUEST"
    assert [part.get_payload(decode=True) for part in parts[3:5]] == [ics, b"%PDF-1.7\n\xff"]


def test_mails_are_seven_bit_with_lines_that_pass_everywhere(message: Message) -> None:
    content = mime.build(message, Mail("قمة أمن الحدود " * 20, "سطر طويل " * 300 + "\n"))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert parse(content)["Subject"] == " ".join(("قمة أمن الحدود " * 20).split())


def test_rendered_in_the_messages_language(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    def render(found: Message) -> Mail:
        return Mail(subject=translation.get_language(), text="")

    monkeypatch.setitem(message_kinds.KINDS, "system", replace(SYSTEM_MAIL, compose=render))
    with translation.override("ar"):
        assert mime.render(message).subject == "fr"
        assert translation.get_language() == "ar"


# --- mail of the framework ------------------------------------------------------------------------------------------
def test_mail_of_the_framework_is_stored_whole() -> None:
    assert send_mail("Code é", "1234", "from@host.example", ["Zoé <zoe@land.example>"]) == 1
    stored = Message.objects.get()
    mail = parse(stored.rendered)
    assert (stored.kind, stored.address, stored.summit) == ("system", "zoe@land.example", None)
    assert (stored.rendered_subject, stored.state) == ("Code é", "pending")
    headers = ("Code é", "Zoé <zoe@land.example>", stored.message_id)
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == headers
    assert delivery.deliver([stored.pk]) == 1
    assert sent.outbox[0].message().as_bytes() == html_part.with_html(stored)
    assert sent.outbox[0].to == ["zoe@land.example"]


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


def test_a_long_subject_keeps_its_spaces(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = "Border Security Summit 2025: تغييران في برنامجكم (Tunisia)"
    french = "Sommet sur la sécurité des frontières à Londres : trois modifications à l’horaire de votre délégation"
    for subject in (mixed, "قمة أمن الحدود والجريمة المنظمة " * 6 + "آخر", french, "é " * 60 + "é"):
        content = mime.build(message, Mail(subject, "x"))
        assert parse(content)["Subject"] == subject
        assert max(len(line) for line in content.split(b"\r\n")) <= 78
    # The control: the library alone joins words; its later releases keep the space.
    if sys.version_info < (3, 12):
        monkeypatch.setattr(mime, "POLICY", policy.SMTP)
        assert parse(mime.build(message, Mail(mixed, "x")))["Subject"] == mixed.replace("في ", "في")


# --- what the table refuses -----------------------------------------------------------------------------------------
FROZEN: dict[str, Any] = {
    "public_id": "0" * 16,
    "kind": "other",
    "subject_key": "other:1",
    "version": 9,
    "recipient_key": "other:2",
    "address": "thief@land.example",
    "language": "ar",
    "facts": {"changed": True},
    "nonce": "f" * 32,
    "message_id": "<other@test>",
    "created_at": "2020-01-01T00:00:00Z",
}


def refuse(**values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(**values)


def test_facts_are_frozen_and_control_without_the_trigger() -> None:
    MessageFactory(summit=SummitFactory())
    for column, value in {**FROZEN, "summit": SummitFactory()}.items():
        refuse(**{column: value})
    with without_trigger("outbox_message", "outbox_message_frozen"):
        assert Message.objects.update(**FROZEN) == 1


def test_a_person_may_go_and_the_state_may_change() -> None:
    person = PersonFactory()
    row = MessageFactory(person=person)
    person.delete()
    Message.objects.update(state="sent", sent_at=Now(), attempts=1, rendered=b"x", rendered_subject="y")
    row.refresh_from_db()
    assert (row.person_id, row.state, row.rendered) == (None, "sent", b"x")


def test_states() -> None:
    MessageFactory()
    for state in ("elsewhere", "sent", "failed", "dropped"):
        refuse(state=state)
    refuse(attempts=-1)
    after = {state: set(states) for state, states in TRANSITIONS.items() if states}
    assert after == {"pending": {"sent", "failed", "dropped"}, "failed": {"pending"}}
    assert set(TRANSITIONS) == set(MessageState.values)


def test_every_row_of_it_and_every_one_that_is_missing() -> None:
    summit = SummitFactory()
    by = UserFactory.with_role(Role.ORGANISER, summit)
    for state, target in product(MessageState, MessageState):
        row = MessageFactory(summit=summit, state=state, sent_at=Now() if state == "sent" else None, problem="why")
        if target == MessageState.PENDING:
            with suppress(ValueError):
                delivery.send_again(message=row, by=by)
        else:
            delivery.mark(row, target, problem="why")
        row.refresh_from_db()
        assert (state, target, row.state) == (state, target, target if target in TRANSITIONS[state] else state)


def test_what_there_is_one_of() -> None:
    """One message for a cause and a mailbox, and keys of each message's own."""
    first = MessageFactory()
    for field in ("public_id", "nonce", "message_id"):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageFactory(**{field: getattr(first, field)})
    others = {"kind": "x", "subject_key": "x", "version": 7, "recipient_key": "x", "address": "x"}
    key = {name: getattr(first, name) for name in others}
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(**key)
    for name, other in others.items():
        MessageFactory(**{**key, name: other})


def test_mail_to_the_person_goes_and_mail_that_names_them_once_it_is_out() -> None:
    person = PersonFactory(name="Ada Alander", email="ada@land.example")
    about = {"summit": person.summit, "facts": {"label": "Ada Alander"}}
    waits = MessageFactory(**about)
    MessageFactory(**about, state="sent", sent_at=START)
    # Nothing but the mailbox says whose it is.
    MessageFactory(summit=person.summit, address="Ada@Land.example")
    erase = [each.erase for each in portions() if each.model is Message and each.erase is not None]
    assert [act(Subject(person)) for act in erase] == [1, 1]
    assert list(Message.objects.all()) == [waits]
