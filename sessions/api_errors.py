"""Registers the API problems with which the API responds to errors of the agenda's services."""

from django.core.exceptions import ValidationError

from sessions.bilaterals.services import BilateralRefused
from sessions.delays.services.retiming import AlreadyDecided, ConflictUndecided
from sessions.delays.services.running import NotStarted
from sessions.documents.services.file_checks import FileProblem
from sessions.draft.services.cancel_and_move import Pinned
from sessions.draft.services.revisions import SessionEditConflict
from sessions.presence.services.marks import PresenceRefused
from sessions.releases.services.releases import DraftChanged, NothingToRelease
from sessions.releases.services.removals import RemovalUndecided
from sessions.releases.services.restore import NothingToRestore
from sessions.signups.services.signups import SignUpRefused
from sessions.speakers.services.floor_requests import FloorRefused
from sessions.speakers.services.line_up_in_protocol_order import ListChanged
from sessions.speakers.services.speakers_list import SpeakersRefused
from sessions.speakers.services.speech_clock import ClockRefused
from summit.api_base.problems import Problem, register_problem, unprocessable


def _file(error: FileProblem) -> Problem:
    return unprocessable(ValidationError({"content": str(error)}))


_MEANT: dict[str, tuple[type[Exception], ...]] = {
    "conflict": (
        Pinned,
        PresenceRefused,
        FloorRefused,
        BilateralRefused,
        SignUpRefused,
        SpeakersRefused,
        ClockRefused,
        NothingToRelease,
        NothingToRestore,
        RemovalUndecided,
        NotStarted,
        ConflictUndecided,
        AlreadyDecided,
    ),
    "changed": (SessionEditConflict, DraftChanged, ListChanged),
}
for _kind, _errors in _MEANT.items():
    for _error in _errors:
        register_problem(_error, _kind)
register_problem(FileProblem, _file)
