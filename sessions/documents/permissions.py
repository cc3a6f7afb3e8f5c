"""Roles that may read or change the documents of sessions."""

from sessions.draft.permissions import DRAFT_READERS, PROGRAMME_DESK
from summit.permissions.rules import declare_model

declare_model("agenda.document", view=DRAFT_READERS, change=PROGRAMME_DESK)
