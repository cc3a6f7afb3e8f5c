"""What lies on the tables of sessions."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from sessions.documents.models import Document
from sessions.documents.services import documents, files
from sessions.documents.services.documents import Paper
from sessions.draft.api.session_rows import HoldsAgenda, OfSessionFilters
from sessions.draft.models.sessions import Session
from summit.api_base.actions import action
from summit.api_base.file_contents import WithContent
from summit.api_base.file_fields import ContentField
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.summits.models import Summit
from summit.users.models import User


class DeskDocumentSerializer(serializers.ModelSerializer[Document]):
    """A paper on a session's table, without its bytes: `size` says how many there are, `digest` is their SHA-256."""

    id = serializers.CharField(source="public_id", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = [
            *("id", "session", "title", "language", "position", "file_name", "content_type", "size", "digest"),
            "added_at",
        ]


class PaperInput(serializers.Serializer[Any]):
    """A file, with its title (or else its name stands) and its language. `content` is its bytes: in JSON in Base64
    (RFC 4648)."""

    title = serializers.CharField(required=False, max_length=Document._meta.get_field("title").max_length)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    file_name = serializers.CharField(max_length=files.LONGEST_NAME)
    content = ContentField(largest=files.LARGEST)


class DocumentInput(PaperInput):
    """A paper, to be put last on a session's table."""

    session = InSummit(queryset=Session.objects.select_related("summit"))


class ShiftInput(serializers.Serializer[Any]):
    """Whether it changes places with the one above it, or with the one below it."""

    up = serializers.BooleanField()


class DocumentFilters(OfSessionFilters):
    """By what papers are narrowed."""

    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label=gettext_lazy("language"))


class DocumentViewSet(HoldsAgenda, WithContent):
    """Papers on sessions' tables, in the order of each. Nobody learns of one before the next release."""

    name = "session-documents"
    verbose_name = gettext_lazy("papers of sessions")
    permission = "agenda.document"
    allowed_methods = ("add", "remove")
    model = Document
    serializer_class = DeskDocumentSerializer
    input_serializer_class = DocumentInput
    filterset_class = DocumentFilters
    ordering_fields: ClassVar[Any] = {"session": ("session__starts_at", "session", "position")}

    def rows(self) -> QuerySet[Document]:
        """Return papers that lie on a table, without their bytes."""
        rows = Document.objects.filter(removed_at=None).defer("content")
        return rows.select_related("session__summit")

    def content(self, *, by: User, row: Document) -> Document:
        """Return a paper with its bytes, whether or not anybody else may read it yet."""
        return row

    def add(self, *, by: User, summit: Summit, values: Values) -> Document:
        """Put a paper on a session's table."""
        return documents.add(session=values["session"], paper=_paper(values), by=by)

    def remove(self, *, by: User, row: Document) -> None:
        """Take a paper off its table; releases that name it go on naming it."""
        documents.take_off(document=row, by=by)

    @action("replace", permission="agenda.edit", input=PaperInput, output=DeskDocumentSerializer)
    def replace(self, *, by: User, row: Document, values: Values) -> Document:
        """Put a new version in the paper's place. It has an id of its own."""
        return documents.replace(document=row, paper=_paper(values), by=by)

    @action("shift", permission="agenda.edit", input=ShiftInput)
    def shift(self, *, by: User, row: Document, values: Values) -> Document:
        """Let the paper and its neighbour change places."""
        documents.shift(document=row, up=values["up"], by=by)
        return row


def _paper(values: Values) -> Paper:
    file = files.read(name=values["file_name"], content=values["content"])
    return Paper(title=values.get("title", ""), language=values["language"], file=file)
