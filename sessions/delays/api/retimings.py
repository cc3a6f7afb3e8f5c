"""API of new times: those of the day, and the decisions about those that wait for consent."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sessions.delays.models import Retiming, RetimingState
from sessions.delays.services import retiming
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.users.models import User


class RetimedPlaceSerializer(serializers.Serializer[Any]):
    """A session with its released and its new time and room: start, end, room id, room, venue."""

    session = serializers.CharField()
    before = serializers.ListField(child=serializers.CharField())
    after = serializers.ListField(child=serializers.CharField())


class RetimingSerializer(serializers.ModelSerializer[Retiming]):
    """New times of sessions. `release` is the number of the release, or null while an organiser must consent."""

    id = serializers.CharField(source="public_id", read_only=True)
    plan = RetimedPlaceSerializer(many=True)
    release = serializers.IntegerField(source="release.number", default=None, allow_null=True)

    class Meta:
        model = Retiming
        fields: ClassVar[list[str]] = ["id", "state", "reason", "plan", "asked_at", "decided_at", "release"]


class RetimingFilters(django_filters.FilterSet):
    """Filters of a list of new times."""

    state = django_filters.ChoiceFilter(choices=RetimingState.choices, label=_("state"))


class RetimingViewSet(DeskViewSet):
    """New times of the day."""

    name = "retimings"
    verbose_name = _("new times")
    permission = "agenda.retiming"
    allowed_methods = ()
    model = Retiming
    serializer_class = RetimingSerializer
    filterset_class = RetimingFilters
    ordering_fields: ClassVar[Any] = {"asked_at": ("asked_at",)}

    @action("approve", permission="agenda.release_agenda")
    def approve(self, *, by: User, row: Retiming, values: Values) -> Retiming:
        """Release new times that wait for consent."""
        return retiming.approve(retiming=row, by=by)

    @action("decline", permission="agenda.release_agenda")
    def decline(self, *, by: User, row: Retiming, values: Values) -> Retiming:
        """Decline new times that wait for consent."""
        return retiming.decline(retiming=row, by=by)
