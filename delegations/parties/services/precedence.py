"""The protocol order of a summit's parties, set by hand. Parties without a rank follow by alphabet."""

import hashlib
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from delegations.core.row_order import OrderChanged
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

ORDER = audit_action("delegations.order", gettext_lazy("set the protocol order"))


def parties(summit: Summit) -> list[Party]:
    """Return a summit's parties in protocol order. Makes one query.

    Parties without a rank follow in the alphabetical order of the reader's language.
    """
    rows = Party.objects.filter(summit=summit).only("name", "protocol_order")
    return list(party_names.in_order(rows, get_language() or "", protocol=True))


def mark(rows: Iterable[Party]) -> str:
    """Return a hash of the ranked parties and their places. It differs if somebody else changed the order."""
    ranked = sorted((row.protocol_order, row.pk) for row in rows if row.protocol_order is not None)
    return hashlib.sha256(repr(ranked).encode()).hexdigest()[:16]


def arrange(*, summit: Summit, ranked: Sequence[int], expected: str, by: User) -> None:
    """Rank the parties with these primary keys, the first one first. All other parties lose their rank.

    `expected` is the `mark` of the order that the user saw. Raises PermissionDenied. Raises OrderChanged if somebody
    else saved another order since, and ValueError if a party is named twice or belongs to another summit.
    """
    check(by, "delegations.party.change", summit)
    with transaction.atomic():
        # If two users save at once, the second waits here and then finds the first one's order.
        Summit.objects.select_for_update().get(pk=summit.pk)
        rows = {row.pk: row for row in Party.objects.filter(summit=summit)}
        if len(set(ranked)) != len(ranked) or not set(ranked) <= set(rows):
            raise ValueError(_("The order has a delegation twice, or one from another summit. Reload the page."))
        if mark(rows.values()) != expected:
            raise OrderChanged(
                _("Someone else has just saved a different order. Your order is below and not saved yet.")
            )
        places = {key: place for place, key in enumerate(ranked, start=1)}
        changed = [row for row in rows.values() if row.protocol_order != places.get(row.pk)]
        for row in changed:
            row.protocol_order = places.get(row.pk)
        if changed:
            Party.objects.bulk_update(changed, ["protocol_order"])
            detail = {"ranked": len(ranked), "moved": len(changed)}
            audit.record(by=by, action=ORDER, target=summit, summit=summit, detail=detail)
