"""The documents of released sessions, for readers who may know of them."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from sessions.agenda.models.releases import ReleasedSession
from sessions.documents.models import Document
from summit.core import languages
from summit.summits.models import Summit


@dataclass(frozen=True)
class Paper:
    """A document in a list: its title, language and path."""

    title: str
    language: str
    url: str

    @property
    def tongue(self) -> str:
        """The name of the document's language, in the reader's language."""
        return languages.language_name(self.language)


def listed(summit: Summit, row: ReleasedSession) -> list[Paper]:
    """Return the documents that a public released row lists. Makes no query."""
    key = row.session.public_id
    return [
        Paper(title, language, reverse("agenda:document", args=[summit.slug, key, document]))
        for document, title, language in row.documents
    ]


def find(row: ReleasedSession, key: str) -> Document | None:
    """Return a document by its public id if the released row lists it for its reader, else None."""
    if key not in {document for document, _title, _language in row.documents}:
        return None
    return Document.objects.filter(session_id=row.session_id, public_id=key).first()


def as_file(document: Document) -> HttpResponse:
    """Return a document as a download, so that no browser renders uploaded content on our own site."""
    return HttpResponse(
        bytes(document.content),
        content_type=document.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, document.file_name) or "attachment",
            "Content-Language": document.language,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
