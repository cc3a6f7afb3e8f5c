"""On SQLite a release is worked out before the lock to write is taken, and written only if nobody wrote meanwhile."""

import sqlite3
from typing import Any

import pytest
from django.db import connection

from delegations.parties.models.parties import Party
from sessions.agenda.selectors.released_snapshots import released
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.core import prepare_before_lock
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(summit: Summit, parties: dict[str, Party], sqlite: bool) -> Session:
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
