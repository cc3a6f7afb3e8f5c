"""Releases, edits and one another at once: an edit is released whole or not at all, of two releases one is made."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from delegations.models import Party
from sessions.domain import edits, releases, signups
from sessions.domain.released import released
from sessions.models import ReleasedSession, Session, Visibility
from summit.db.clock import db_now
from summit.domain import audit
from summit.models import Summit, User
from tests.factories import MembershipFactory, ParticipantFactory, SignUpFactory
from tests.sessions.conftest import session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
HOUR = timedelta(hours=1)
Parties = dict[str, Party]


def _during(edit: Callable[[threading.Event, threading.Event], None], then: Callable[[], None]) -> None:
    """Begin an edit in another connection, do `then` while it is half done, and let it end half a second later."""
    half, go_on = threading.Event(), threading.Event()

    def run() -> None:
        try:
            edit(half, go_on)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert half.wait(10)
    timer = threading.Timer(0.5, go_on.set)
    timer.start()
    then()
    thread.join()


def _two_halves(row: Session, by: User) -> Callable[[threading.Event, threading.Event], None]:
    """Return an edit of two sessions in one transaction that waits between them."""

    def edit(half: threading.Event, go_on: threading.Event) -> None:
        with transaction.atomic():
            edits.move(session=row, starts_at=row.starts_at + HOUR, ends_at=row.ends_at + HOUR, room=None, by=by)
            half.set()
            go_on.wait(10)
            row.participants.all().delete()

    return edit


def _release_amid(summit: Summit, organiser: User, parties: Parties) -> tuple[timedelta, int]:
    """Release amid an edit; return how far the released session was moved and how many take part in it."""
    row = session(summit, parties["Aland"])
    made: list[int] = []
    _during(_two_halves(row, organiser), lambda: made.append(releases.release(summit=summit, by=organiser).number))
    found = released(summit, made)[1][row.pk]
    return found.starts_at - row.starts_at, len(found.places)


def test_a_release_sees_an_edit_whole(summit: Summit, organiser: User, parties: Parties) -> None:
    assert _release_amid(summit, organiser, parties) == (HOUR, 0)


def test_control_without_its_lock_a_release_overtakes_the_edit(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "lock", lambda summit: None)
    assert _release_amid(summit, organiser, parties) == (timedelta(), 1)


def _edit_amid(summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Edit while a release is between its reading and its writing; return whether the edit was done first."""
    row = session(summit, parties["Aland"])
    read, done = threading.Event(), threading.Event()
    store, early = releases.storing.store, []

    def slowly(*args: Any, **kwargs: Any) -> None:
        read.set()
        early.append(done.wait(1))
        store(*args, **kwargs)

    monkeypatch.setattr(releases.storing, "store", slowly)

    def edit() -> None:
        try:
            read.wait(10)
            edits.cancel(session=row, by=organiser)
            done.set()
        finally:
            connection.close()

    thread = threading.Thread(target=edit)
    thread.start()
    releases.release(summit=summit, by=organiser)
    thread.join()
    return early[0]


def test_an_edit_waits_for_the_release(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not _edit_amid(summit, organiser, parties, monkeypatch)
    assert [change.nature for change in releases.preview(summit=summit).changes] == ["cancelled"]


def test_control_without_the_lock_an_edit_does_not_wait(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The release's: of a row that it holds, no edit could record what it did.
    monkeypatch.setattr(releases, "lock", lambda summit: None)
    assert _edit_amid(summit, organiser, parties, monkeypatch)


def _expected_amid(summit: Summit, organiser: User, parties: Parties) -> str:
    """Release what was previewed while somebody else's edit is under way; return what came of it."""
    row = session(summit, parties["Aland"])
    ParticipantFactory(session=row, party=parties["Beland"])
    digest = releases.preview(summit=summit).digest
    came: list[str] = []

    def press() -> None:
        try:
            made = releases.release(summit=summit, by=organiser, expected=digest)
            came.append(f"release {made.number}")
        except releases.DraftChanged:
            came.append("changed")

    _during(_two_halves(row, organiser), press)
    return came[0]


def test_what_was_previewed_is_released_or_nothing(summit: Summit, organiser: User, parties: Parties) -> None:
    assert _expected_amid(summit, organiser, parties) == "changed"
    assert not ReleasedSession.objects.exists()


def test_control_without_the_lock_the_edit_is_overlooked(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "lock", lambda summit: None)
    assert _expected_amid(summit, organiser, parties) == "release 1"


def _sign_up_amid(summit: Summit, organiser: User, parties: Parties) -> list[str]:
    """Sign up for a session while a release lets those move up who wait for it; return what came of each."""
    values = {"visibility": Visibility.ACCREDITED, "sign_up": True, "capacity": 1}
    soon = db_now() + HOUR
    row = session(summit, parties["Aland"], starts_at=soon, ends_at=soon + HOUR, **values)
    waits = SignUpFactory(session=row, person=MembershipFactory(party=parties["Aland"]).person, state="waiting")
    came: list[str] = []

    def sign_up(half: threading.Event, go_on: threading.Event) -> None:
        try:
            with transaction.atomic():
                locked = signups._lock(row)
                half.set()
                go_on.wait(10)
                audit.record(by=organiser, action="sessions.signup.add", target=waits, summit=locked.summit)
            came.append("signed up")
        except OperationalError:
            came.append("lost")

    def release() -> None:
        try:
            releases.release(summit=summit, by=organiser)
            came.append("released")
        except OperationalError:
            came.append("lost")

    _during(sign_up, release)
    return sorted(came)


def test_a_release_and_a_sign_up_do_not_wait_for_one_another(
    summit: Summit, organiser: User, parties: Parties
) -> None:
    assert _sign_up_amid(summit, organiser, parties) == ["released", "signed up"]


def test_control_with_a_lock_of_the_whole_row_one_of_them_is_lost(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(summit: Summit) -> None:
        Summit.objects.select_for_update().get(pk=summit.pk)

    monkeypatch.setattr(releases, "lock", lock)
    assert "lost" in _sign_up_amid(summit, organiser, parties)
