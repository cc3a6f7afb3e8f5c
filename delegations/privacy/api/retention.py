"""For how long a summit keeps what is personal, what it holds of it, and the purge of what is due."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.members.api.fields import OneCategory
from delegations.privacy import purge_job
from delegations.privacy.models import Kept, Retention
from delegations.privacy.services import retention, retention_times
from delegations.privacy.services.retention import Times
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.jobs import services as jobs_services
from summit.summits.models import Summit
from summit.users.models import User


class RetentionSerializer(serializers.ModelSerializer[Retention]):
    """A time that the summit has given: for all, or for one category, by its code. Without `days` it is kept for
    good."""

    id = serializers.IntegerField(source="pk", read_only=True)
    category = serializers.CharField(source="category.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Retention
        fields: ClassVar[list[str]] = ["id", "what", "category", "days"]
        read_only_fields = fields


class RetentionInput(serializers.ModelSerializer[Retention]):
    """What is kept for how many days after the summit's last day, for all or for one category; without `days` it is
    kept for good."""

    category = OneCategory(required=False, allow_null=True)

    class Meta:
        model = Retention
        fields: ClassVar[list[str]] = ["what", "category", "days"]
        validators: ClassVar[list[Any]] = []


class RetentionFilters(django_filters.FilterSet):
    """By what times are narrowed."""

    what = django_filters.ChoiceFilter(choices=Kept.choices, label=_("what"))


class HeldSerializer(serializers.Serializer[Any]):
    """Rows that are purged together: how many there are, how many are due today, and the first day on which the
    others that belong to no category with a time of its own are gone; null where they are kept."""

    what = serializers.ChoiceField(choices=Kept.choices, source="piece.what")
    name = serializers.CharField(source="piece.name")
    title = serializers.CharField(source="piece.title")
    number = serializers.IntegerField()
    due = serializers.IntegerField()
    goes_on = serializers.DateField(allow_null=True)


class PurgeSerializer(serializers.Serializer[Any]):
    """The work that purges."""

    job = serializers.CharField()


class RetentionViewSet(DeskViewSet):
    """Times for which data are kept, where they aren't the usual ones."""

    name = "retention-times"
    verbose_name = _("times for which data are kept")
    permission = "delegations.retention"
    lookup_field = "pk"
    model = Retention
    serializer_class = RetentionSerializer
    input_serializer_class = RetentionInput
    filterset_class = RetentionFilters
    ordering_fields: ClassVar[Any] = {"what": ("what",)}

    def rows(self) -> QuerySet[Retention]:
        """Return times with their categories."""
        return Retention.objects.select_related("summit", "category")

    def add(self, *, by: User, summit: Summit, values: Values) -> Retention:
        """Give a time."""
        return retention_times.enter(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Retention, values: Values) -> Retention:
        """Change a time."""
        return retention_times.change(by=by, time=row, values=values)

    def remove(self, *, by: User, row: Retention) -> None:
        """Take a time away: the usual one holds again."""
        retention_times.remove(by=by, time=row)

    @action("preview-purge", safe=True, permission=retention.CHANGE, output=HeldSerializer(many=True), detail=False)
    def preview_purge(self, *, by: User, summit: Summit, values: Values) -> list[dict[str, Any]]:
        """Say what the summit holds, and what of it is due. Nothing is changed."""
        times, held = Times.of(summit), retention.held(summit=summit, today=retention.today_at(summit))
        return [{**vars(each), "goes_on": times.goes_on(each.piece.what)} for each in held]

    @action("purge", permission=retention.CHANGE, output=PurgeSerializer, detail=False)
    def purge(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Have a worker purge what is due, without waiting for the night. It can't be taken back."""
        return {"job": jobs_services.start(kind=purge_job.NAME, by=by, summit=summit).public_id}
