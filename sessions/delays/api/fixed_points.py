"""API of what can't move on the day."""

from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.parties.models.parties import Party
from sessions.delays.models import FixedPoint, FixedPointKind
from sessions.delays.services import fixed_points
from sessions.draft.api.fields import Moment
from sessions.draft.models.sessions import Session
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.summits.models import Summit
from summit.users.models import User


class FixedPointSerializer(serializers.ModelSerializer[FixedPoint]):
    """Something that doesn't move when sessions do."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party_key", allow_null=True)
    session = serializers.CharField(source="session_key", allow_null=True)

    class Meta:
        model = FixedPoint
        fields: ClassVar[list[str]] = ["id", "kind", "at", "party", "session", "booth", "minutes"]


class FixedPointInput(serializers.ModelSerializer[FixedPoint]):
    """A fixed point: of a delegation, of a session, or of interpreters."""

    at = Moment(required=False, allow_null=True)
    party = InSummit(queryset=Party.objects.all(), required=False, allow_null=True)
    session = InSummit(queryset=Session.objects.all(), required=False, allow_null=True)

    class Meta:
        model = FixedPoint
        fields: ClassVar[list[str]] = ["kind", "at", "party", "session", "booth", "minutes"]
        validators: ClassVar[list[Any]] = []


class FixedPointFilters(django_filters.FilterSet):
    """Filters of a list of fixed points."""

    kind = django_filters.ChoiceFilter(choices=FixedPointKind.choices, label=_("type"))


class FixedPointViewSet(DeskViewSet):
    """What can't move on the day."""

    name = "fixed-points"
    verbose_name = _("fixed points")
    permission = "agenda.fixedpoint"
    model = FixedPoint
    serializer_class = FixedPointSerializer
    input_serializer_class = FixedPointInput
    filterset_class = FixedPointFilters
    ordering_fields: ClassVar[Any] = {"kind": ("kind",)}

    def rows(self) -> QuerySet[FixedPoint]:
        """Return the fixed points, annotated with the public ids of their parties and sessions."""
        return FixedPoint.objects.annotate(party_key=F("party__public_id"), session_key=F("session__public_id"))

    def add(self, *, by: User, summit: Summit, values: Values) -> FixedPoint:
        """Create a fixed point."""
        return fixed_points.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: FixedPoint, values: Values) -> FixedPoint:
        """Change a fixed point."""
        return fixed_points.change(by=by, point=row, values=values)

    def remove(self, *, by: User, row: FixedPoint) -> None:
        """Delete a fixed point."""
        fixed_points.remove(by=by, point=row)
