"""API of a summit's retention times, of the data that it holds, and of the purge."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.members.api.fields import OneCategory
from delegations.privacy import purge_job
from delegations.privacy.models import Retention
from delegations.privacy.selectors.retention import Times
from delegations.privacy.services import retention, retention_times
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.core.personal_data import PersonalDataKind
from summit.jobs import services as jobs_services
from summit.summits.models import Summit
from summit.users.models import User


class RetentionSerializer(serializers.ModelSerializer[Retention]):
    """A retention time that the summit has set, for everybody or for one category (by its code). If `days` is null,
    the data is kept."""

    id = serializers.IntegerField(source="pk", read_only=True)
    category = serializers.CharField(source="category.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Retention
        fields: ClassVar[list[str]] = ["id", "what", "category", "days"]
        read_only_fields = fields


class RetentionInput(serializers.ModelSerializer[Retention]):
    """A retention time in days after the summit's last day, for everybody or for one category. Without `days`, the
    data is kept."""

    category = OneCategory(required=False, allow_null=True)

    class Meta:
        model = Retention
        fields: ClassVar[list[str]] = ["what", "category", "days"]
        validators: ClassVar[list[Any]] = []


class RetentionFilters(django_filters.FilterSet):
    """Filters for retention times, by kind of data."""

    what = django_filters.ChoiceFilter(choices=PersonalDataKind.choices, label=_("item"))


class RetainedRowsSerializer(serializers.Serializer[Any]):
    """Rows that are purged together: how many there are, and how many are due today. `goes_on` is the first day on
    which the rows no longer exist, or null if they are kept. It doesn't apply to categories with a retention time of
    their own."""

    what = serializers.ChoiceField(choices=PersonalDataKind.choices, source="piece.what")
    name = serializers.CharField(source="piece.name")
    title = serializers.CharField(source="piece.title")
    number = serializers.IntegerField()
    due = serializers.IntegerField()
    goes_on = serializers.DateField(allow_null=True)


class PurgeSerializer(serializers.Serializer[Any]):
    """The id of the job that purges the summit."""

    job = serializers.CharField()


class RetentionViewSet(DeskViewSet):
    """Retention times that a summit has set in place of the defaults."""

    name = "retention-times"
    verbose_name = _("data retention periods")
    permission = "delegations.retention"
    lookup_field = "pk"
    model = Retention
    serializer_class = RetentionSerializer
    input_serializer_class = RetentionInput
    filterset_class = RetentionFilters
    ordering_fields: ClassVar[Any] = {"what": ("what",)}

    def rows(self) -> QuerySet[Retention]:
        """Return retention times with their categories."""
        return Retention.objects.select_related("summit", "category")

    def add(self, *, by: User, summit: Summit, values: Values) -> Retention:
        """Add a retention time and return it."""
        return retention_times.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: Retention, values: Values) -> Retention:
        """Change a retention time and return it."""
        return retention_times.change(by=by, time=row, values=values)

    def remove(self, *, by: User, row: Retention) -> None:
        """Delete a retention time, so that the time for everybody or the default applies again."""
        retention_times.remove(by=by, time=row)

    @action(
        "preview-purge",
        safe=True,
        permission=retention.CHANGE,
        output=RetainedRowsSerializer(many=True),
        detail=False,
    )
    def preview_purge(self, *, by: User, summit: Summit, values: Values) -> list[dict[str, Any]]:
        """Return how many rows of each piece of data the summit holds, and how many are due. Nothing is changed."""
        times, retained = Times.of(summit), retention.retained_rows(summit=summit, today=retention.today_at(summit))
        return [{**vars(each), "goes_on": times.goes_on(each.piece.what)} for each in retained]

    @action("purge", permission=retention.CHANGE, output=PurgeSerializer, detail=False)
    def purge(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Start a job that purges the data that is due now, before the nightly purge. It can't be undone."""
        return {"job": jobs_services.start(kind=purge_job.NAME, by=by, summit=summit).public_id}
