"""Services for the kinds of session that a summit has added."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Session
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.row_changes import Values, apply_values, save_changes
from summit.core.translated_names import tidy
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CUSTOM_KIND_ACTIONS = row_actions(
    "agenda.customkind",
    add=gettext_lazy("added a session type"),
    change=gettext_lazy("changed a session type"),
    remove=gettext_lazy("deleted a session type"),
)


def create(*, by: User, summit: Summit, values: Values) -> CustomKind:
    """Create a kind. Raises PermissionDenied, and ValidationError for invalid values."""
    check(by, "agenda.customkind.change", summit)
    row = CustomKind(summit=summit)
    apply_values(row, tidy(values, row, own=summit.language))
    with transaction.atomic():
        row.full_clean()
        row.save(force_insert=True)
        audit.record(by=by, action=CUSTOM_KIND_ACTIONS.add, target=row, summit=summit, fields=values)
    return row


def change(*, by: User, kind: CustomKind, values: Values) -> CustomKind:
    """Change a kind. Its sessions get the standard kind that the kind works like.

    Raises PermissionDenied and ValidationError.
    """
    check(by, "agenda.customkind.change", kind.summit)
    with transaction.atomic():
        lock(kind.summit)
        row = CustomKind.objects.select_related("summit").get(pk=kind.pk)
        changed = apply_values(row, tidy(values, row, own=row.summit.language))
        save_changes(row, changed, by=by, action=CUSTOM_KIND_ACTIONS.change, summit=row.summit)
        follow(row)
    return row


def remove(*, by: User, kind: CustomKind) -> None:
    """Delete a kind. Raises PermissionDenied, and ProtectedError if a session is of this kind."""
    check(by, "agenda.customkind.change", kind.summit)
    with transaction.atomic():
        audit.record(by=by, action=CUSTOM_KIND_ACTIONS.remove, target=kind, summit=kind.summit)
        kind.delete()


def follow(kind: CustomKind) -> int:
    """Set `kind` to the kind's `like` in all sessions of a summit's own kind, and return how many sessions changed.

    It must be called in the transaction that changed the kind.
    """
    lock(kind.summit)
    rows = Session.objects.filter(custom_kind=kind).exclude(kind=kind.like)
    keys = list(rows.values_list("pk", flat=True))
    if keys:
        rise(*keys)
        Session.objects.filter(pk__in=keys).update(kind=kind.like)
    return len(keys)
