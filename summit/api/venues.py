"""Venues and rooms at the desk."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.summits import services as summits_services
from summit.summits.models import Room, Summit, Venue
from summit.summits.translated_names import DIRECTIONS_LENGTH
from summit.users.models import User


class DeskVenueSerializer(serializers.ModelSerializer[Venue]):
    """A venue with its opening hours, which are the same each day. Both are null if it is always open."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Venue
        fields: ClassVar[list[str]] = ["id", "name", "address", "opens_at", "closes_at"]


class VenueInput(serializers.ModelSerializer[Venue]):
    """The stored data of a venue."""

    class Meta:
        model = Venue
        fields: ClassVar[list[str]] = ["name", "address", "opens_at", "closes_at"]


class VenueFilters(django_filters.FilterSet):
    """The filters of the list of venues."""

    name = django_filters.CharFilter(lookup_expr="iexact", label=_("name"))


class VenueViewSet(DeskViewSet):
    """The venues of a summit."""

    name = "venues"
    verbose_name = _("venues")
    permission = "summit.venue"
    model = Venue
    serializer_class = DeskVenueSerializer
    input_serializer_class = VenueInput
    filterset_class = VenueFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",)}

    def add(self, *, by: User, summit: Summit, values: Values) -> Venue:
        """Add a venue to the summit."""
        return summits_services.add_venue(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Venue, values: Values) -> Venue:
        """Change a venue."""
        return summits_services.change_venue(by=by, venue=row, values=values)

    def remove(self, *, by: User, row: Venue) -> None:
        """Delete a venue with its rooms."""
        summits_services.remove_venue(by=by, venue=row)


class DirectionsField(serializers.DictField):
    """The directions to a room, by language."""

    child = serializers.CharField(max_length=DIRECTIONS_LENGTH)


class DeskRoomSerializer(serializers.ModelSerializer[Room]):
    """A room. `venue` is the id of its venue, `position` its place among the venue's rooms, and `directions` how one
    gets to it, by language."""

    id = serializers.CharField(source="public_id", read_only=True)
    venue = serializers.CharField(source="venue.public_id", read_only=True)
    directions = DirectionsField()

    class Meta:
        model = Room
        fields: ClassVar[list[str]] = ["id", "venue", "name", "capacity", "position", "directions"]


class RoomInput(serializers.ModelSerializer[Room]):
    """The stored data of a room."""

    venue = InSummit(queryset=Venue.objects.all())
    directions = DirectionsField(required=False)

    class Meta:
        model = Room
        fields: ClassVar[list[str]] = ["venue", "name", "capacity", "position", "directions"]
        # Uniqueness is checked by the database, through the domain.
        validators: ClassVar[list[Any]] = []


class RoomFilters(django_filters.FilterSet):
    """The filters of the list of rooms."""

    venue = django_filters.CharFilter(field_name="venue__public_id", label=_("venue"))
    name = django_filters.CharFilter(lookup_expr="iexact", label=_("name"))
    seats_from = django_filters.NumberFilter(
        field_name="capacity", lookup_expr="gte", label=_("minimum seats"), min_value=0, max_value=1_000_000
    )


class RoomViewSet(DeskViewSet):
    """The rooms in a summit's venues."""

    name = "rooms"
    verbose_name = _("rooms")
    permission = "summit.room"
    model = Room
    serializer_class = DeskRoomSerializer
    input_serializer_class = RoomInput
    filterset_class = RoomFilters
    ordering_fields: ClassVar[Any] = {"position": ("position", "name"), "name": ("name",)}
    summit_path = "venue__summit"

    def rows(self) -> QuerySet[Room]:
        """Return all rooms, with their venues."""
        return Room.objects.select_related("venue__summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> Room:
        """Add a room to a venue."""
        return summits_services.add_room(by=by, venue=values["venue"], values=values)

    def change(self, *, by: User, row: Room, values: Values) -> Room:
        """Change a room."""
        return summits_services.change_room(by=by, room=row, values=values)

    def remove(self, *, by: User, row: Room) -> None:
        """Delete a room."""
        summits_services.remove_room(by=by, room=row)
