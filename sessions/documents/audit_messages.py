"""Labels of the audit actions on documents of sessions."""

from sessions.documents.models import Document
from summit.audit.actions import describe_model

describe_model(Document, related=("session",), shown_on=lambda row: row.session)
