"""What is personal at rest is encrypted, and keys can be changed."""

from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection

from delegations.members.models.particulars import Particulars
from summit.outbox.models import Message
from tests.factories import MessageFactory, ParticularsFactory
from tests.summit.conftest import raw

pytestmark = pytest.mark.django_db
SECRET = b"https://host.example/i/a-link-that-opens-a-door/"


def stored(message: Message) -> bytes:
    return raw("outbox_message", "rendered", message.pk)


def particular(row: Particulars, column: str) -> bytes:
    return raw("delegations_particulars", column, row.pk)


def read(message: Message) -> bytes | None:
    return Message.objects.values_list("rendered", flat=True).get(pk=message.pk)


def test_the_database_holds_no_clear_text_and_the_same_differently_each_time(settings: Any) -> None:
    message = MessageFactory(rendered=SECRET)
    assert b"door" not in stored(message)
    assert Fernet(settings.FIELD_KEYS[0]).decrypt(stored(message)) == SECRET
    assert read(message) == SECRET
    assert stored(MessageFactory(rendered=SECRET)) != stored(message)
    assert [read(MessageFactory(rendered=nothing)) for nothing in (None, b"")] == [None, b""]


def test_all_ways_of_writing_encrypt() -> None:
    message = MessageFactory(rendered=None)
    for write in (
        lambda: Message.objects.filter(pk=message.pk).update(rendered=message.rendered),
        lambda: Message.objects.bulk_update([message], ["rendered"]),
        lambda: message.save(update_fields=["rendered"]),
    ):
        message.rendered = (message.rendered or SECRET) + b"+"
        write()
        assert (SECRET in stored(message), read(message)) == (False, message.rendered)


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


class TestTextAndDays:
    """Text and days that are encrypted: as the particulars of people have them."""

    def test_they_come_back_as_they_were_and_equal_ones_are_stored_differently(self) -> None:
        for text in ("AB123", "محمد", "é\nñ", "0", " "):
            row = ParticularsFactory(passport_name=text, birth_date=date(1960, 2, 29))
            again = Particulars.objects.get(pk=row.pk)
            assert (again.passport_name, again.birth_date) == (text, date(1960, 2, 29))
            # A character or two may stand in what is encrypted by chance.
            assert len(text) < 3 or text.encode() not in particular(row, "passport_name")
            assert b"1960" not in particular(row, "birth_date")
        one, other = (ParticularsFactory(passport_number="AB1") for _number in range(2))
        assert particular(one, "passport_number") != particular(other, "passport_number")
        assert not Particulars.objects.filter(passport_number="AB1").exists()

    def test_nothing_is_no_bytes_and_is_found_without_a_key(self, settings: Any) -> None:
        row = ParticularsFactory(passport_name="", birth_date=None, diet="vegan")
        assert (particular(row, "passport_name"), particular(row, "birth_date")) == (b"", b"")
        kept = Particulars.objects.get(pk=row.pk)
        assert (kept.passport_name, kept.birth_date) == ("", None)
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        empty = Particulars.objects.filter(passport_name="", birth_date="")
        assert list(empty.values_list("pk", flat=True)) == [row.pk]
        assert not Particulars.objects.filter(diet="").exists()

    def test_a_day_is_read_from_what_forms_and_files_give(self) -> None:
        field = Particulars._meta.get_field("birth_date")
        assert field.to_python("1960-02-29") == field.to_python(date(1960, 2, 29)) == date(1960, 2, 29)
        assert field.to_python("") is field.to_python(None) is None
        for wrong in ("1961-02-29", "tomorrow"):
            with pytest.raises(ValidationError):
                field.to_python(wrong)

    def test_forms_ask_for_text_days_and_choices_and_serializers_get_the_text(self) -> None:
        made = forms.fields_for_model(Particulars, ["passport_name", "birth_date", "sex"])
        assert [type(field) for field in made.values()] == [forms.CharField, forms.DateField, forms.TypedChoiceField]
        with pytest.raises(ValidationError):
            made["passport_name"].clean("x" * 201)
        row = ParticularsFactory.build(passport_name="ZOE")
        assert Particulars._meta.get_field("passport_name").value_to_string(row) == "ZOE"
