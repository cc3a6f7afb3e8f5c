"""The revision of a session, which detects concurrent edits."""

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from sessions.draft.models.sessions import Session


class SessionEditConflict(ValueError):
    """Raised if a session has changed since its editor loaded it. The message is for the editor."""

    def __init__(self) -> None:
        super().__init__(_("Someone has changed this session since you opened it. Check the changes, then decide."))


def rise(*sessions: int) -> None:
    """Increase the revision of the sessions with these primary keys. Makes one query.

    It must be called in the transaction of the edit.
    """
    Session.objects.filter(pk__in=sessions).update(revision=F("revision") + 1, updated_at=Now())


def check_revision(session: Session, expected: int | None) -> None:
    """Raise SessionEditConflict if a session isn't at the `expected` revision; None skips the check.

    The session must have been read under the lock of its agenda.
    """
    if expected is not None and session.revision != expected:
        raise SessionEditConflict
