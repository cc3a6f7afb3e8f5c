"""API of new times: those of the day, and the decisions about those that wait for consent."""

from typing import Any, ClassVar

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
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


class SplitSerializer(serializers.Serializer[Any]):
    """Where a session goes on: the placement and the speeches of its second part.

    `after` has start, end, room id, room and venue. `part` is the second part once it is released, before that "".
    """

    session = serializers.CharField()
    after = serializers.ListField(child=serializers.CharField())
    speeches = serializers.ListField(child=serializers.CharField())
    part = serializers.CharField(default="", help_text="Empty until it is released.")


class RetimingSerializer(serializers.ModelSerializer[Retiming]):
    """New times of sessions. `release` is the number of the release, or null while an organiser must consent."""

    id = serializers.CharField(source="public_id", read_only=True)
    plan = RetimedPlaceSerializer(many=True)
    split = serializers.SerializerMethodField()
    release = serializers.IntegerField(source="release.number", default=None, allow_null=True)

    class Meta:
        model = Retiming
        fields: ClassVar[list[str]] = ["id", "state", "reason", "plan", "split", "asked_at", "decided_at", "release"]

    @extend_schema_field(SplitSerializer(allow_null=True))
    def get_split(self, row: Retiming) -> dict[str, Any] | None:
        """Return where a session goes on in a second part, or None if none is split."""
        return dict(SplitSerializer(row.split).data) if row.split else None


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
