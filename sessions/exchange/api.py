"""Schedules of other conferences by the API: uploaded, looked at event by event, taken over into the draft."""

from typing import Any, ClassVar

import django_filters
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from sessions.exchange import import_job
from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors.parsers import MOST_BYTES
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.selectors.report import Report
from sessions.exchange.services import import_files
from sessions.visibility.models import Visibility
from summit.api_base.actions import action
from summit.api_base.file_fields import ContentField
from summit.api_base.problems import Problem, means, unprocessable
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit import access_log
from summit.jobs.models.jobs import Job
from summit.summits.models import Summit
from summit.uploads.reading_job import LOOK
from summit.uploads.report import Outcome
from summit.users.models import User

Told = serializers.Serializer[Any]
means(Unreadable, "conflict")


class ScheduleSerializer(serializers.ModelSerializer[ScheduleImportFile]):
    """A schedule that was uploaded. `looked_at`: there is a report on what becomes of its events; `taken_at` is when
    it was taken over into the draft."""

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
    """A schedule: schedule.json or schedule.xml as frab or pretalx give it. `visibility` says who may know of new
    sessions."""

    file_name = serializers.CharField(max_length=import_files.LONGEST_NAME)
    content = ContentField(largest=MOST_BYTES)
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PARTICIPANTS)


class EventLineSerializer(Told):
    """What becomes of an event. For a refused one `notes` say why and what to do; `changes` are fields of a session
    that is here, each with what it was and what it becomes."""

    number = serializers.IntegerField(help_text="Its place in the file.")
    title = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    notes = serializers.ListField(child=serializers.CharField())
    changes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), source="values")


class EventCountsSerializer(Told):
    """How many events have which outcome; of `odd` ones somebody should look at what is made of them."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.IntegerField()
    odd = serializers.IntegerField()


class ScheduleReportSerializer(Told):
    """What would become of a schedule's events, or became; sentences in the language of whoever looked first."""

    counts = EventCountsSerializer()
    rooms = serializers.ListField(child=serializers.CharField(), help_text="That are new.")
    people = serializers.IntegerField(help_text="How many are new.")
    left = serializers.DictField(
        child=serializers.IntegerField(), help_text="What of the events isn't kept, by the format's names: how often."
    )
    language = serializers.CharField()
    lines = EventLineSerializer(many=True)


class TakenScheduleSerializer(Told):
    """How many events were written, where they were taken over at once, or the id of the work that does it, or that
    looks at them."""

    written = serializers.IntegerField(allow_null=True)
    job = serializers.CharField(allow_null=True)


class ScheduleFilters(django_filters.FilterSet):
    """By what schedules are narrowed."""

    taken = django_filters.BooleanFilter(
        field_name="applied_at", lookup_expr="isnull", exclude=True, label=_("taken over")
    )


class ScheduleImportFileViewSet(DeskViewSet):
    """Schedules of other conferences. What is taken over goes into the draft, and nobody learns of it before the next
    release."""

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
        """Return schedules without what is in them."""
        rows = ScheduleImportFile.objects.select_related("summit", "uploaded_by").defer("content", "report")
        return rows.annotate(looked_at=ExpressionWrapper(~Q(report=""), output_field=BooleanField()))

    def add(self, *, by: User, summit: Summit, values: Values) -> ScheduleImportFile:
        """Keep a schedule and look at its events; a worker looks at those of a long one."""
        given = {"filename": values["file_name"], "content": values["content"], "visibility": values["visibility"]}
        try:
            row = import_files.store(summit=summit, by=by, **given)
        except Unreadable as refused:
            raise unprocessable({"content": [str(refused)]}) from None
        if not row.report:
            import_job.READ.start(row=row, action=LOOK, by=by)
        return row

    def remove(self, *, by: User, row: ScheduleImportFile) -> None:
        """Delete a schedule; what was taken over of it stays."""
        import_files.drop(row=row, by=by)

    @action("report", safe=True, permission="agenda.scheduleimportfile.view", output=ScheduleReportSerializer)
    def report(self, *, by: User, row: ScheduleImportFile, values: Values) -> Report:
        """Tell event by event what would become of it, or what became of it. Writes nothing."""
        found = import_files.report_of(row)
        if found is None:
            raise Problem("conflict", str(_NOT_YET))
        access_log.note_page(by=by, target=row, summit=row.summit, fields=("report",))
        return found

    @action("look", permission="agenda.edit", output=TakenScheduleSerializer)
    def look(self, *, by: User, row: ScheduleImportFile, values: Values) -> dict[str, Any]:
        """Look anew at what would become of its events; at those of a long one a worker looks."""
        return _told(import_job.READ.look(row=row, by=by))

    @action("take", permission="agenda.edit", output=TakenScheduleSerializer)
    def take(self, *, by: User, row: ScheduleImportFile, values: Values) -> dict[str, Any]:
        """Write what it says into the draft, once; of a long one a worker does."""
        return _told(import_job.READ.take(row=row, by=by))


_NOT_YET = _("Nobody has looked at this schedule yet. Ask again once the work is done.")


def _told(done: Report | Job | None) -> dict[str, Any]:
    """Return what was done, or which work does it."""
    job = done.public_id if isinstance(done, Job) else None
    return {"written": done.writes if isinstance(done, Report) else None, "job": job}
