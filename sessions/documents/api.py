"""API of the documents of sessions in the draft."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from sessions.documents.models import Document
from sessions.documents.services import documents, file_checks
from sessions.documents.services.documents import Paper
from sessions.draft.api.session_rows import HoldsAgenda, OfSessionFilters
from sessions.draft.models.sessions import Session
from summit.api_base.actions import action
from summit.api_base.request_files import ContentField
from summit.api_base.response_files import File, WithContent
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import InSummit
from summit.quarantine.selectors import served
from summit.summits.models import Summit
from summit.users.models import User


class DeskDocumentSerializer(serializers.ModelSerializer[Document]):
    """A document of a session, without its content. `size` is in bytes, and `digest` is the SHA-256
    of the content."""

    id = serializers.CharField(source="public_id", read_only=True)
    session = serializers.CharField(source="session.public_id", read_only=True)

    class Meta:
        model = Document
        fields: ClassVar[list[str]] = [
            *("id", "session", "title", "language", "position", "file_name", "content_type", "size", "digest"),
            "added_at",
        ]


class PaperInput(serializers.Serializer[Any]):
    """A file with its language and a title; the default title is the file's name.

    `content` is the file's bytes; in JSON they are encoded in Base64 (RFC 4648).
    """

    title = serializers.CharField(required=False, max_length=Document._meta.get_field("title").max_length)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    file_name = serializers.CharField(max_length=file_checks.LONGEST_NAME)
    content = ContentField(largest=file_checks.LARGEST)


class DocumentInput(PaperInput):
    """A document to add at the end of a session's documents."""

    session = InSummit(queryset=Session.objects.select_related("summit"))


class ShiftInput(serializers.Serializer[Any]):
    """The direction of a move. With `up`, the document swaps places with the document above it, otherwise with the
    document below it."""

    up = serializers.BooleanField()


class DocumentFilters(OfSessionFilters):
    """Filters of a list of documents."""

    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label=gettext_lazy("language"))


class DocumentViewSet(HoldsAgenda, WithContent):
    """Documents of sessions in the draft, in the order of each session. Changes become visible with
    the next release."""

    name = "session-documents"
    verbose_name = gettext_lazy("session documents")
    permission = "agenda.document"
    allowed_methods = ("add", "remove")
    model = Document
    serializer_class = DeskDocumentSerializer
    input_serializer_class = DocumentInput
    filterset_class = DocumentFilters
    ordering_fields: ClassVar[Any] = {"session": ("session__starts_at", "session", "position")}

    def rows(self) -> QuerySet[Document]:
        """Return the documents that haven't been removed, without their content."""
        rows = Document.objects.filter(removed_at=None).defer("content")
        return rows.select_related("session__summit")

    def content(self, *, by: User, row: Document) -> File:
        """Return a document's file, even if it isn't released yet."""
        return File(row.file_name, row.content_type, served(row))

    def add(self, *, by: User, summit: Summit, values: Values) -> Document:
        """Add a document to a session."""
        return documents.add(session=values["session"], paper=_paper(values), by=by)

    def remove(self, *, by: User, row: Document) -> None:
        """Remove a document from its session. Releases that list the document keep it."""
        documents.remove(document=row, by=by)

    @action("replace", permission="agenda.edit", input=PaperInput, output=DeskDocumentSerializer)
    def replace(self, *, by: User, row: Document, values: Values) -> Document:
        """Replace the document by a new version, which has its own id."""
        return documents.replace(document=row, paper=_paper(values), by=by)

    @action("shift", permission="agenda.edit", input=ShiftInput)
    def shift(self, *, by: User, row: Document, values: Values) -> Document:
        """Swap the document with the document above or below it."""
        documents.shift(document=row, up=values["up"], by=by)
        return row


def _paper(values: Values) -> Paper:
    file = file_checks.read(name=values["file_name"], content=values["content"])
    return Paper(title=values.get("title", ""), language=values["language"], file=file)
