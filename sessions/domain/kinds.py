"""Kinds of session of a summit's own."""

from sessions.domain.releases import lock
from sessions.domain.revisions import rise
from sessions.models import OwnKind, Session


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
