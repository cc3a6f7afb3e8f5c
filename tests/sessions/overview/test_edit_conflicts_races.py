"""Two save one session at the same moment: one is saved, the other is shown it."""

import pytest
from django.test import Client

from sessions.draft.models.sessions import Session
from sessions.overview.admin import session_edit_conflicts
from tests.factories import SummitFactory
from tests.sessions.overview.test_edit_conflicts import carried, change, desk, form_of, make
from tests.threads import at_once, meet_after

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def race(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], Session]:
    """Save two changes of one page at the same moment; return what came of each, and what stands."""
    summit = SummitFactory()
    row, ann, ben = make(summit), desk(summit, "Ann Example"), desk(summit, "Ben Example")
    shown = carried(ann.get(change(row)))
    # Both have found the session as it was before either saves, unless one waits for the other.
    meet_after(monkeypatch, session_edit_conflicts.TogetherMixin, "compare")

    def save(client: Client, **changed: str) -> int:
        return client.post(change(row), form_of(row, shown=shown, **changed)).status_code

    came = at_once(lambda: save(ann, media="open"), lambda: save(ben, summary="With music."))
    row.refresh_from_db()
    return sorted(came), row


def test_of_two_at_once_one_saves_and_one_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    came, row = race(monkeypatch)
    assert came == [200, 302]
    assert (row.media, row.summary, row.revision) in (("open", "", 1), ("closed", "With music.", 1))


def test_without_the_lock_one_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.draft.services.agenda_lock.lock", lambda summit: None)
    came, row = race(monkeypatch)
    assert came == [302, 302]
    assert (row.media, row.summary) != ("open", "With music.")
