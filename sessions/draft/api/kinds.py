"""API of the kinds of session that a summit has added."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sessions.draft.models.kinds import CustomKind, SessionKind
from sessions.draft.services import kinds
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class DeskCustomKindSerializer(serializers.ModelSerializer[CustomKind]):
    """A kind of session of the summit's own. It is treated everywhere as the standard kind in `like`."""

    id = serializers.CharField(source="public_id", read_only=True)
    names = serializers.DictField(child=serializers.CharField(), help_text="In other languages, by their codes.")

    class Meta:
        model = CustomKind
        fields: ClassVar[list[str]] = ["id", "name", "names", "like"]


class CustomKindInput(serializers.ModelSerializer[CustomKind]):
    """The name of a kind in the summit's language, its names in others by language code, and the standard kind it
    works like."""

    names = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)

    class Meta:
        model = CustomKind
        fields: ClassVar[list[str]] = ["name", "names", "like"]
        validators: ClassVar[list[Any]] = []


class CustomKindFilters(django_filters.FilterSet):
    """Filters of a list of kinds."""

    like = django_filters.ChoiceFilter(choices=SessionKind.choices, label=_("equivalent to"))


class CustomKindViewSet(DeskViewSet):
    """Kinds of session of a summit's own."""

    name = "session-kinds"
    verbose_name = _("session types")
    permission = "agenda.customkind"
    model = CustomKind
    serializer_class = DeskCustomKindSerializer
    input_serializer_class = CustomKindInput
    filterset_class = CustomKindFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",)}

    def add(self, *, by: User, summit: Summit, values: Values) -> CustomKind:
        """Create a kind."""
        return kinds.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: CustomKind, values: Values) -> CustomKind:
        """Change a kind. Its sessions get the standard kind in `like`."""
        return kinds.change(by=by, kind=row, values=values)

    def remove(self, *, by: User, row: CustomKind) -> None:
        """Delete a kind that no session has."""
        kinds.remove(by=by, kind=row)
