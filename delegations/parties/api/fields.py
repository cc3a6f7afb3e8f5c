"""Fields and filters of the API for parties."""

from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api.fields import Searched, SeenOne, Several
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.search import split_terms
from summit.permissions.rules import summits_for
from summit.users.models import User


class OneParty(SeenOne):
    """A field for a party, by its id or by its id in another system."""

    def __init__(self, **kwargs: Any) -> None:
        rows = Party.objects.select_related("summit")
        super().__init__(permission="delegations.party", queryset=rows, external="external_ids", **kwargs)


def annotate_for_desk(rows: QuerySet[Party], by: User, permission: str) -> QuerySet[Party]:
    """Annotate parties with `for_desk`, which is True if the user has `permission` through a desk role.

    Filters by data that only desks may see use it. Without it, the result of a filter would reveal the data.
    """
    desks = summits_for(by, f"{permission}.view")
    visible = Q(pk__isnull=False) if desks is None else Q(summit__in=desks)
    for_desk = Case(When(visible, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.alias(for_desk=for_desk)


class PartiesSearched(Searched):
    """Filters for parties, with a text search. The queryset must come from `annotate_for_desk`."""

    model = Party
    # Fields that a party's own people may see. A desk's search also finds mailboxes of missions.
    text = ("name", "formal_name", "sort_key", "iso_code")

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Filter to the parties in which every word is found. For desks, the search also finds mailboxes of
        missions."""
        if rows.filter(for_desk=True).exists():
            return super().search(rows, name, value)
        terms = split_terms(value)
        return self.in_text(rows, terms) if terms else rows.none()

    def of_desk(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Filter by a value that only desks may see. Other users get no rows."""
        condition: Any = {"for_desk": True, name: value}
        return rows.filter(**condition)


@extend_schema_field(str)
class PartyName(serializers.Field[Any, Any, Any, Any]):
    """A party's name in the user's language. The names for all rows of a response are read with one query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Party) -> str:
        """Return the party's name in the user's language."""
        context: Any = self.context
        names: dict[int, Any] = context.setdefault("party_names", {})
        if value.pk not in names:
            names |= party_names.to_readers({value.pk, *self._others()})
        return str(names[value.pk].name)

    def _others(self) -> set[int]:
        list_serializer = self.parent.parent if self.parent is not None else None
        rows = list_serializer.instance if isinstance(list_serializer, serializers.ListSerializer) else None
        page_rows: list[Any] = list(rows) if isinstance(rows, list | tuple) else []
        parties: list[Any] = [self.get_attribute(row) for row in page_rows]
        return {party.pk for party in parties}


def parties_field(permission: str, **kwargs: Any) -> Several:
    """Return a field for parties, by their ids or their ids in other systems.

    It accepts parties for which the user has `permission`.
    """
    rows = Party.objects.select_related("summit")
    return Several(rows=rows, permission=permission, external="external_ids", **kwargs)
