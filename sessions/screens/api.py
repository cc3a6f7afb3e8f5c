"""API of screens: displays in the foyer and at doors."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sessions.screens.models import Screen, Unreadable
from sessions.screens.services import screens
from sessions.visibility.models import Visibility
from summit.api_base.actions import action
from summit.api_base.problems import register_problem
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.summits.models import Room, Summit
from summit.users.models import User

register_problem(screens.ScreenOff, "conflict")


class ScreenSerializer(serializers.ModelSerializer[Screen]):
    """A screen. `room` is null for a screen of all rooms. The key in its address is never returned."""

    id = serializers.CharField(source="public_id", read_only=True)
    room = serializers.CharField(source="room.public_id", allow_null=True, default=None)
    on = serializers.SerializerMethodField(help_text="Whether the screen has an address.")

    class Meta:
        model = Screen
        fields: ClassVar[list[str]] = [
            *("id", "name", "room", "audience", "unreadable", "language", "on", "opened_at", "seen_at"),
        ]

    def get_on(self, row: Screen) -> bool:
        """Return whether the screen has an address."""
        return bool(row.digest)


class ScreenInput(serializers.Serializer[Any]):
    """What a screen shows to whom."""

    name = serializers.CharField(max_length=80)
    room = InSummit(queryset=Room.objects.all(), summit_path="venue__summit", required=False, allow_null=True)
    audience = serializers.ChoiceField(choices=Visibility.choices, required=False)
    unreadable = serializers.ChoiceField(choices=Unreadable.choices, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, allow_blank=True)


class ScreenFilters(django_filters.FilterSet):
    """The query parameters that filter screens."""

    audience = django_filters.ChoiceFilter(choices=Visibility.choices, label=_("shown to"))


class AddressSerializer(serializers.Serializer[Any]):
    """The address of a screen. It is returned only once."""

    address = serializers.CharField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )


class ScreenViewSet(DeskViewSet):
    """Screens in the foyer and at doors."""

    name = "screens"
    verbose_name = _("screens")
    permission = "agenda.screen"
    allowed_methods = ("add", "change", "remove")
    model = Screen
    serializer_class = ScreenSerializer
    input_serializer_class = ScreenInput
    filterset_class = ScreenFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[Screen]:
        """Return the screens with their summits and rooms joined."""
        return Screen.objects.select_related("summit", "room__venue")

    def add(self, *, by: User, summit: Summit, values: Values) -> Screen:
        """Add a screen, which has no address yet."""
        return screens.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Screen, values: Values) -> Screen:
        """Change what a screen shows. It keeps its address."""
        return screens.change(by=by, screen=row, values=values)

    def remove(self, *, by: User, row: Screen) -> None:
        """Delete a screen. Its address stops working at once."""
        screens.remove(by=by, screen=row)

    @action("address", permission=screens.CHANGE, output=AddressSerializer, shown_once=("address",))
    def address(self, *, by: User, row: Screen, values: Values) -> dict[str, str]:
        """Give a screen a new address and return it once. The former address stops working at once."""
        return {"address": screens.new_address(by=by, screen=row)}

    @action("turn-off", permission=screens.CHANGE)
    def turn_off(self, *, by: User, row: Screen, values: Values) -> None:
        """Take a screen's address back. The screen shows nothing of the agenda from then on."""
        screens.turn_off(by=by, screen=row)
