"""Copies of sessions that are made on the board, and take no room yet."""

from django.db import models, transaction

from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.services import planning
from sessions.draft.services.cancel_and_move import MOVE
from sessions.draft.services.copies import like
from sessions.draft.services.planning import SESSION_ACTIONS
from summit.admin_base.audit_filters import condition_of
from summit.audit import services as audit
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.users.models import User


def copy(*, original: Session, placement: Placement, by: User, key: tuple[int, str] | None = None) -> Session:
    """Create a session like another one, without its participants, speeches and documents, and return it.

    `key` is the primary key and the public id of a copy that was discarded and is made again. Raises
    PermissionDenied, and Blocked if it makes a conflict that the summit blocks.
    """
    made, rows = like(original, placement)
    if key is not None:
        made.pk, made.public_id = key
    return planning.store(by=by, session=made, rows=rows)


def newest_entry(session: Session) -> int:
    """Return the primary key of the newest audit entry of a session. Makes one query."""
    return _entries(session).order_by("-pk").values_list("pk", flat=True)[0]


def is_untouched(session: Session, since: int) -> bool:
    """Return whether a copy was only moved after the audit entry with the primary key `since`. Makes one query."""
    return not _entries(session).filter(pk__gt=since).exclude(action__in=[MOVE, SEEN]).exists()


def _entries(session: Session) -> models.QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(condition_of(session))


def discard(*, session: Session, by: User) -> None:
    """Delete a session. Raises ProtectedError if something refers to it, such as a release."""
    with transaction.atomic():
        rows = audit.references(session)
        audit.record(
            by=by, action=SESSION_ACTIONS.remove, target=session, summit=session.summit, detail={"rows": rows}
        )
        session.delete()
