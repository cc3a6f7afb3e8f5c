"""Roles that decide what a summit does about conflicts in the draft."""

from sessions.draft.permissions import DRAFT_READERS, PROGRAMME_DESK
from summit.permissions.rules import declare_model

declare_model("agenda.conflictpolicy", view=DRAFT_READERS, change=PROGRAMME_DESK)
