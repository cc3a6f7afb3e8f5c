"""API of the revisions of the list of participants."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api.fields import StaffName
from delegations.participants import list_docx, list_pdf, list_xlsx
from delegations.participants.models import ParticipantList
from delegations.participants.selectors import comparison, listing
from delegations.participants.selectors.listing import Order
from delegations.participants.services import revisions
from summit.api_base.actions import action
from summit.api_base.response_files import File, PersonalContentSerializer
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.audit import access_log
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

SEE = "delegations.participantlist.view"
# The OpenAPI schema of the content of a list.
_PARTS: Any = {
    "summit": {"type": "object"},
    "categories": {"type": "object"},
    "parties": {"type": "array", "items": {"type": "object"}},
}
WRITERS: Any = {"pdf": list_pdf, "docx": list_docx, "xlsx": list_xlsx}


@extend_schema_field({"type": "object", "properties": _PARTS})
class Content(serializers.Field[Any, Any, Any, Any]):
    """The content of a list: the summit, the categories, and the parties with their people."""

    def to_representation(self, value: Any) -> Any:
        """Return the content as it is stored."""
        return value


class ParticipantListSerializer(serializers.ModelSerializer[ParticipantList]):
    """A frozen revision of the list of participants. `content` is null if several revisions are listed."""

    id = serializers.CharField(source="public_id", read_only=True)
    made_by = StaffName(permission="delegations.participantlist.view")
    content = serializers.SerializerMethodField()

    class Meta:
        model = ParticipantList
        fields: ClassVar[list[str]] = ["id", "number", "final", "note", "made_at", "made_by", "content"]
        read_only_fields = fields

    @extend_schema_field({"type": ["object", "null"], "properties": _PARTS})
    def get_content(self, row: ParticipantList) -> Any:
        """Return the content of a single revision, or None if several revisions are listed."""
        return revisions.content_of(row) if self.parent is None else None


class ListInput(serializers.ModelSerializer[ParticipantList]):
    """The state and the note of a new revision. After a final revision, only a final one can follow. With `expected`
    from a preview, the revision is only made if the list hasn't changed since."""

    expected = serializers.CharField(required=False, max_length=64)

    class Meta:
        model = ParticipantList
        fields: ClassVar[list[str]] = ["final", "note", "expected"]


class NotOnListSerializer(serializers.Serializer[Any]):
    """How many parties and people would be left out. These are parties that named people and haven't answered, and
    people who aren't confirmed."""

    parties = serializers.IntegerField()
    people = serializers.IntegerField()


class ListPreviewSerializer(serializers.Serializer[Any]):
    """The next revision: its number, its content, and whether it differs from the last one. `left_out` counts who
    isn't in it."""

    number = serializers.IntegerField()
    changed = serializers.BooleanField(help_text="Whether it would say anything else than the last one.")
    content = Content()
    left_out = NotOnListSerializer()
    expected = serializers.CharField(help_text="Send it with the new revision.")


class ListFileInput(serializers.Serializer[Any]):
    """The language, order and file format of the list."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    order = serializers.ChoiceField(choices=Order.choices, required=False, default=Order.PRECEDENCE)
    ending = serializers.ChoiceField(choices=tuple(WRITERS), required=False, default="pdf")


class ListFilters(django_filters.FilterSet):
    """Filters for revisions, by state and time."""

    final = django_filters.BooleanFilter(label=_("final"))
    made_since = django_filters.IsoDateTimeFilter(field_name="made_at", lookup_expr="gte", label=_("created since"))


class ParticipantListViewSet(DeskViewSet):
    """Revisions of the list of participants."""

    name = "participant-lists"
    verbose_name = _("lists of participants")
    permission = "delegations.participantlist"
    allowed_methods = ("add",)
    model = ParticipantList
    serializer_class = ParticipantListSerializer
    input_serializer_class = ListInput
    filterset_class = ListFilters
    ordering_fields: ClassVar[Any] = {"number": ("number",)}

    def rows(self) -> QuerySet[ParticipantList]:
        """Return revisions with the users who made them. The content is read only for a single revision."""
        return ParticipantList.objects.select_related("summit", "made_by").defer("content")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Log that `by` read the names in a revision, if the response has the content of a single revision."""
        if len(rows) != 1 or "content" not in fields or "content" in rows[0].get_deferred_fields():
            return
        _log_access(rows[0], by)

    def add(self, *, by: User, summit: Summit, values: Values) -> ParticipantList:
        """Make a revision of the list as it is now, and return it."""
        return revisions.freeze(summit=summit, by=by, **values)

    @action("preview", safe=True, permission=revisions.CHANGE, output=ListPreviewSerializer, detail=False)
    def preview(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Return the content of the next revision, and whether it differs from the last one. Nothing is changed."""
        last, content = revisions.latest(summit), revisions.gather(summit)
        previous_content = revisions.content_of(last) if last else None
        people = [(summit.pk, key) for key in _people(content)]
        if people:
            access_log.record_list(by=by, label=Person._meta.label_lower, rows=people, fields=["name", "office"])
        return {
            "number": last.number + 1 if last else 1,
            "changed": bool(comparison.differences(previous_content, content)),
            "content": content,
            "left_out": revisions.count_omitted(summit),
            "expected": revisions.digest(content),
        }

    @action(
        "file",
        safe=True,
        permission=SEE,
        input=ListFileInput,
        output=PersonalContentSerializer,
        shown_once=("content",),
    )
    def file(self, *, by: User, row: ParticipantList, values: Values) -> File:
        """Return a revision as a file, in the chosen language, order and format. The access is logged."""
        writer, language = WRITERS[values["ending"]], values["language"]
        content = revisions.content_of(row)
        arranged = listing.arrange(row, content, language=language, order=values["order"])
        document = writer.write(arranged)
        _log_access(row, by)
        return File(listing.file_name_of(arranged, values["ending"]), writer.MEDIA_TYPE, document)


def _log_access(row: ParticipantList, by: User) -> None:
    """Log that `by` read the names in a revision."""
    people = _people(revisions.content_of(row))
    access_log.record_page(by=by, target=row, summit=row.summit, fields=["content"], people=lambda: people)


def _people(content: Values) -> list[str]:
    return [member["key"] for party in content["parties"] for member in party["members"] if member["key"]]
