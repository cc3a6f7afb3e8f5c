"""API of a summit's own groups of parties."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from rest_framework import serializers

from delegations.core.api.fields import Values
from delegations.parties.api.fields import OneParty
from delegations.parties.models.groups import PartyGroup
from delegations.parties.selectors import regions
from delegations.parties.services import groups
from summit.api_base.viewsets import DeskViewSet
from summit.core.models import ALPHABET, PUBLIC_ID_LENGTH
from summit.summits.models import Summit
from summit.users.models import User

OF_COUNTRIES = (*regions.CODES_OF, regions.NO_COUNTRY)
HELP = f"A group of countries ({', '.join(OF_COUNTRIES)}), or the id of a group that the desks formed."


def validate_group(value: str) -> None:
    """Raise ValidationError unless the value is a group of countries, or has the form of a group's id."""
    if value not in OF_COUNTRIES and (len(value) != PUBLIC_ID_LENGTH or set(value) - set(ALPHABET)):
        message = _("There is no group “%(group)s”. Give the ID of a group, or one of: %(known)s.")
        raise ValidationError(message % {"group": value, "known": ", ".join(OF_COUNTRIES)})


class PartiesField(serializers.ManyRelatedField):
    """A field for parties of the summit, by their ids."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child_relation=OneParty(), **kwargs)


class PartyGroupSerializer(serializers.ModelSerializer[PartyGroup]):
    """A group of parties, with the parties' ids."""

    id = serializers.CharField(source="public_id", read_only=True)
    parties: Any = serializers.SlugRelatedField(slug_field="public_id", many=True, read_only=True)

    class Meta:
        model = PartyGroup
        fields: ClassVar[list[str]] = ["id", "name", "parties"]


class PartyGroupInput(serializers.ModelSerializer[PartyGroup]):
    """The fields of a group that can be set. `parties` replaces all stored ones."""

    parties = PartiesField(required=False)

    class Meta:
        model = PartyGroup
        fields: ClassVar[list[str]] = ["name", "parties"]
        validators: ClassVar[list[Any]] = []


class PartyGroupFilters(django_filters.FilterSet):
    """Filters for groups of parties."""

    party = django_filters.CharFilter(field_name="parties__public_id", label=pgettext_lazy("label", "delegation"))


class PartyGroupViewSet(DeskViewSet):
    """The summit's own groups of parties."""

    name = "party-groups"
    verbose_name = gettext_lazy("groups of delegations")
    permission = "delegations.partygroup"
    model = PartyGroup
    serializer_class = PartyGroupSerializer
    input_serializer_class = PartyGroupInput
    filterset_class = PartyGroupFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[PartyGroup]:
        """Return the groups with their parties."""
        return PartyGroup.objects.select_related("summit").prefetch_related("parties")

    def add(self, *, by: User, summit: Summit, values: Values) -> PartyGroup:
        """Create a group of parties and return it."""
        return groups.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: PartyGroup, values: Values) -> PartyGroup:
        """Change a group of parties and return it."""
        return groups.change(by=by, group=row, values=values)

    def remove(self, *, by: User, row: PartyGroup) -> None:
        """Delete a group; its parties stay."""
        groups.remove(by=by, group=row)
