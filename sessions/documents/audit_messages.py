"""What the audit calls what happens to documents of sessions."""

from django.utils.translation import gettext_lazy

from sessions.documents.models import Document
from summit.audit.actions import deed, thing

deed("agenda.document.add", gettext_lazy("put a document on the session’s table"))
deed("agenda.document.replace", gettext_lazy("replaced a document by a new version"))
deed("agenda.document.remove", gettext_lazy("took a document off the session’s table"))
deed("agenda.documents.order", gettext_lazy("put the session’s documents in another order"))
thing(Document, related=("session",), shown_on=lambda row: row.session)
