"""The number by which two who edit one session at once are told from one another."""

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from sessions.draft.models.sessions import Session


class EditedMeanwhile(ValueError):
    """A session isn't any more what its editor had before them; the text is a sentence for them."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has changed this session since you looked at it. Look again, then decide."))


def rise(*sessions: int) -> None:
    """Count one more edit of sessions, by their primary keys; inside the transaction of the edit. One query."""
    Session.objects.filter(pk__in=sessions).update(revision=F("revision") + 1, updated_at=Now())


def look(session: Session, expected: int | None) -> None:
    """Raise EditedMeanwhile where a session, read under the lock of its agenda, is not at the revision that its
    editor saw; None asks for none."""
    if expected is not None and session.revision != expected:
        raise EditedMeanwhile
