"""The delegations' lists that a table can fill, beside parties and people, which have tables of their own
(`delegations.imports.services.import_files`)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet

from delegations.badges.api.transferable_pass_rules import TransferablePassRuleViewSet
from delegations.members.api.categories import CategoryViewSet
from delegations.members.api.fields import OneCategory
from delegations.members.api.quotas import RAISE, QuotaInput
from delegations.members.models.quotas import Quota
from delegations.members.services import quotas
from delegations.parties.api.fields import OneParty
from delegations.travel.api.declaration_kinds import DeclarationKindViewSet
from delegations.zones.api import ZoneViewSet
from summit.api_base.viewsets import DeskViewSet
from summit.import_export.registry import ImportDefinition, register_import
from summit.summits.models import Summit
from summit.users.models import User


class OwnNumberInput(QuotaInput):
    """Which party has which number of its own, and why."""

    party = OneParty()
    category = OneCategory(allow_null=True, required=False, default=None)


class OwnQuotaViewSet(DeskViewSet):
    """Numbers that parties have of their own, a row each: to programs they are told with the party."""

    name = "own-numbers"
    permission = "delegations.quota"
    permissions: ClassVar[Mapping[str, str]] = {"add": RAISE, "change": RAISE}
    allowed_methods = ("add", "change")
    model = Quota
    input_serializer_class = OwnNumberInput
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Quota]:
        """Return them with whose they are."""
        return Quota.objects.select_related("party__summit", "category")

    def add(self, *, by: User, summit: Summit, values: Mapping[str, Any]) -> Quota:
        """Give a party a number of its own."""
        return quotas.set_quota(by=by, **values)

    def change(self, *, by: User, row: Quota, values: Mapping[str, Any]) -> Quota:
        """Give it another."""
        said = {"number": row.number, "reason": row.reason, **values}
        return quotas.set_quota(by=by, party=row.party, category=row.category, **said)


register_import(ImportDefinition(ZoneViewSet, ("code",)))
register_import(ImportDefinition(CategoryViewSet, ("code",)))
register_import(ImportDefinition(TransferablePassRuleViewSet))
register_import(ImportDefinition(DeclarationKindViewSet))
register_import(ImportDefinition(OwnQuotaViewSet, ("party", "category")))
