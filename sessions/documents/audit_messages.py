"""Labels of the audit actions on documents of sessions."""

from django.utils.translation import gettext_lazy

from sessions.documents.models import Document
from summit.audit.actions import describe_action, describe_model

describe_action("agenda.document.add", gettext_lazy("put a document on the session’s table"))
describe_action("agenda.document.replace", gettext_lazy("replaced a document by a new version"))
describe_action("agenda.document.remove", gettext_lazy("took a document off the session’s table"))
describe_action("agenda.documents.order", gettext_lazy("put the session’s documents in another order"))
describe_model(Document, related=("session",), shown_on=lambda row: row.session)
