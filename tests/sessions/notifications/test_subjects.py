"""The subject of a message about changes says what changed, where and when, and nothing that others may not read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.change_descriptions import Zones
from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.notifications.messages.subjects import of_changes

LONDON = Zones.of("London", "Europe/London")
# Thursday, at 09:15 in London.
START = datetime(2026, 12, 3, 9, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAS = Snapshot(
    *("key", 1, 1, "plenary", "Criminal finances", "", START, START + HOUR, "Gold Room", "House", "public"),
    room_key="gold",
)
CHAIR = ParticipantSnapshot(ReleasedRole.CHAIR.value, None, 1, "", "A. Example", "")


def changed(**values: Any) -> SessionChange:
    return SessionChange(Nature.CHANGED, WAS, replace(WAS, **values))


ROOM = {"room_key": "state", "room_name": "State Drawing Room"}
LATER = {"starts_at": START + HOUR, "ends_at": START + 2 * HOUR}
SUBJECTS = {
    "Criminal finances: now in State Drawing Room, Thu 09:15": [changed(**ROOM)],
    "Criminal finances: now in State Drawing Room, Thu 10:15": [changed(**ROOM, **LATER)],
    "Criminal finances: now Thu 10:15": [changed(**LATER)],
    "Criminal finances: chair, Thu 09:15": [changed(places=(CHAIR,))],
    "Criminal finances: now in State Drawing Room": [changed(**ROOM, times_known=False)],
    "Criminal finances: added, Thu 09:15": [SessionChange(Nature.ADDED, None, WAS)],
    "Criminal finances: cancelled, Thu 09:15": [SessionChange(Nature.CANCELLED, WAS, None)],
    "Criminal finances: now Thu 10:15, and 1 other change": [changed(**LATER)] * 2,
    # Of one that only its participants may know of, nothing stands in a subject.
    "one change to your agenda": [changed(**ROOM, visibility="participants")],
    "2 changes to your agenda": [changed(**LATER), changed(**ROOM, visibility="organisers")],
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_says_what_changed(subject: str) -> None:
    with translation.override("en"):
        assert of_changes(SUBJECTS[subject], LONDON) == subject
