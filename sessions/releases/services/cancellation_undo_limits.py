"""What a release makes final: once it has told people of a cancellation, only another release takes that back."""

from django.utils.translation import gettext as _

from sessions.agenda.models.releases import Release, ReleasedSession, ReleaseEntry
from sessions.draft.services.cancel_and_move import CANCEL, REINSTATE
from summit.undo.kinds import hinders
from summit.undo.models import UndoStep


def _released_since(step: UndoStep) -> Release | None:
    """Return the latest release of the summit, if it came after the step."""
    return Release.objects.filter(summit=step.entry.summit, released_at__gt=step.entry.at).order_by("-number").first()


@hinders(CANCEL)
def _cancellation_released(step: UndoStep) -> str:
    session, latest = step.data["session"], _released_since(step)
    known = latest is not None and ReleasedSession.objects.filter(session=session).exists()
    if not known or ReleaseEntry.objects.filter(release=latest, session=session).exists():
        return ""
    return _(
        "The cancellation is released and participants have been notified. Reinstate the session, then release the "
        "agenda again."
    )


@hinders(REINSTATE)
def _reinstatement_released(step: UndoStep) -> str:
    latest = _released_since(step)
    if latest is None or not ReleaseEntry.objects.filter(release=latest, session=step.data["session"]).exists():
        return ""
    return _(
        "The session is released and participants have been notified. Cancel the session, then release the agenda "
        "again."
    )
