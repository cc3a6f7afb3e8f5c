"""What a user can still undo, for the histories of rows."""

from collections.abc import Sequence

from django.db.models import Count

from summit.audit.rendering import AuditLine
from summit.permissions.rules import Actor, allows
from summit.undo.kinds import KINDS
from summit.undo.models import UndoOffer, UndoStep


def open_steps(entries: Sequence[int]) -> list[UndoStep]:
    """Return the steps of the audit entries with these primary keys that can still be undone. Makes one query.

    Each step has `size`, the number of steps of its act.
    """
    if not entries:
        return []
    rows = UndoStep.objects.filter(entry__in=entries, offer__in=UndoOffer.objects.open())
    return list(rows.select_related("offer").annotate(size=Count("offer__steps")))


def mark(lines: Sequence[AuditLine], user: Actor) -> None:
    """Set `undo` and `undo_size` of the lines whose act the user can still undo. Makes one query."""
    by_entry = {line.entry.pk: line for line in lines if line.entry.action in KINDS}
    for step in open_steps(list(by_entry)):
        line = by_entry[step.entry_id]
        if allows(user, KINDS[line.entry.action].permission, line.entry.summit):
            line.undo, line.undo_size = step.offer.public_id, getattr(step, "size", 1)


def open_act(key: str) -> UndoOffer | None:
    """Return the act with a key if it can still be undone, with `size`, the number of its steps."""
    return UndoOffer.objects.open().filter(key=key).annotate(size=Count("steps")).first()
