"""The keys of rows in other systems. URLs accept them in place of ids, such as "ext:registry:4711"."""

from django.db.models import Q

from summit.permissions.rules import summits_for
from summit.users.models import User

EXTERNAL = "ext:"
# The permission to see the keys of other systems. Without it no row is found by such a key.
SEE = "delegations.externalid.view"


def external_key(path: str, key: str) -> Q:
    """Return the condition that selects the row with an external key such as "ext:registry:4711".

    `path` leads from a row to its external keys. For an invalid key, the condition selects no row.
    """
    system, _colon, value = key.removeprefix(EXTERNAL).partition(":")
    # Databases refuse this character.
    if not path or not value or "\0" in key:
        return Q(pk__in=[])
    return Q(**{f"{path}__system": system, f"{path}__value": value})


def keys_visible_to(user: User, summit_path: str) -> Q:
    """Return the condition that selects the rows with external keys that the user may see.

    Users without this permission can't find out from any URL whether a row has such a key. `summit_path` leads from a
    row to its summit.
    """
    allowed = summits_for(user, SEE)
    return Q(pk__isnull=False) if allowed is None else Q(**{f"{summit_path}__in": allowed})
