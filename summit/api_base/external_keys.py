"""Rows by what another system calls them, in the place of their ids: "ext:registry:4711"."""

from django.db.models import Q

from summit.permissions.rules import summits_for
from summit.users.models import User

EXTERNAL = "ext:"
# Who sees what other systems call rows. By such a key nobody else finds one.
SEE = "delegations.externalid.view"


def external_key(path: str, key: str) -> Q:
    """Return the condition that picks the row which another system knows by a key; `path` leads from a row to those
    that say so."""
    system, _colon, value = key.removeprefix(EXTERNAL).partition(":")
    # No database takes the character.
    if not path or not value or "\0" in key:
        return Q(pk__in=[])
    return Q(**{f"{path}__system": system, f"{path}__value": value})


def keys_told(user: User, summit_path: str) -> Q:
    """Return the condition that picks the rows whose keys somebody sees: whoever doesn't learns by no address whether
    a row has one. `summit_path` leads from a row to its summit."""
    mine = summits_for(user, SEE)
    return Q(pk__isnull=False) if mine is None else Q(**{f"{summit_path}__in": mine})
