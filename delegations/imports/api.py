"""Tables of parties and people: uploaded, looked at row by row, taken over or deleted."""

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
from summit.uploads.reading_job import LOOK
from summit.uploads.report import Outcome, Question
from summit.users.models import User

READ_IN = "delegations.read_in"


class QuestionSerializer(serializers.Serializer[Any]):
    """What somebody has to decide about a row. Without an answer `usual` counts; where that is empty too the row is
    left out."""

    key = serializers.CharField(help_text="By which it is answered.")
    text = serializers.CharField()
    choices = serializers.SerializerMethodField()
    answer = serializers.CharField()
    usual = serializers.CharField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_choices(self, asked: Question) -> dict[str, str]:
        """Return what can be answered, each with its words."""
        return {value: words for value, words in asked.choices}  # noqa: C416 - pairs, as JSON holds them


class AnswersInput(serializers.Serializer[Any]):
    """What was decided, by the keys of questions; an empty answer takes a decision back."""

    answers = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=200), allow_empty=False)


class ImportFileLineSerializer(serializers.Serializer[Any]):
    """What becomes of a row, or became: `notes` are sentences, `fields` what changes, in words."""

    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    party = serializers.CharField()
    person = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    questions = QuestionSerializer(many=True)


class ImportFileReportSerializer(serializers.Serializer[Any]):
    """What a table would do, row by row, or did. Columns that aren't used are those that nobody knows, that are there
    twice, and that whoever uploaded it may not fill."""

    language = serializers.CharField(help_text="Of its sentences.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How many rows have which outcome.")
    lines = ImportFileLineSerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField())
    twice = serializers.ListField(child=serializers.CharField())
    barred = serializers.ListField(child=serializers.CharField())


class ImportFileSerializer(serializers.ModelSerializer[DelegationImportFile]):
    """An uploaded table. `report` is told of one table at a time and null in lists; of a long table it is null until
    the `job` has looked at it. `party` is whose focal point uploaded it; null at a desk."""

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
        """Return what becomes of its rows."""
        found = import_files.report_of(row) if self.parent is None else None
        return None if found is None else ImportFileReportSerializer(found).data

    def get_job(self, row: DelegationImportFile) -> str | None:
        """Return the id of the reader's work that looks at it, or takes it over."""
        if self.parent is not None:
            return None
        mine = Job.objects.filter(kind=import_job.NAME, by=self.context["by"], params__sheet=row.public_id)
        found: str | None = mine.order_by("-pk").values_list("public_id", flat=True).first()
        return found


class OwnParty(InSummit):
    """A party for which the reader acts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Party.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the reader's own parties."""
        return super().get_queryset().filter(pk__in=own_parties(self.context["by"], Role.FOCAL_POINT).values("pk"))


class OfTableInput(serializers.Serializer[Any]):
    """What the rows of a table are. A focal point says for which party."""

    party = OwnParty(required=False)
    purpose = serializers.ChoiceField(choices=ImportPurpose.choices, required=False, default=ImportPurpose.PEOPLE)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Ask whoever works at no desk for the party."""
        if values.get("party") is None and not allows(self.context["by"], READ_IN, self.context["summit"]):
            raise serializers.ValidationError({"party": _("Say for which of your parties.")})
        return values


class BlankInput(OfTableInput):
    """Of what an empty table is, and in which format."""

    ending = serializers.ChoiceField(choices=tuple(blank_files.MEDIA_TYPES), required=False, default=blank_files.XLSX)


class ImportFileInput(OfTableInput):
    """A table with headings in its first row: XLSX, CSV or JSON. A focal point says for which party."""

    file_name = serializers.CharField(max_length=import_files.LONGEST_NAME)
    content = ContentField(largest=MOST_BYTES)


class ImportFileFilters(django_filters.FilterSet):
    """By what tables are narrowed."""

    purpose = django_filters.ChoiceFilter(choices=ImportPurpose.choices, label=_("purpose"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    taken = django_filters.BooleanFilter(
        field_name="applied_at", lookup_expr="isnull", exclude=True, label=_("taken over")
    )


class ImportFileViewSet(DeskViewSet):
    """Uploaded tables: desks see theirs, and focal points their party's."""

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
        """Return tables; what is in one, and its report, are fetched of the one that is shown."""
        return DelegationImportFile.objects.select_related("summit", "party__summit", "uploaded_by").defer(
            "content", "report"
        )

    def get_queryset(self, user: User, slug: str) -> QuerySet[DelegationImportFile]:
        """Return the desks' tables, and those of parties for which somebody acts."""
        mine = own_parties(user, Role.FOCAL_POINT).values("pk")
        return super().get_queryset(user, slug).filter(Q(party=None) | Q(party__in=mine))

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record who read what a table says, as on its page."""
        if len(rows) == 1 and "report" in fields and "report" not in rows[0].get_deferred_fields():
            access_log.note_page(by=by, target=rows[0], summit=summit, fields=["report"])

    def add(self, *, by: User, summit: Summit, values: Values) -> DelegationImportFile:
        """Keep a table with what would become of its rows; nothing of it is written yet. A long one is looked at by a
        worker."""
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
        """Delete a table; what was taken over of it stays."""
        import_files.drop(sheet=row, by=by)

    @action("blank", safe=True, permission=READ_IN, input=BlankInput, output=ContentSerializer, detail=False)
    def blank(self, *, by: User, summit: Summit, values: Values) -> File:
        """Give an empty table with the headings that are known, in the reader's language."""
        party, purpose, ending = values.get("party"), values["purpose"], values["ending"]
        if party is None:
            made = blank_files.for_desk(summit=summit, purpose=purpose, ending=ending, by=by)
        else:
            purpose, made = ImportPurpose.PEOPLE, blank_files.for_party(party=party, ending=ending)
        return File(f"{purpose}.{ending}", blank_files.MEDIA_TYPES[ending], made)

    @action("answer", permission=READ_IN, input=AnswersInput)
    def answer(self, *, by: User, row: DelegationImportFile, values: Values) -> None:
        """Decide what the report asks, by the keys of its questions, and look anew what would become of the rows. At
        a long table a worker looks."""
        import_files.answer(sheet=row, answers=values["answers"], by=by)
        import_job.READ_IN.look(row=row, by=by)

    @action("look", permission=READ_IN)
    def look(self, *, by: User, row: DelegationImportFile, values: Values) -> None:
        """Look anew what would become of its rows; at a long table a worker looks."""
        import_job.READ_IN.look(row=row, by=by)

    @action("take", permission=READ_IN)
    def take(self, *, by: User, row: DelegationImportFile, values: Values) -> None:
        """Take the table over, once: each row is written that can be, and the report says what became of it. A long
        one is taken over by a worker."""
        import_job.READ_IN.take(row=row, by=by)
