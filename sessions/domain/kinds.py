"""Kinds of session of a summit's own."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from sessions.domain.releases import lock
from sessions.domain.revisions import rise
from sessions.models import OwnKind, Session
from summit.domain import audit
from summit.domain.places import Values, keep, put
from summit.models import Summit, User
from summit.permissions import check


def enter(*, by: User, summit: Summit, values: Values) -> OwnKind:
    """Enter a kind. Raises PermissionDenied, and ValidationError for what can't stand in a field."""
    check(by, "sessions.ownkind.change", summit)
    row = OwnKind(summit=summit)
    put(row, values)
    row.names = _names(row)
    with transaction.atomic():
        row.full_clean()
        row.save(force_insert=True)
        audit.record(by=by, action="sessions.ownkind.add", target=row, summit=summit, fields=values)
    return row


def change(*, by: User, kind: OwnKind, values: Values) -> OwnKind:
    """Change a kind; its sessions are then what it works like. Raises PermissionDenied, ValidationError."""
    check(by, "sessions.ownkind.change", kind.summit)
    with transaction.atomic():
        lock(kind.summit)
        row = OwnKind.objects.select_related("summit").get(pk=kind.pk)
        changed = put(row, values)
        row.names = _names(row)
        keep(row, changed, by=by, action="sessions.ownkind.change", summit=row.summit)
        follow(row)
    return row


def remove(*, by: User, kind: OwnKind) -> None:
    """Delete a kind. Raises PermissionDenied, and ProtectedError where a session has it."""
    check(by, "sessions.ownkind.change", kind.summit)
    with transaction.atomic():
        audit.record(by=by, action="sessions.ownkind.remove", target=kind, summit=kind.summit)
        kind.delete()


def _names(row: OwnKind) -> dict[str, str]:
    """Return a kind's names in other languages, none that are empty. Raises ValidationError."""
    given = row.names if isinstance(row.names, Mapping) else {}
    known = dict(settings.LANGUAGES)
    column = OwnKind._meta.get_field("name")
    for code, said in given.items():
        if code not in known:
            wrong = _("Write one of: %(known)s.") % {"known": ", ".join(known)}
            raise ValidationError({"names": wrong})
        if said:
            try:
                column.clean(said, row)
            except ValidationError as error:
                raise ValidationError({"names": error.messages}) from None
    if given.get(row.summit.language, row.name) not in ("", row.name):
        wrong = _("This is the summit’s own language. Write the same as in “name”, or nothing.")
        raise ValidationError({"names": wrong})
    return {code: said for code, said in given.items() if said and code != row.summit.language}


def follow(kind: OwnKind) -> int:
    """Let the sessions of a kind be what it works like, inside the transaction that changed it; return how many
    were something else."""
    lock(kind.summit)
    rows = Session.objects.filter(own_kind=kind).exclude(kind=kind.like)
    keys = list(rows.values_list("pk", flat=True))
    if keys:
        rise(*keys)
        Session.objects.filter(pk__in=keys).update(kind=kind.like)
    return len(keys)
