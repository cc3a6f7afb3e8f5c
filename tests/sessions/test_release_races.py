"""Releases, edits and one another at once: an edit is released whole or not at all, of two releases one is made."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from delegations.models import Party
from sessions.domain import edits, releases, signups
from sessions.domain.released import released
from sessions.models import ReleasedSession, Session, Visibility
from summit.db.clock import db_now
from summit.domain import audit
from summit.models import Summit, User
from tests.factories import MembershipFactory, ParticipantFactory, SignUpFactory
from tests.sessions.conftest import session
from tests.threads import amid, at_once, meeting, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
HOUR = timedelta(hours=1)
Parties = dict[str, Party]
Pause = Callable[[], bool]


def _two_halves(row: Session, by: User) -> Callable[[Pause], None]:
    """Return an edit of two sessions in one transaction that pauses between them."""

    def edit(pause: Pause) -> None:
        with transaction.atomic():
            edits.move(session=row, starts_at=row.starts_at + HOUR, ends_at=row.ends_at + HOUR, room=None, by=by)
            pause()
            row.participants.all().delete()

    return edit


def _release_amid(summit: Summit, organiser: User, parties: Parties) -> tuple[timedelta, int]:
    """Release amid an edit; return how far the released session was moved and how many take part in it."""
    row = session(summit, parties["Aland"])
    came = amid(_two_halves(row, organiser), lambda: releases.release(summit=summit, by=organiser).number)
    assert came == [None, 1]
    found = released(summit, [1])[1][row.pk]
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
    store, early = releases.storing.store, []

    def release(pause: Pause) -> int:
        def slowly(*args: Any, **kwargs: Any) -> None:
            early.append(pause())
            store(*args, **kwargs)

        monkeypatch.setattr(releases.storing, "store", slowly)
        return releases.release(summit=summit, by=organiser).number

    assert amid(release, lambda: edits.cancel(session=row, by=organiser)) == [1, True]
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


def _expected_amid(summit: Summit, organiser: User, parties: Parties) -> int | str:
    """Release what was previewed while somebody else's edit is under way; return what came of it."""
    row = session(summit, parties["Aland"])
    ParticipantFactory(session=row, party=parties["Beland"])
    digest = releases.preview(summit=summit).digest
    press = lambda: releases.release(summit=summit, by=organiser, expected=digest).number  # noqa: E731
    edited, came = names(amid(_two_halves(row, organiser), press))
    assert edited is None
    return came


def test_what_was_previewed_is_released_or_nothing(summit: Summit, organiser: User, parties: Parties) -> None:
    assert _expected_amid(summit, organiser, parties) == "DraftChanged"
    assert not ReleasedSession.objects.exists()


def test_control_without_the_lock_the_edit_is_overlooked(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "lock", lambda summit: None)
    assert _expected_amid(summit, organiser, parties) == 1


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
            audit.record(by=organiser, action="sessions.signup.add", target=waits, summit=locked.summit)

    return names(amid(sign_up, lambda: releases.release(summit=summit, by=organiser).number))


def test_a_release_and_a_sign_up_do_not_wait_for_one_another(
    summit: Summit, organiser: User, parties: Parties
) -> None:
    assert _sign_up_amid(summit, organiser, parties) == [None, 1]


def test_control_with_a_lock_of_the_whole_row_one_of_them_is_lost(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(summit: Summit) -> None:
        Summit.objects.select_for_update().get(pk=summit.pk)

    monkeypatch.setattr(releases, "lock", lock)
    assert "OperationalError" in _sign_up_amid(summit, organiser, parties)


def _race(summit: Summit, user: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let two release, who both read the agenda first; return what came of each: a number, or what it raised."""
    both, found = meeting(), releases._agendas

    def slowly(asked: Summit) -> Any:
        read = found(asked)
        both()
        return read

    monkeypatch.setattr(releases, "_agendas", slowly)
    return sorted(map(str, names(at_once(*[lambda: releases.release(summit=summit, by=user).number] * 2))))


def test_two_at_once_are_one_release_and_one_refusal(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(summit, parties["Aland"])
    assert _race(summit, organiser, monkeypatch) == ["1", "NothingToRelease"]
    assert ReleasedSession.objects.count() == 1


def test_control_without_the_lock_both_take_the_same_number(
    summit: Summit, organiser: User, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(summit, parties["Aland"])
    monkeypatch.setattr(releases, "lock", lambda summit: None)
    assert _race(summit, organiser, monkeypatch) == ["1", "IntegrityError"]
