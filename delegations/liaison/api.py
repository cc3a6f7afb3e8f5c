"""The API of liaison officers. Desk users see all; others see the officers of their own parties, or themselves."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.core.api.fields import OnePerson, Values
from delegations.liaison import services
from delegations.liaison.models import LiaisonOfficer
from delegations.parties.api.groups import PartiesField
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class LiaisonOfficerSerializer(serializers.ModelSerializer[LiaisonOfficer]):
    """A liaison officer, with the person's name, telephone and e-mail address."""

    id = serializers.CharField(source="public_id", read_only=True)
    person = serializers.CharField(source="person.public_id", read_only=True)
    name = serializers.CharField(source="person.name", read_only=True)
    office = serializers.CharField(source="person.office", read_only=True)
    phone = serializers.CharField(source="person.phone", read_only=True)
    email = serializers.CharField(source="person.email", read_only=True)
    parties: Any = serializers.SlugRelatedField(slug_field="public_id", many=True, read_only=True)

    class Meta:
        model = LiaisonOfficer
        fields: ClassVar[list[str]] = ["id", *services.FIELDS, "parties"]


class LiaisonOfficerInput(serializers.Serializer[Any]):
    """The fields of a liaison officer that can be set. `parties` replaces all stored ones."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    office = serializers.CharField(max_length=200, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=60, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    hours = serializers.CharField(max_length=200, required=False, allow_blank=True)
    parties = PartiesField(required=False)


class NewLiaisonOfficerInput(LiaisonOfficerInput):
    """A new liaison officer: a `person` who is entered already, or the name of somebody who isn't."""

    person = OnePerson(required=False, allow_null=True, default=None)


class LiaisonOfficerFilters(django_filters.FilterSet):
    """The filters of the list of liaison officers."""

    party = django_filters.CharFilter(field_name="parties__public_id", label=pgettext_lazy("label", "delegation"))


class LiaisonOfficerViewSet(DeskViewSet):
    """Liaison officers and the delegations they look after."""

    name = "liaison-officers"
    verbose_name = _("liaison officers")
    permission = "delegations.liaisonofficer"
    model = LiaisonOfficer
    serializer_class = LiaisonOfficerSerializer
    input_serializer_class = NewLiaisonOfficerInput
    update_serializer_class = LiaisonOfficerInput
    filterset_class = LiaisonOfficerFilters
    ordering_fields: ClassVar[Any] = {"name": ("person__name",)}

    def rows(self) -> QuerySet[LiaisonOfficer]:
        """Return the officers with their people and parties."""
        return LiaisonOfficer.objects.select_related("summit", "person").prefetch_related("parties")

    def add(self, *, by: User, summit: Summit, values: Values) -> LiaisonOfficer:
        """Enter a liaison officer and return the row."""
        return services.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: LiaisonOfficer, values: Values) -> LiaisonOfficer:
        """Change a liaison officer and return the row."""
        return services.change(by=by, officer=row, values=values)

    def remove(self, *, by: User, row: LiaisonOfficer) -> None:
        """Remove a liaison officer. The person stays."""
        services.remove(by=by, officer=row)
