"""Roles that may read uploaded schedules of other conferences."""

from sessions.draft.permissions import PROGRAMME_DESK
from summit.permissions.rules import declare_model

# Schedules are changed only by uploading and importing, which "agenda.edit" covers.
declare_model("agenda.scheduleimportfile", view=PROGRAMME_DESK, change=())
