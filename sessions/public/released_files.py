"""The documents of released sessions, for readers who may know of them."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from sessions.agenda.models.releases import ReleasedSession
from sessions.documents.models import Document
from summit.core import languages
from summit.quarantine import selectors as quarantine
from summit.quarantine.selectors import content_of
from summit.summits.models import Summit


@dataclass(frozen=True)
class Paper:
    """A document in a list: its title, language and path, "" while it is checked for viruses."""

    title: str
    language: str
    url: str

    @property
    def tongue(self) -> str:
        """The name of the document's language, in the reader's language."""
        return languages.language_name(self.language)


def listed(summit: Summit, row: ReleasedSession) -> list[Paper]:
    """Return the documents that a public released row lists, but for those in which a virus was found.

    Makes no query without a virus scanner, else two at most.
    """
    key = row.session.public_id
    back, waiting = quarantine.listed(Document, (document for document, _title, _language in row.documents))
    return [
        Paper(
            title,
            language,
            "" if document in back else reverse("agenda:document", args=[summit.slug, key, document]),
        )
        for document, title, language in row.documents
        if document not in back or document in waiting
    ]


def find(row: ReleasedSession, key: str) -> Document | None:
    """Return a document by its public id if the released row lists it for its reader, else None."""
    if key not in {document for document, _title, _language in row.documents}:
        return None
    return Document.objects.filter(session_id=row.session_id, public_id=key).first()


def as_file(document: Document) -> HttpResponse:
    """Return a document as a download, so that no browser renders uploaded content on our own site.

    Raises Http404 while the document is kept back.
    """
    content = content_of(document)
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type=document.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, document.file_name) or "attachment",
            "Content-Language": document.language,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
