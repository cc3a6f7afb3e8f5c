"""What the domain's refusals are to whoever asks by the API."""

from django.core.exceptions import ValidationError

from sessions.domain.edits import Pinned
from sessions.domain.files import FileProblem
from sessions.domain.floor import FloorRefused
from sessions.domain.line_up import ListChanged
from sessions.domain.releases import DraftChanged, NothingToRelease
from sessions.domain.removals import RemovalUndecided
from sessions.domain.restoring import NothingToRestore
from sessions.domain.revisions import EditedMeanwhile
from sessions.domain.signups import SignUpRefused
from sessions.domain.speakers import SpeakersRefused
from summit.api.problems import Problem, means, unprocessable


def _file(error: FileProblem) -> Problem:
    return unprocessable(ValidationError({"content": str(error)}))


_MEANT: dict[str, tuple[type[Exception], ...]] = {
    "conflict": (
        Pinned,
        FloorRefused,
        SignUpRefused,
        SpeakersRefused,
        NothingToRelease,
        NothingToRestore,
        RemovalUndecided,
    ),
    "changed": (EditedMeanwhile, DraftChanged, ListChanged),
}
for _kind, _errors in _MEANT.items():
    for _error in _errors:
        means(_error, _kind)
means(FileProblem, _file)
