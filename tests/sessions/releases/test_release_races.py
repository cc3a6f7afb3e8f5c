"""Releases, edits and one another at once: an edit is released whole or not at all, of two releases one is made."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors.released_snapshots import released
from sessions.draft.models.sessions import Session
from sessions.draft.services import agenda_lock, cancel_and_move
from sessions.releases.selectors import unreleased_changes
from sessions.releases.services import release_writer, releases
from sessions.signups.services import signups
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.core import prepare_before_lock
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import MembershipFactory, ParticipantFactory, SignUpFactory
from tests.sessions.conftest import Parties, session
from tests.threads import amid, at_once, meet_after, names

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
Pause = Callable[[], bool]


def _two_halves(row: Session, by: User) -> Callable[[Pause], None]:
    """Return an edit of two sessions in one transaction that pauses between them."""

    def edit(pause: Pause) -> None:
        with transaction.atomic():
            cancel_and_move.move(
                session=row, starts_at=row.starts_at + HOUR, ends_at=row.ends_at + HOUR, room=None, by=by
            )
            pause()
            row.participants.all().delete()

    return edit


def _release_amid(summit: Summit, organiser: User, parties: Parties, _patch: pytest.MonkeyPatch) -> Any:
    """Release amid an edit; return how far the released session was moved and how many take part in it."""
    row = session(summit, parties["Aland"])
    came = amid(_two_halves(row, organiser), lambda: releases.release(summit=summit, by=organiser).number)
    assert came == [None, 1]
    found = released(summit, [1])[1][row.pk]
    return found.starts_at - row.starts_at, len(found.places)


def _edit_amid(summit: Summit, organiser: User, parties: Parties, patch: pytest.MonkeyPatch) -> bool:
    """Edit while a release is between its reading and its writing; return whether the edit was done first."""
    row = session(summit, parties["Aland"])
    store, early = release_writer.store, []

    def release(pause: Pause) -> int:
        def slowly(*args: Any, **kwargs: Any) -> None:
            early.append(pause())
            store(*args, **kwargs)

        patch.setattr(release_writer, "store", slowly)
        return releases.release(summit=summit, by=organiser).number

    assert amid(release, lambda: cancel_and_move.cancel(session=row, by=organiser)) == [1, True]
    assert [change.nature for change in releases.preview(summit=summit).changes] == ["cancelled"]
    return early[0]


def _expected_amid(summit: Summit, organiser: User, parties: Parties, _patch: pytest.MonkeyPatch) -> int | str:
    """Release what was previewed while somebody else's edit is under way; return what came of it."""
    row = session(summit, parties["Aland"])
    ParticipantFactory(session=row, party=parties["Beland"])
    digest = releases.preview(summit=summit).digest
    press = lambda: releases.release(summit=summit, by=organiser, expected=digest).number  # noqa: E731
    edited, came = names(amid(_two_halves(row, organiser), press))
    assert (edited, ReleasedSession.objects.count()) == (None, 1 if came == 1 else 0)
    return came


def _two_at_once(summit: Summit, organiser: User, parties: Parties, patch: pytest.MonkeyPatch) -> list[str]:
    """Let two release, who both read the agenda first; return what came of each: a number, or what it raised."""
    session(summit, parties["Aland"])
    meet_after(patch, unreleased_changes, "agendas")
    came = names(at_once(*[lambda: releases.release(summit=summit, by=organiser).number] * 2))
    assert ReleasedSession.objects.count() == 1
    return sorted(map(str, came))


# What comes of each where a release holds the draft, and where it doesn't. What an edit holds stays held: without
# that, no edit could record what it did.
RACES: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "a release sees an edit whole": (_release_amid, (HOUR, 0), (timedelta(), 1)),
    "an edit waits for the release": (_edit_amid, False, True),
    "what was previewed is released or nothing": (_expected_amid, "DraftChanged", 1),
    "two at once are one release and one refusal": (_two_at_once, ["1", "NothingToRelease"], ["1", "IntegrityError"]),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("name", RACES)
def test_a_release_holds_the_draft(
    name: str, summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    race, came, _overtaken = RACES[name]
    assert race(summit, organiser, parties, monkeypatch) == came


@pytest.mark.postgresql
@pytest.mark.parametrize("name", RACES)
def test_control_without_its_lock(
    name: str, summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    race, _came, overtaken = RACES[name]
    monkeypatch.setattr(agenda_lock, "lock", lambda summit: None)
    assert race(summit, organiser, parties, monkeypatch) == overtaken


def _sign_up_amid(summit: Summit, organiser: User, parties: Parties) -> list[Any]:
    """Let a release move up who waits for a session while somebody signs up for it; return what came of each."""
    values = {"visibility": Visibility.ACCREDITED, "sign_up": True, "capacity": 1}
    soon = db_now() + HOUR
    row = session(summit, parties["Aland"], starts_at=soon, ends_at=soon + HOUR, **values)
    waits = SignUpFactory(session=row, person=MembershipFactory(party=parties["Aland"]).person, state="waiting")

    def sign_up(pause: Pause) -> None:
        with transaction.atomic():
            locked = signups._lock(row)
            pause()
            audit.record(by=organiser, action="agenda.signup.add", target=waits, summit=locked.summit)

    return names(amid(sign_up, lambda: releases.release(summit=summit, by=organiser).number))


@pytest.mark.postgresql
def test_a_release_and_a_sign_up_do_not_deadlock(summit: Summit, organiser: User, parties: Parties) -> None:
    assert _sign_up_amid(summit, organiser, parties) == [None, 1]


@pytest.mark.postgresql
def test_control_with_a_lock_of_the_whole_row_one_of_them_is_lost(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(summit: Summit) -> None:
        Summit.objects.select_for_update().get(pk=summit.pk)

    monkeypatch.setattr(agenda_lock, "lock", lock)
    assert "OperationalError" in _sign_up_amid(summit, organiser, parties)


# On SQLite a release is worked out before the lock to write is taken, and written only if nobody wrote meanwhile.
@pytest.fixture
def row(summit: Summit, parties: Parties, sqlite: bool) -> Session:
    if not sqlite:
        # There all is done under the lock of one summit's draft, for which nobody else waits.
        assert prepare_before_lock.others_wrote() is None
    return session(summit, parties["Aland"], title="As planned")


def _written_by_another(row: Session, title: str) -> None:
    database = sqlite3.connect(connection.settings_dict["NAME"], timeout=10)
    database.execute("UPDATE agenda_session SET title = ? WHERE id = ?", (title, row.pk))
    database.commit()
    database.close()


def _edited_amid(
    row: Session, organiser: User, monkeypatch: pytest.MonkeyPatch, times: int
) -> tuple[str, list[bool]]:
    """Release while another connection writes as often after the release was worked out; return the title that was
    released, and whether it was worked out under the lock each time."""
    prepare, locked = releases._prepare, []

    def amid(asked: Any, *, lock: bool) -> Any:
        ready = prepare(asked, lock=lock)
        locked.append(connection.in_atomic_block)
        if len(locked) <= times:
            _written_by_another(row, f"Edited {len(locked)}")
        return ready

    with monkeypatch.context() as patch:
        patch.setattr(releases, "_prepare", amid)
        made = releases.release(summit=row.summit, by=organiser)
    assert Message.objects.filter(subject_key=f"release:{made.public_id}").count() == 1
    return released(row.summit, [made.number])[made.number][row.pk].title, locked


def test_what_was_written_meanwhile_is_released(
    row: Session, organiser: User, monkeypatch: pytest.MonkeyPatch, sqlite: bool
) -> None:
    if not sqlite:
        return
    # The second time under the lock, so that nobody writes again meanwhile.
    assert _edited_amid(row, organiser, monkeypatch, 1) == ("Edited 1", [False, True])
    _written_by_another(row, "Edited before")
    assert _edited_amid(row, organiser, monkeypatch, 0) == ("Edited before", [False])


def test_control_where_nobody_looks_an_edit_is_overtaken(
    row: Session, organiser: User, monkeypatch: pytest.MonkeyPatch, sqlite: bool
) -> None:
    if not sqlite:
        return
    monkeypatch.setattr(prepare_before_lock, "others_wrote", lambda: lambda: False)
    assert _edited_amid(row, organiser, monkeypatch, 1) == ("As planned", [False])
    assert Session.objects.get(pk=row.pk).title == "Edited 1"
