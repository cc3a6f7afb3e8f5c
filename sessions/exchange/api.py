"""API of schedules of other conferences: upload, report on each event, and import into the draft."""

from typing import Any, ClassVar

import django_filters
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sessions.exchange import import_job
from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors.parsers import MOST_BYTES
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.selectors.report import ScheduleReport
from sessions.exchange.services import import_files
from sessions.visibility.models import Visibility
from summit.api_base.actions import action
from summit.api_base.file_fields import ContentField
from summit.api_base.problems import Problem, register_problem, unprocessable
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit import access_log
from summit.jobs.models.jobs import Job
from summit.summits.models import Summit
from summit.uploads.import_jobs import LOOK
from summit.uploads.report import Outcome
from summit.users.models import User

Told = serializers.Serializer[Any]
register_problem(Unreadable, "conflict")


class ScheduleSerializer(serializers.ModelSerializer[ScheduleImportFile]):
    """An uploaded schedule.

    `looked_at` says whether there is a report on its events. `taken_at` is when it was imported into the draft.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    file_name = serializers.CharField(source="filename")
    looked_at = serializers.BooleanField()
    uploaded_by = serializers.CharField(source="uploaded_by.public_id", default=None, allow_null=True)
    taken_at = serializers.DateTimeField(source="applied_at", allow_null=True)

    class Meta:
        model = ScheduleImportFile
        fields: ClassVar[list[str]] = [
            *("id", "file_name", "visibility", "looked_at", "uploaded_at", "uploaded_by", "taken_at")
        ]


class ScheduleInput(Told):
    """A schedule.json or schedule.xml from frab or pretalx. `visibility` says who may know of new sessions."""

    file_name = serializers.CharField(max_length=import_files.LONGEST_NAME)
    content = ContentField(largest=MOST_BYTES)
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PARTICIPANTS)


class EventLineSerializer(Told):
    """The outcome of an event.

    `notes` say why an event is refused, and what to do. `changes` are the changed fields of an existing session, each
    with its old and new value.
    """

    number = serializers.IntegerField(help_text="Its place in the file.")
    title = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    notes = serializers.ListField(child=serializers.CharField())
    changes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), source="values")


class EventCountsSerializer(Told):
    """The number of events by outcome. `odd` is the number of events with an outcome that somebody should check."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.IntegerField()
    odd = serializers.IntegerField()


class ScheduleReportSerializer(Told):
    """The outcome, planned or final, of a schedule's events. Sentences are in `language`, which is the language of
    the user for whom the report was made."""

    counts = EventCountsSerializer()
    rooms = serializers.ListField(child=serializers.CharField(), help_text="That are new.")
    people = serializers.IntegerField(help_text="How many are new.")
    left = serializers.DictField(
        child=serializers.IntegerField(), help_text="What of the events isn't kept, by the format's names: how often."
    )
    language = serializers.CharField()
    lines = EventLineSerializer(many=True)


class ScheduleImportResultSerializer(Told):
    """The number of events written, if the import was done at once; otherwise the id of the job."""

    written = serializers.IntegerField(allow_null=True)
    job = serializers.CharField(allow_null=True)


class ScheduleFilters(django_filters.FilterSet):
    """Filters of a list of schedules."""

    taken = django_filters.BooleanFilter(
        field_name="applied_at", lookup_expr="isnull", exclude=True, label=_("taken over")
    )


class ScheduleImportFileViewSet(DeskViewSet):
    """Schedules of other conferences. They are imported into the draft, and become visible with the next release."""

    name = "schedules"
    verbose_name = _("uploaded schedules")
    permission = "agenda.scheduleimportfile"
    permissions: ClassVar[Any] = {"add": "agenda.edit", "remove": "agenda.edit"}
    allowed_methods = ("add", "remove")
    model = ScheduleImportFile
    serializer_class = ScheduleSerializer
    input_serializer_class = ScheduleInput
    filterset_class = ScheduleFilters
    ordering_fields: ClassVar[Any] = {"uploaded_at": ("-uploaded_at",)}

    def rows(self) -> QuerySet[Any]:
        """Return the schedules without their content and reports."""
        rows = ScheduleImportFile.objects.select_related("summit", "uploaded_by").defer("content", "report")
        return rows.annotate(looked_at=ExpressionWrapper(~Q(report=""), output_field=BooleanField()))

    def add(self, *, by: User, summit: Summit, values: Values) -> ScheduleImportFile:
        """Store a schedule and check its events. A long schedule is checked by a worker."""
        fields = {"filename": values["file_name"], "content": values["content"], "visibility": values["visibility"]}
        try:
            row = import_files.store(summit=summit, by=by, **fields)
        except Unreadable as refused:
            raise unprocessable({"content": [str(refused)]}) from None
        if not row.report:
            import_job.READ.start(row=row, action=LOOK, by=by)
        return row

    def remove(self, *, by: User, row: ScheduleImportFile) -> None:
        """Delete a schedule. What was imported from it stays."""
        import_files.discard(row=row, by=by)

    @action("report", safe=True, permission="agenda.scheduleimportfile.view", output=ScheduleReportSerializer)
    def report(self, *, by: User, row: ScheduleImportFile, values: Values) -> ScheduleReport:
        """Return the planned or final outcome of each event. Writes nothing."""
        schedule_report = import_files.report_of(row)
        if schedule_report is None:
            raise Problem("conflict", str(_NOT_YET))
        access_log.record_page(by=by, target=row, summit=row.summit, fields=("report",))
        return schedule_report

    @action("look", permission="agenda.edit", output=ScheduleImportResultSerializer)
    def look(self, *, by: User, row: ScheduleImportFile, values: Values) -> dict[str, Any]:
        """Check again what an import would do with each event. A long schedule is checked by a worker."""
        return _import_result(import_job.READ.look(row=row, by=by))

    @action("take", permission="agenda.edit", output=ScheduleImportResultSerializer)
    def take(self, *, by: User, row: ScheduleImportFile, values: Values) -> dict[str, Any]:
        """Import the schedule into the draft, once. A long schedule is imported by a worker."""
        return _import_result(import_job.READ.take(row=row, by=by))


_NOT_YET = _("Nobody has looked at this schedule yet. Ask again once the work is done.")


def _import_result(done: ScheduleReport | Job | None) -> dict[str, Any]:
    """Return a dict with the number of events written, or else with the id of the job that imports them."""
    job = done.public_id if isinstance(done, Job) else None
    return {"written": done.writes if isinstance(done, ScheduleReport) else None, "job": job}
