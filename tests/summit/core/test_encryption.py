"""What is personal at rest is encrypted; keys are changed, what is stored is written anew, the old key is removed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from delegations.members.models.particulars import Particulars
from delegations.members.services import passport_digests
from delegations.participants.models import ParticipantList
from summit.core import key_rotation
from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.migration_operations import frozen_columns, thawed
from summit.outbox.models import Message
from summit.users.models import User
from tests.factories import MessageFactory, ParticipantListFactory, ParticularsFactory, PhotoFactory, UserFactory
from tests.summit.conftest import raw

pytestmark = pytest.mark.django_db
OLD, NEW = (Fernet.generate_key().decode() for _number in range(2))
SECRET = b"https://host.example/i/a-link-that-opens-a-door/"
RENDERED = "outbox.message.rendered"


def stored(message: Message) -> bytes:
    return raw("outbox_message", "rendered", message.pk)


def particular(row: Particulars, column: str) -> bytes:
    return raw("delegations_particulars", column, row.pk)


def read(message: Message) -> bytes | None:
    return Message.objects.values_list("rendered", flat=True).get(pk=message.pk)


def by_the_new_key(token: bytes) -> bool:
    try:
        Fernet(NEW).decrypt(token)
    except InvalidToken:
        return False
    return True


@pytest.fixture
def keys(settings: Any) -> Iterator[Any]:
    settings.FIELD_KEYS = [OLD]
    yield settings
    frozen_columns.cache_clear()


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


def test_the_first_key_writes_and_each_reads_what_it_has_written(keys: Any) -> None:
    before = MessageFactory(rendered=SECRET)
    keys.FIELD_KEYS = [NEW, OLD]
    after = MessageFactory(rendered=SECRET)
    assert (read(before), read(after)) == (SECRET, SECRET)
    for key, opened, closed in ((NEW, after, before), (OLD, before, after)):
        keys.FIELD_KEYS = [key]
        assert read(opened) == SECRET
        with pytest.raises(InvalidToken):
            read(closed)
    # What was tampered with is not read.
    token = bytearray(stored(before))
    token[40] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_message SET rendered = %s WHERE id = %s", [bytes(token), before.pk])
    with pytest.raises(InvalidToken):
        read(before)


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


# --- written anew ---------------------------------------------------------------------------------------------------
def run(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    call_command("rotate_keys", **options)
    return capsys.readouterr().out


def test_every_encrypted_column_is_found() -> None:
    found = {f"{model._meta.label_lower}.{field.name}" for model, field in key_rotation.columns()}
    particulars = {f"delegations.particulars.{name}" for name in ("passport_number", "birth_date")}
    files = {RENDERED, "delegations.photo.image", "delegations.replyscan.content"}
    assert {*particulars, *files, "delegations.participantlist.content"} <= found
    assert all(isinstance(field, EncryptedBytesField) for _model, field in key_rotation.columns())


def test_the_old_key_can_be_removed_afterwards(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    user: User = UserFactory()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    codes = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()
    person = ParticularsFactory(passport_number="AB1", birth_date=date(1960, 1, 2), diet="vegan").person
    PhotoFactory(person=person)
    messages = [MessageFactory(rendered=SECRET) for _number in range(3)]
    empty = MessageFactory(rendered=None)
    written_at = Fernet(OLD).extract_timestamp(stored(messages[0]))
    keys.FIELD_KEYS = [NEW, OLD]
    said = run(capsys, batch=2)
    assert "outbox.message.rendered: 3 checked, 3 rewritten\n" in said
    assert "mfa.authenticator.data: 2 checked, 2 rewritten\n" in said
    assert said.endswith("Everything is encrypted with the first key. You can remove the others.\n")

    keys.FIELD_KEYS = [NEW]
    assert list(Message.objects.exclude(pk=empty.pk).values_list("rendered", flat=True)) == [SECRET] * len(messages)
    assert Fernet(NEW).extract_timestamp(stored(messages[0])) == written_at
    row = Particulars.objects.get()
    assert (row.passport_number, row.birth_date, row.diet, row.access) == ("AB1", date(1960, 1, 2), "vegan", "")
    assert bytes(row.person.photo.image) == b"\xff\xd8\xff a photograph"
    assert particular(row, "access") == b""
    totp = Authenticator.objects.get(user=user, type="totp")
    assert get_adapter().decrypt(totp.data["secret"]) == secret
    assert RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes() == codes


def test_stopped_it_goes_on_where_it_was(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    messages = [MessageFactory(rendered=SECRET) for _number in range(5)]
    keys.FIELD_KEYS = [NEW, OLD]
    for progress in key_rotation.rotate(batch=2):
        if progress.name == RENDERED:
            break
    assert [by_the_new_key(stored(each)) for each in messages] == [True] * 2 + [False] * 3
    first = stored(messages[0])
    assert "outbox.message.rendered: 5 checked, 3 rewritten\n" in run(capsys)
    assert stored(messages[0]) == first
    assert "outbox.message.rendered: 5 checked, 0 rewritten\n" in run(capsys)


def test_what_somebody_wrote_meanwhile_stays(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    message = MessageFactory(rendered=SECRET)
    keys.FIELD_KEYS = [NEW, OLD]
    renewed = key_rotation.renewed

    def slowly(token: bytes) -> bytes | None:
        Message.objects.filter(pk=message.pk).update(rendered=b"another mail")
        return renewed(token)

    monkeypatch.setattr(key_rotation, "renewed", slowly)
    progress = [each for each in key_rotation.rotate() if each.name == RENDERED][-1]
    assert (progress.seen, progress.written) == (1, 0)
    assert bytes(Message.objects.get().rendered or b"") == b"another mail"


def test_a_value_that_no_key_opens_is_named(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lost, good = (MessageFactory(rendered=SECRET) for _number in range(2))
    keys.FIELD_KEYS = [Fernet.generate_key().decode()]
    Message.objects.filter(pk=lost.pk).update(rendered=SECRET)
    keys.FIELD_KEYS = [NEW, OLD]
    said = rf"No key in FIELD_KEYS decrypts 1 value\. .* and run this again: {RENDERED} {lost.pk}$"
    with pytest.raises(CommandError, match=said):
        run(capsys)
    assert by_the_new_key(stored(good))
    with pytest.raises(CommandError, match="A batch needs at least one row"):
        call_command("rotate_keys", batch=0)


def test_digests_are_written_with_the_present_secret(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    row = ParticularsFactory(passport_number="AB1", birth_date=date(1960, 1, 2))
    Particulars.objects.update(**passport_digests.of(row))
    keys.SECRET_KEY = "another" * 9
    assert "delegations.particulars digests: 1 checked, 1 rewritten\n" in run(capsys)
    row.refresh_from_db()
    assert row.passport_digest == passport_digests.digest("passport", row.person.summit_id, "AB1")
    assert "delegations.particulars digests: 1 checked, 0 rewritten\n" in run(capsys)


def test_what_is_frozen_is_written(
    keys: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists of participants never change; written with another key they are the same."""
    listed, table = ParticipantListFactory(), "delegations_participantlist"
    keys.FIELD_KEYS = [NEW, OLD]
    # The control.
    with monkeypatch.context() as patched:
        patched.setattr(key_rotation, "frozen_columns", dict)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            call_command("rotate_keys")
    assert "content" in frozen_columns()[table]
    run(capsys)
    assert by_the_new_key(raw(table, "content", listed.pk))
    # After a failure, too.
    with pytest.raises(ZeroDivisionError), transaction.atomic(), thawed(table):
        _ = 1 / 0
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ParticipantList.objects.filter(pk=listed.pk).update(content="[]")
