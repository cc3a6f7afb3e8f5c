"""What is encrypted is written anew with the first key, and the old one can be removed."""

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
from django.db import IntegrityError, transaction

from delegations.members.models.particulars import Particulars
from delegations.members.services import passport_digests
from delegations.participants.models import ParticipantList
from summit.core import key_rotation
from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.migration_operations import frozen_columns, thawed
from summit.outbox.models import Message
from summit.users.models import User
from tests import factories as f
from tests.summit.conftest import raw

pytestmark = pytest.mark.django_db
OLD, NEW = (Fernet.generate_key().decode() for _number in range(2))
SECRET = b"https://host.example/i/a-link-that-opens-a-door/"


def by_the_new_key(table: str, column: str, pk: int) -> bool:
    try:
        Fernet(NEW).decrypt(raw(table, column, pk))
    except InvalidToken:
        return False
    return True


@pytest.fixture
def keys(settings: Any) -> Iterator[Any]:
    settings.FIELD_KEYS = [OLD]
    yield settings
    frozen_columns.cache_clear()


def run(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    call_command("rotate_keys", **options)
    return capsys.readouterr().out


def test_every_encrypted_column_is_found() -> None:
    found = {f"{model._meta.label_lower}.{field.name}" for model, field in key_rotation.columns()}
    particulars = {f"delegations.particulars.{name}" for name in ("passport_number", "birth_date")}
    files = {"outbox.message.rendered", "delegations.photo.image", "delegations.replyscan.content"}
    assert {*particulars, *files, "delegations.participantlist.content"} <= found
    assert all(isinstance(field, EncryptedBytesField) for _model, field in key_rotation.columns())


def test_the_old_key_can_be_removed_afterwards(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    user: User = f.UserFactory()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    codes = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()
    person = f.ParticularsFactory(passport_number="AB1", birth_date=date(1960, 1, 2), diet="vegan").person
    f.PhotoFactory(person=person)
    messages = [f.MessageFactory(rendered=SECRET) for _number in range(3)]
    empty = f.MessageFactory(rendered=None)
    keys.FIELD_KEYS = [NEW, OLD]
    said = run(capsys, batch=2)
    assert "outbox.message.rendered: 3 checked, 3 rewritten\n" in said
    assert "mfa.authenticator.data: 2 checked, 2 rewritten\n" in said
    assert said.endswith("Everything is encrypted with the first key. You can remove the others.\n")

    keys.FIELD_KEYS = [NEW]
    assert list(Message.objects.exclude(pk=empty.pk).values_list("rendered", flat=True)) == [SECRET] * len(messages)
    row = Particulars.objects.get()
    assert (row.passport_number, row.birth_date, row.diet, row.access) == ("AB1", date(1960, 1, 2), "vegan", "")
    assert bytes(row.person.photo.image) == b"\xff\xd8\xff a photograph"
    assert raw("delegations_particulars", "access", row.pk) == b""
    totp = Authenticator.objects.get(user=user, type="totp")
    assert get_adapter().decrypt(totp.data["secret"]) == secret
    assert RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes() == codes


def test_the_moment_at_which_a_value_was_written_stays(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    message = f.MessageFactory(rendered=SECRET)
    before = Fernet(OLD).extract_timestamp(raw("outbox_message", "rendered", message.pk))
    keys.FIELD_KEYS = [NEW, OLD]
    run(capsys)
    assert Fernet(NEW).extract_timestamp(raw("outbox_message", "rendered", message.pk)) == before


def test_stopped_it_goes_on_where_it_was(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    messages = [f.MessageFactory(rendered=SECRET) for _number in range(5)]
    keys.FIELD_KEYS = [NEW, OLD]
    for progress in key_rotation.rotate(batch=2):
        if progress.name == "outbox.message.rendered":
            break
    assert [by_the_new_key("outbox_message", "rendered", each.pk) for each in messages] == [True] * 2 + [False] * 3
    first = raw("outbox_message", "rendered", messages[0].pk)
    assert "outbox.message.rendered: 5 checked, 3 rewritten\n" in run(capsys)
    assert raw("outbox_message", "rendered", messages[0].pk) == first
    assert "outbox.message.rendered: 5 checked, 0 rewritten\n" in run(capsys)


def test_what_somebody_wrote_meanwhile_stays(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    message = f.MessageFactory(rendered=SECRET)
    keys.FIELD_KEYS = [NEW, OLD]
    renewed = key_rotation.renewed

    def slowly(token: bytes) -> bytes | None:
        Message.objects.filter(pk=message.pk).update(rendered=b"another mail")
        return renewed(token)

    monkeypatch.setattr(key_rotation, "renewed", slowly)
    progress = [each for each in key_rotation.rotate() if each.name == "outbox.message.rendered"][-1]
    assert (progress.seen, progress.written) == (1, 0)
    assert bytes(Message.objects.get().rendered or b"") == b"another mail"


def test_a_value_that_no_key_opens_is_named(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lost, good = (f.MessageFactory(rendered=SECRET) for _number in range(2))
    keys.FIELD_KEYS = [Fernet.generate_key().decode()]
    Message.objects.filter(pk=lost.pk).update(rendered=SECRET)
    keys.FIELD_KEYS = [NEW, OLD]
    with pytest.raises(CommandError) as refused:
        run(capsys)
    assert str(refused.value) == (
        f"No key in FIELD_KEYS decrypts 1 value. Add its key after the others and run this again: "
        f"outbox.message.rendered {lost.pk}"
    )
    assert by_the_new_key("outbox_message", "rendered", good.pk)
    with pytest.raises(CommandError, match="A batch needs at least one row"):
        call_command("rotate_keys", batch=0)


def test_digests_are_written_with_the_present_secret(keys: Any, capsys: pytest.CaptureFixture[str]) -> None:
    row = f.ParticularsFactory(passport_number="AB1", birth_date=date(1960, 1, 2))
    Particulars.objects.update(**passport_digests.of(row))
    keys.SECRET_KEY = "another" * 9
    assert "delegations.particulars digests: 1 checked, 1 rewritten\n" in run(capsys)
    row.refresh_from_db()
    assert row.passport_digest == passport_digests.digest("passport", row.person.summit_id, "AB1")
    assert "delegations.particulars digests: 1 checked, 0 rewritten\n" in run(capsys)


def test_what_never_changes_is_written_and_frozen_again(
    keys: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists of participants never change; written with another key they are the same."""
    listed, table = f.ParticipantListFactory(), "delegations_participantlist"
    keys.FIELD_KEYS = [NEW, OLD]
    # The control.
    with monkeypatch.context() as patched:
        patched.setattr(key_rotation, "frozen_columns", dict)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            call_command("rotate_keys")
    assert "content" in frozen_columns()[table]
    run(capsys)
    assert by_the_new_key(table, "content", listed.pk)
    # After a failure, too.
    with pytest.raises(ZeroDivisionError), transaction.atomic(), thawed(table):
        _ = 1 / 0
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ParticipantList.objects.filter(pk=listed.pk).update(content="[]")
