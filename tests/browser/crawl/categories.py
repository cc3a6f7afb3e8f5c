"""Categories with what they open, and a group of parties, for the pages on which desks set them."""

from typing import Any

from delegations.badges.services import transferable_pass_rules
from delegations.members.services import categories, quotas
from delegations.parties.models.parties import Party
from delegations.parties.services import groups
from delegations.zones import services as zones_services
from summit.summits.models import Summit
from summit.users.models import User


def make(summit: Summit, by: User) -> dict[str, Any]:
    """Make zones that a category and a transferable pass open, and a group, and return their keys."""
    inner = zones_services.create(summit=summit, values={"code": "Y", "name": "Conference rooms"}, by=by)
    zones_services.create(summit=summit, values={"code": "Z", "name": "Press centre"}, by=by)
    rule = transferable_pass_rules.create(
        summit=summit, values={"name": "Front rows", "passes": 1, "people": 5, "most": 3, "zones": [inner]}, by=by
    )
    adviser = next(row for row in categories.of(summit) if row.code == "adviser")
    categories.change(category=adviser, values={"quota": 5, "names": {"en": "Advisor"}, "zones": [inner]}, by=by)
    party = Party.objects.filter(summit=summit, memberships__isnull=False).order_by("pk")[0]
    values = {"name": "Friends of the water convention", "parties": list(Party.objects.filter(summit=summit)[:5])}
    group = groups.create(summit=summit, values=values, by=by)
    quota = quotas.set_quota(party=party, category=adviser, number=7, reason="Two working groups", by=by)
    return {
        "pk delegations.membership": party.memberships.order_by("-pk")[0].pk,
        "pk delegations.partygroup": group.pk,
        "pk delegations.quota": quota.pk,
        "pk delegations.zone": inner.pk,
        "pk delegations.transferablepassrule": rule.pk,
        "pk delegations.category": adviser.pk,
    }
