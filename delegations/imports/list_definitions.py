"""Registers the further lists that can be imported from a table, such as zones, quotas and groups of parties.

Parties and people have definitions of their own (`delegations.imports.definitions`).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet

from delegations.badges.api.transferable_pass_rules import TransferablePassRuleViewSet
from delegations.members.api.categories import CategoryViewSet
from delegations.members.api.fields import OneCategory
from delegations.members.api.quotas import QuotaInput
from delegations.members.models.quotas import Quota
from delegations.members.services import quotas
from delegations.parties.api.fields import OneParty
from delegations.parties.api.groups import PartyGroupViewSet
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from delegations.travel.api.declaration_kinds import DeclarationKindViewSet
from delegations.zones.api import ZoneViewSet
from summit.api_base.viewsets import DeskViewSet
from summit.import_export.importable_lists import ImportableList
from summit.import_export.list_import import register_import
from summit.summits.models import Summit
from summit.users.models import User


class OwnNumberInput(QuotaInput):
    """The quota of a single party, with the reason. Without a category, it is the quota for all categories
    together."""

    party = OneParty()
    category = OneCategory(allow_null=True, required=False, default=None)


class OwnQuotaViewSet(DeskViewSet):
    """The quotas of single parties, one in each row of a table. The API itself returns them with the party."""

    name = "own-numbers"
    permission = "delegations.quota"
    # A table sets many numbers at once, as the defaults do.
    permissions: ClassVar[Mapping[str, str]] = {"add": SET_DEFAULT_QUOTAS, "change": SET_DEFAULT_QUOTAS}
    allowed_methods = ("add", "change")
    model = Quota
    input_serializer_class = OwnNumberInput
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Quota]:
        """Return the quotas, joined with their party and category."""
        return Quota.objects.select_related("party__summit", "category")

    def add(self, *, by: User, summit: Summit, values: Mapping[str, Any]) -> Quota:
        """Set a quota for a party."""
        return quotas.set_quota(by=by, **values)

    def change(self, *, by: User, row: Quota, values: Mapping[str, Any]) -> Quota:
        """Change the quota of a party. Its party and its category stay: those of another are another quota."""
        new_values = {"number": row.number, "reason": row.reason, **values}
        return quotas.set_quota(by=by, **{**new_values, "party": row.party, "category": row.category})


register_import(ImportableList(ZoneViewSet, ("code",)))
register_import(ImportableList(CategoryViewSet, ("code",)))
register_import(ImportableList(TransferablePassRuleViewSet))
register_import(ImportableList(DeclarationKindViewSet))
register_import(ImportableList(OwnQuotaViewSet, ("party", "category")))
register_import(ImportableList(PartyGroupViewSet))
