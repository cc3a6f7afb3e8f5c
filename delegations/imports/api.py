"""The API of import files of parties and people: upload a table, review its rows, then apply or delete it."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api.fields import StaffName
from delegations.imports import blank_files, import_job
from delegations.imports.models import DelegationImportFile, ImportPurpose
from delegations.imports.services import import_files
from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from summit.api_base.actions import action
from summit.api_base.file_contents import ContentSerializer, File
from summit.api_base.file_fields import ContentField
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.audit import access_log
from summit.import_export.parsers import MOST_BYTES
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.uploads.import_jobs import LOOK
from summit.uploads.report import Outcome, Question
from summit.users.models import User

READ_IN = "delegations.read_in"


class QuestionSerializer(serializers.Serializer[Any]):
    """A question about a row. Without an answer `usual` applies; if that is empty too, the row is skipped."""

    key = serializers.CharField(help_text="By which it is answered.")
    text = serializers.CharField()
    choices = serializers.SerializerMethodField()
    answer = serializers.CharField()
    usual = serializers.CharField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_choices(self, asked: Question) -> dict[str, str]:
        """Return a dict from the possible answers to their labels."""
        return {value: label for value, label in asked.choices}  # noqa: C416 - pairs, as JSON holds them


class AnswersInput(serializers.Serializer[Any]):
    """A dict from the keys of questions to answers. An empty answer withdraws an earlier one."""

    answers = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=200), allow_empty=False)


class ImportFileLineSerializer(serializers.Serializer[Any]):
    """The planned or actual result for a row. `notes` are sentences; `fields` are the labels of the fields that
    change."""

    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    party = serializers.CharField()
    person = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    questions = QuestionSerializer(many=True)


class ImportFileReportSerializer(serializers.Serializer[Any]):
    """The report on a table: what it would do, row by row, or has done. Three lists name columns that aren't used:
    `unknown` ones, repeated ones (`twice`), and those that the uploader may not fill (`barred`)."""

    language = serializers.CharField(help_text="Of its sentences.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How many rows have which outcome.")
    lines = ImportFileLineSerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField())
    twice = serializers.ListField(child=serializers.CharField())
    barred = serializers.ListField(child=serializers.CharField())


class ImportFileSerializer(serializers.ModelSerializer[DelegationImportFile]):
    """An uploaded table. `report` is null in lists; for a long table it is also null until `job` has made the report.
    `party` is the party of the focal point who uploaded the table; null if a desk user did."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True, allow_null=True, default=None)
    file_name = serializers.CharField(source="filename", read_only=True)
    uploaded_by = StaffName(permission="delegations.delegationimportfile.view")
    report = serializers.SerializerMethodField()
    job = serializers.SerializerMethodField()

    class Meta:
        model = DelegationImportFile
        fields: ClassVar[list[str]] = [
            *("id", "party", "purpose", "file_name", "uploaded_at", "uploaded_by", "applied_at", "report", "job"),
        ]
        read_only_fields = fields

    @extend_schema_field(ImportFileReportSerializer(allow_null=True))
    def get_report(self, row: DelegationImportFile) -> Any:
        """Return the report on the rows. Return None in lists, and while there is no report yet."""
        report = import_files.report_of(row) if self.parent is None else None
        return None if report is None else ImportFileReportSerializer(report).data

    def get_job(self, row: DelegationImportFile) -> str | None:
        """Return the id of the user's latest job that checks or applies the table. Return None in lists, and if there
        is no job."""
        if self.parent is not None:
            return None
        jobs = Job.objects.filter(kind=import_job.NAME, by=self.context["by"], params__sheet=row.public_id)
        job_id: str | None = jobs.order_by("-pk").values_list("public_id", flat=True).first()
        return job_id


class OwnParty(InSummit):
    """A party for which the user acts, by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Party.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the parties for which the user acts as a focal point."""
        return super().get_queryset().filter(pk__in=own_parties(self.context["by"], Role.FOCAL_POINT).values("pk"))


class OfTableInput(serializers.Serializer[Any]):
    """What the rows of a table are: parties or people. Focal points must name their party."""

    party = OwnParty(required=False)
    purpose = serializers.ChoiceField(choices=ImportPurpose.choices, required=False, default=ImportPurpose.PEOPLE)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values unchanged. Raises ValidationError if a user who isn't a desk user names no party."""
        if values.get("party") is None and not allows(self.context["by"], READ_IN, self.context["summit"]):
            raise serializers.ValidationError({"party": _("Say for which of your parties.")})
        return values


class BlankInput(OfTableInput):
    """The kind and format of an empty table."""

    ending = serializers.ChoiceField(choices=tuple(blank_files.MEDIA_TYPES), required=False, default=blank_files.XLSX)


class ImportFileInput(OfTableInput):
    """A table with headings in its first row, as XLSX, CSV or JSON. Focal points must name their party."""

    file_name = serializers.CharField(max_length=import_files.LONGEST_NAME)
    content = ContentField(largest=MOST_BYTES)


class ImportFileFilters(django_filters.FilterSet):
    """The filters of the list of import files."""

    purpose = django_filters.ChoiceFilter(choices=ImportPurpose.choices, label=_("purpose"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    taken = django_filters.BooleanFilter(
        field_name="applied_at", lookup_expr="isnull", exclude=True, label=_("taken over")
    )


class ImportFileViewSet(DeskViewSet):
    """Import files. Desk users see the files of desk users; focal points see the files of their party."""

    name = "sheets"
    verbose_name = _("uploaded tables")
    permission = "delegations.delegationimportfile"
    permissions: ClassVar[Any] = dict.fromkeys(("add", "remove"), READ_IN)
    allowed_methods = ("add", "remove")
    model = DelegationImportFile
    serializer_class = ImportFileSerializer
    input_serializer_class = ImportFileInput
    filterset_class = ImportFileFilters
    ordering_fields: ClassVar[Any] = {"uploaded": ("uploaded_at",)}

    def rows(self) -> QuerySet[DelegationImportFile]:
        """Return import files without their content and report, which are only loaded for a single file."""
        return DelegationImportFile.objects.select_related("summit", "party__summit", "uploaded_by").defer(
            "content", "report"
        )

    def get_queryset(self, user: User, slug: str) -> QuerySet[DelegationImportFile]:
        """Return the import files of desk users, and those of the parties for which the account acts."""
        parties = own_parties(user, Role.FOCAL_POINT).values("pk")
        return super().get_queryset(user, slug).filter(Q(party=None) | Q(party__in=parties))

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log that the account read the report of a single import file. Lists contain no
        reports."""
        if len(rows) == 1 and "report" in fields and "report" not in rows[0].get_deferred_fields():
            access_log.record_page(by=by, target=rows[0], summit=summit, fields=["report"])

    def add(self, *, by: User, summit: Summit, values: Values) -> DelegationImportFile:
        """Store a table and report what it would do. Nothing is written to the summit yet. A long table is checked by
        a background job."""
        try:
            row = import_files.store(
                summit=summit,
                purpose=values["purpose"],
                filename=values["file_name"],
                content=values["content"],
                by=by,
                party=values.get("party"),
            )
        except import_files.ImportFileProblem as problem:
            raise ValidationError({"content": str(problem)}) from problem
        if not row.report:
            import_job.READ_IN.start(row=row, action=LOOK, by=by)
        return row

    def remove(self, *, by: User, row: DelegationImportFile) -> None:
        """Delete an import file. What was applied from it stays."""
        import_files.discard(sheet=row, by=by)

    @action("blank", safe=True, permission=READ_IN, input=BlankInput, output=ContentSerializer, detail=False)
    def blank(self, *, by: User, summit: Summit, values: Values) -> File:
        """Return an empty table with the known headings, in the user's language."""
        party, purpose, ending = values.get("party"), values["purpose"], values["ending"]
        if party is None:
            content = blank_files.for_desk(summit=summit, purpose=purpose, ending=ending, by=by)
        else:
            purpose, content = ImportPurpose.PEOPLE, blank_files.for_party(party=party, ending=ending)
        return File(f"{purpose}.{ending}", blank_files.MEDIA_TYPES[ending], content)

    @action("answer", permission=READ_IN, input=AnswersInput)
    def answer(self, *, by: User, row: DelegationImportFile, values: Values) -> None:
        """Store answers to the report's questions, and make the report again. For a long table a background job makes
        it."""
        import_files.answer(sheet=row, answers=values["answers"], by=by)
        import_job.READ_IN.look(row=row, by=by)

    @action("look", permission=READ_IN)
    def look(self, *, by: User, row: DelegationImportFile, values: Values) -> None:
        """Make the report again. For a long table a background job makes it."""
        import_job.READ_IN.look(row=row, by=by)

    @action("take", permission=READ_IN)
    def take(self, *, by: User, row: DelegationImportFile, values: Values) -> None:
        """Apply the table, once. Every row that can be written is written, and the report says what happened to each
        row. A long table is applied by a background job."""
        import_job.READ_IN.take(row=row, by=by)
