"""The API of import files of parties and people."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.imports import blank_files
from delegations.imports.models import DelegationImportFile, TableKind
from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from summit.api_base.actions import action
from summit.api_base.response_files import ContentSerializer, File
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.imports import jobs, services
from summit.imports.api import AnswersInput, ImportFileInput, ImportFileSerializer, ImportFileViewSet
from summit.imports.models import ImportFile
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

READ_IN = "delegations.read_in"


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
    kind = serializers.ChoiceField(choices=TableKind.choices, required=False, default=TableKind.PEOPLE)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values unchanged. Raises ValidationError if a user who isn't a desk user names no party."""
        if values.get("party") is None and not allows(self.context["by"], READ_IN, self.context["summit"]):
            raise serializers.ValidationError({"party": _("Choose one of your delegations.")})
        return values


class BlankInput(OfTableInput):
    """The kind and format of an empty table."""

    ending = serializers.ChoiceField(choices=tuple(blank_files.MEDIA_TYPES), required=False, default=blank_files.XLSX)


class TableInput(OfTableInput, ImportFileInput):
    """A table with headings in its first row, as XLSX, CSV or JSON. Focal points must name their party."""


class TableSerializer(ImportFileSerializer):
    """A table of parties or people. `kind` says which."""

    view_permission = "delegations.delegationimportfile.view"

    class Meta(ImportFileSerializer.Meta):
        model = DelegationImportFile


class DelegationImportFileViewSet(ImportFileViewSet):
    """Tables of parties and people. Desk users see the files of desk users; focal points see those of their party."""

    name = "sheets"
    verbose_name = _("imported files of delegations and people")
    permission = "delegations.delegationimportfile"
    permissions: ClassVar[Any] = dict.fromkeys(("add", "remove"), READ_IN)
    model = DelegationImportFile
    serializer_class = TableSerializer
    input_serializer_class = TableInput

    def kind_of(self, values: Values) -> str:
        """Return the kind of the table."""
        return str(values["kind"])

    def get_queryset(self, user: User, slug: str) -> QuerySet[Any]:
        """Return the import files of desk users, and those of the parties for which the account acts."""
        parties = own_parties(user, Role.FOCAL_POINT).values("public_id")
        rows = DeskViewSet.get_queryset(self, user, slug)
        return rows.filter(Q(party_key="") | Q(party_key__in=parties))

    @action("blank", safe=True, permission=READ_IN, input=BlankInput, output=ContentSerializer, detail=False)
    def blank(self, *, by: User, summit: Summit, values: Values) -> File:
        """Return an empty table with the known headings, in the user's language."""
        party, kind, ending = values.get("party"), values["kind"], values["ending"]
        if party is None:
            content = blank_files.for_desk(summit=summit, kind=kind, ending=ending, by=by)
        else:
            kind, content = TableKind.PEOPLE, blank_files.for_party(party=party, ending=ending)
        return File(f"{kind}.{ending}", blank_files.MEDIA_TYPES[ending], content)

    @action("answer", input=AnswersInput, atomic=False)
    def answer(self, *, by: User, row: ImportFile, values: Values) -> None:
        """Store answers to the report's questions, and preview the file again. For a long file a background job does
        it."""
        services.answer(file=row, answers=values["answers"], by=by)
        jobs.preview(file=row, by=by)
