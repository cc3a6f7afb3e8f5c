"""API of the zones of a venue."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api import fields as fields_api
from delegations.core.api.fields import Order, Values
from delegations.zones import services
from delegations.zones.models import Zone
from summit.api_base.actions import action
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.summits.models import Room, Summit
from summit.users.models import User


class OneZone(InSummit):
    """A field for one zone of the summit, by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Zone.objects.all(), **kwargs)
        self.slug_field = "code"


class ZonesField(serializers.ManyRelatedField):
    """A field for several zones of the summit, by their codes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child_relation=OneZone(), **kwargs)


class RoomsField(serializers.ManyRelatedField):
    """A field for several rooms of the summit, by their ids."""

    def __init__(self, **kwargs: Any) -> None:
        rooms = InSummit(queryset=Room.objects.select_related("venue"), summit_path="venue__summit")
        super().__init__(child_relation=rooms, **kwargs)


class ZoneSerializer(serializers.ModelSerializer[Zone]):
    """A part of the venue that badges open. `code` is the zone's mark on the badge, and `rooms` are the ids of the
    rooms that lie in it."""

    id = serializers.CharField(source="pk", read_only=True)
    rooms: Any = serializers.SlugRelatedField(slug_field="public_id", many=True, read_only=True)

    class Meta:
        model = Zone
        fields: ClassVar[list[str]] = ["id", "code", "name", "rooms", "position"]


class ZoneInput(serializers.ModelSerializer[Zone]):
    """The fields of a zone that can be set. `rooms` replaces all stored ones."""

    rooms = RoomsField(required=False)

    class Meta:
        model = Zone
        fields: ClassVar[list[str]] = ["code", "name", "rooms"]
        validators: ClassVar[list[Any]] = []


class ZoneFilters(django_filters.FilterSet):
    """Filters for zones, by the mark on the badge."""

    code = django_filters.CharFilter(label=_("code on the badge"))


class ZoneViewSet(DeskViewSet):
    """Parts of the venue that badges open."""

    name = "zones"
    verbose_name = _("zones")
    permission = "delegations.zone"
    lookup_field = "pk"
    model = Zone
    serializer_class = ZoneSerializer
    input_serializer_class = ZoneInput
    filterset_class = ZoneFilters
    ordering_fields: ClassVar[Any] = {"position": ("position", "code"), "code": ("code",)}

    def rows(self) -> QuerySet[Zone]:
        """Return zones with their summits and rooms."""
        return Zone.objects.select_related("summit").prefetch_related("rooms")

    def add(self, *, by: User, summit: Summit, values: Values) -> Zone:
        """Add a zone after the others and return it."""
        return services.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Zone, values: Values) -> Zone:
        """Change a zone and return it."""
        return services.change(by=by, zone=row, values=values)

    def remove(self, *, by: User, row: Zone) -> None:
        """Delete a zone that no category or transferable pass opens."""
        services.remove(by=by, zone=row)

    @action("arrange", permission="delegations.zone.change", input=Order, detail=False)
    def arrange(self, *, by: User, summit: Summit, values: Values) -> list[Zone]:
        """Put the zones in an order. Zones that `order` doesn't name follow in their old order. `expected` is the
        complete order as the client read it. Returns all zones."""
        zones = list(Zone.objects.filter(summit=summit))
        order, expected = fields_api.order_and_mark(zones, values, "pk")
        services.arrange(by=by, summit=summit, order=order, expected=expected)
        return list(Zone.objects.filter(summit=summit))
