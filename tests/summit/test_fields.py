"""What is personal at rest is encrypted, and keys can be changed."""

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection

from summit.outbox.models import Message
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db
SECRET = b"https://host.example/i/a-link-that-opens-a-door/"


def stored(message: Message) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rendered FROM outbox_message WHERE id = %s", [message.pk])
        return bytes(cursor.fetchone()[0])


def read(message: Message) -> bytes | None:
    return Message.objects.values_list("rendered", flat=True).get(pk=message.pk)


def test_the_database_holds_no_clear_text(settings: Any) -> None:
    message = MessageFactory(rendered=SECRET)
    assert SECRET not in stored(message)
    assert b"door" not in stored(message)
    assert Fernet(settings.FIELD_KEYS[0]).decrypt(stored(message)) == SECRET
    assert read(message) == SECRET


def test_the_same_is_written_differently_each_time() -> None:
    assert len({stored(MessageFactory(rendered=SECRET)) for _ in range(3)}) == 3


def test_nothing_stays_nothing() -> None:
    assert read(MessageFactory(rendered=None)) is None
    assert read(MessageFactory(rendered=b"")) == b""


def test_all_ways_of_writing_encrypt() -> None:
    message = MessageFactory(rendered=None)
    Message.objects.filter(pk=message.pk).update(rendered=SECRET)
    assert (SECRET in stored(message), read(message)) == (False, SECRET)
    message.rendered = SECRET + b"2"
    Message.objects.bulk_update([message], ["rendered"])
    assert (SECRET in stored(message), read(message)) == (False, SECRET + b"2")
    message.rendered = SECRET + b"3"
    message.save(update_fields=["rendered"])
    assert (SECRET in stored(message), read(message)) == (False, SECRET + b"3")


def test_keys_can_be_changed(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    before = MessageFactory(rendered=SECRET)
    settings.FIELD_KEYS = [new, old]
    after = MessageFactory(rendered=SECRET)
    assert (read(before), read(after)) == (SECRET, SECRET)
    # Written with the newest key: the old one alone can't read it.
    settings.FIELD_KEYS = [new]
    assert read(after) == SECRET
    with pytest.raises(InvalidToken):
        read(before)
    settings.FIELD_KEYS = [old]
    assert read(before) == SECRET
    with pytest.raises(InvalidToken):
        read(after)


def test_what_was_tampered_with_is_not_read() -> None:
    message = MessageFactory(rendered=SECRET)
    token = bytearray(stored(message))
    token[40] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_message SET rendered = %s WHERE id = %s", [bytes(token), message.pk])
    with pytest.raises(InvalidToken):
        read(message)
