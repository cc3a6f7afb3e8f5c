"""Why a session is cancelled, and what a release is about: asked in each language in which people are written to."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from delegations.mailboxes.selectors import written_languages
from delegations.parties.models.parties import Party
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from summit.outbox import mime
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.summits.translated_names import NOTE_LENGTH, note_in, validate_notes
from summit.undo import services as undo
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.sessions.conftest import Parties, focal, release, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(summit: Summit, parties: Parties) -> Session:
    """A session of three delegations, of which two are written to in French and in Arabic."""
    for name, language in (("Beland", "fr"), ("Celand", "ar")):
        Party.objects.filter(name=name).update(language=language)
    made = session(summit, *parties.values(), title="Talks", visibility="public")
    release(summit, tell=False)
    return made


def mails() -> dict[str, str]:
    return {row.address.partition("@")[0]: mime.render(row).text for row in Message.objects.all()}


def test_each_is_told_the_reason_and_the_note_in_their_own_language_alone(summit: Summit, row: Session) -> None:
    assert written_languages(summit) == ["ar", "fr"]
    desk = sign_in(summit, Role.ORGANISER)
    page = f"/admin/agenda/session/{row.pk}/cancel/"
    content = desk.get(page).content.decode()
    assert [name in content for name in ('name="reason"', 'name="reason_fr"', 'name="reason_ar"')] == [True] * 3
    assert Session.objects.get().cancelled_at is None
    desk.post(page, {"reason": "The minister is ill.", "reason_fr": "Le ministre est malade."})
    preview = releases.preview(summit=summit)
    sent = {"note": "One session fewer", "note_fr": "Une séance de moins", "expected": preview.digest}
    key = row.public_id
    leaving = {"leaving": key, f"leaving-{key}-notice": "cancelled", f"leaving-{key}-reason": "Illness"}
    answer = desk.post(f"/admin/agenda/release/prepare/{summit.slug}/", {**sent, **leaving})
    assert answer.status_code == 302
    said = mails()
    words = ("The minister is ill.", "Le ministre est malade.", "One session fewer", "Une séance de moins")
    found = {who: [word in text for word in words] for who, text in said.items()}
    assert found == {"aland": [True, False] * 2, "beland": [False, True] * 2, "celand": [False] * 4}


def test_the_portal_says_them_in_the_readers_language(summit: Summit, row: Session, parties: Parties) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    cancel_and_move.cancel(session=row, by=by, reason="Illness", reasons={"fr": "Maladie"})
    release(summit, note="One fewer", notes={"fr": "Une de moins"})
    reader = signed_in(focal(parties["Aland"]).user)
    for language, words in (("en", {"Illness", "One fewer"}), ("fr", {"Maladie", "Une de moins"}), ("ar", set())):
        content = reader.get(f"/portal/agenda/{row.public_id}/?lang={language}").content.decode()
        assert {word for word in ("Illness", "Maladie", "One fewer", "Une de moins") if word in content} == words
        changes = reader.get(f"/portal/changes/?summit={summit.slug}&lang={language}").content.decode()
        assert {word for word in ("One fewer", "Une de moins") if word in changes} == words - {"Illness", "Maladie"}


def test_the_reason_is_changed_on_the_same_page_and_comes_back_with_the_cancellation(
    summit: Summit, row: Session
) -> None:
    desk = sign_in(summit, Role.PROGRAMME)
    page = f"/admin/agenda/session/{row.pk}/cancel/"
    desk.post(page, {"reason": "Illness", "reason_fr": "Maladie"})
    assert 'value="Maladie"' in desk.get(page).content.decode()
    desk.post(page, {"reason": "Another", "reason_fr": ""})
    row.refresh_from_db()
    assert (row.cancellation_reason, row.cancellation_reasons) == ("Another", None)
    desk.post(page, {"reason": "Another", "reason_ar": "مرض"})
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    with undo.grouped() as act:
        cancel_and_move.reinstate(session=row, by=by)
    row.refresh_from_db()
    assert (row.cancellation_reason, row.cancellation_reasons) == ("", None)
    assert act.offer is not None
    undo.undo(public_id=act.offer.public_id, by=by)
    row.refresh_from_db()
    assert (row.cancellation_reason, row.cancellation_reasons) == ("Another", {"ar": "مرض"})


@pytest.mark.parametrize(
    "value",
    [["fr"], {"fr": 1}, {"xx": "Words"}, {"fr": "a\x07"}, {"fr": "x" * (NOTE_LENGTH + 1)}],
    ids=["no dict", "no text", "no language", "no printable text", "too long"],
)
def test_what_is_no_text_in_a_language_is_refused(summit: Summit, row: Session, value: Any) -> None:
    refuses(ValidationError, validate_notes, value)
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    if isinstance(value, dict):
        refuses(ValidationError, cancel_and_move.cancel, session=row, by=by, reasons=value)


def test_nobody_reads_it_in_another_language() -> None:
    words = {"first": "en", "note": "Illness", "others": {"fr": "Maladie"}}
    assert [note_in(language, **words) for language in ("en", "fr", "ar")] == ["Illness", "Maladie", ""]
