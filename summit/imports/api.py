"""The base of the API's import files: upload, preview, answer, import, undo, delete. All kinds have the same
report."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from summit.api_base.actions import action
from summit.api_base.problems import register_problem
from summit.api_base.request_files import ContentField
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit import access_log
from summit.imports import jobs, services
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.imports.report import Outcome, Question
from summit.jobs.models.jobs import Job
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

register_problem(ImportProblem, "conflict")


class QuestionSerializer(serializers.Serializer[Any]):
    """A question about an entry. Without an answer `usual` applies; if that is empty too, the entry is left out."""

    key = serializers.CharField(help_text="By which it is answered.")
    text = serializers.CharField()
    choices = serializers.SerializerMethodField()
    answer = serializers.CharField()
    usual = serializers.CharField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_choices(self, question: Question) -> dict[str, str]:
        """Return a dict from the possible answers to their labels."""
        return {value: label for value, label in question.choices}  # noqa: C416 - pairs, as JSON holds them


class ImportLineSerializer(serializers.Serializer[Any]):
    """What becomes, or became, of one entry.

    `name` says what the entry is about, and `part_of` to what it belongs. `notes` are sentences; `fields` are the
    labels of the changed fields; `changes` has a field's label, old value and new value.
    """

    number = serializers.IntegerField(help_text="Its place in the file.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    name = serializers.CharField()
    part_of = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    changes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    questions = QuestionSerializer(many=True)


class ImportReportSerializer(serializers.Serializer[Any]):
    """The report on a file: what importing it would do, entry by entry, or has done.

    `notices` are sentences about the whole file, such as which columns aren't used. `problem` is a sentence on why a
    background job could not preview or import the file, "" if it could.
    """

    language = serializers.CharField(help_text="Of its sentences.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How many entries have which outcome.")
    notices = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField()
    lines = ImportLineSerializer(many=True)


class ImportFileSerializer(serializers.ModelSerializer[ImportFile]):
    """An uploaded file. `report` is null in lists; for a long file it is also null until `job` has made the report.

    `party` is the party of the focal point who uploaded the file; null if a desk did.
    """

    # The permission to see all such files of the summit: only then it says who uploaded them.
    view_permission: ClassVar[str]

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.SerializerMethodField()
    file_name = serializers.CharField(source="filename", read_only=True)
    uploaded_by = serializers.SerializerMethodField()
    report = serializers.SerializerMethodField()
    job = serializers.SerializerMethodField()

    class Meta:
        model = ImportFile
        fields: ClassVar[list[str]] = [
            *("id", "party", "kind", "options", "file_name", "uploaded_at", "uploaded_by", "applied_at", "undone_at"),
            *("report", "job"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_party(self, file: ImportFile) -> str | None:
        """Return the id of the party for which a focal point uploaded the file, or None."""
        return file.party_key or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_uploaded_by(self, file: ImportFile) -> str | None:
        """Return the name of the account that uploaded the file, for users who may see all files of the summit."""
        visible = allows(self.context["by"], self.view_permission, self.context["summit"])
        user = file.uploaded_by if visible else None
        return None if user is None else user.name or user.email

    @extend_schema_field(ImportReportSerializer(allow_null=True))
    def get_report(self, file: ImportFile) -> Any:
        """Return the report. Return None in lists, and while there is no report yet."""
        report = services.report_of(file) if self.parent is None else None
        if report is None:
            return None
        content = {
            "language": report.language,
            "counts": report.counts,
            "notices": services.definition_of(file.kind).notices(report),
            "problem": report.problem,
            "lines": report.lines,
        }
        return ImportReportSerializer(content).data

    def get_job(self, file: ImportFile) -> str | None:
        """Return the id of the user's latest job that previews or imports the file. Return None in lists, and if
        there is no job."""
        if self.parent is not None:
            return None
        rows = Job.objects.filter(kind=jobs.NAME, by=self.context["by"], params__file=file.public_id)
        job_id: str | None = rows.order_by("-pk").values_list("public_id", flat=True).first()
        return job_id


class ImportFileInput(serializers.Serializer[Any]):
    """A file with its name. Subclasses add what else is chosen."""

    file_name = serializers.CharField(max_length=services.LONGEST_NAME)
    content = ContentField(largest=20 * 1024 * 1024)


class AnswersInput(serializers.Serializer[Any]):
    """A dict from the keys of questions to answers. An empty answer withdraws an earlier one."""

    answers = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=200), allow_empty=False)


class ImportFileFilters(django_filters.FilterSet):
    """The filters of the list of import files."""

    kind = django_filters.CharFilter(label=_("type"))
    imported = django_filters.BooleanFilter(
        field_name="applied_at", lookup_expr="isnull", exclude=True, label=_("imported")
    )


class ImportFileViewSet(DeskViewSet):
    """Import files of the kinds of one app. Subclasses name the model's proxy, the permission and the input."""

    allowed_methods = ("add", "remove")
    serializer_class = ImportFileSerializer
    filterset_class = ImportFileFilters
    ordering_fields: ClassVar[Any] = {"uploaded_at": ("-uploaded_at",)}

    def kind_of(self, values: Values) -> str:
        """Return the kind of a file to be uploaded, from the input."""
        raise NotImplementedError

    def options_of(self, values: Values) -> dict[str, str]:
        """Return the values of the definition's options, from the input."""
        return {}

    def rows(self) -> QuerySet[Any]:
        """Return import files without their content, report and journal, which are only loaded for a single file."""
        rows = self.model._default_manager.select_related("summit", "uploaded_by")
        return rows.defer("content", "report", "journal")

    def get_queryset(self, user: User, slug: str) -> QuerySet[Any]:
        """Return the import files of desks."""
        return super().get_queryset(user, slug).filter(party_key="")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that the account read the report of a single import file. Lists contain no
        reports."""
        if len(rows) == 1 and "report" in fields and "report" not in rows[0].get_deferred_fields():
            access_log.record_page(by=by, target=rows[0], summit=summit, fields=["report"])

    def prepare(self, *, by: User, summit: Summit, values: Values) -> Values:
        """Return the values with the file parsed and previewed, as `prepared`. Raises PermissionDenied, and
        ValidationError if it can't be read."""
        party = values.get("party")
        try:
            prepared = services.prepare(
                summit=summit,
                kind=self.kind_of(values),
                filename=values["file_name"],
                content=values["content"],
                by=by,
                party_key="" if party is None else party.public_id,
                options=self.options_of(values),
            )
        except ImportProblem as problem:
            addresses = [f"{label}: {settings.BASE_URL}{address}" for address, label in problem.offers]
            raise ValidationError({"content": " ".join([str(problem), *addresses])}) from problem
        return {**values, "prepared": prepared}

    def add(self, *, by: User, summit: Summit, values: Values) -> ImportFile:
        """Store a file and report what importing it would do. Nothing is imported yet. A long file is previewed by a
        background job."""
        file = services.store_prepared(values["prepared"])
        jobs.preview_long(file=file, by=by)
        return file

    def remove(self, *, by: User, row: ImportFile) -> None:
        """Delete an import file. What was imported from it stays."""
        services.discard(file=row, by=by)

    @action("look", atomic=False)
    def look(self, *, by: User, row: ImportFile, values: Values) -> None:
        """Preview the file again. For a long file a background job does it."""
        jobs.preview(file=row, by=by)

    @action("take", atomic=False)
    def take(self, *, by: User, row: ImportFile, values: Values) -> None:
        """Import the file, once. The report says what happened to each entry. A background job imports a long
        file."""
        jobs.apply(file=row, by=by)

    @action("undo")
    def undo(self, *, by: User, row: ImportFile, values: Values) -> None:
        """Undo the import as a whole: while nobody has built on it, and for two weeks."""
        services.undo(file=row, by=by)
