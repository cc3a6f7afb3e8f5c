"""Permissions for presence and representation. Whoever runs the day records them (`agenda.run_day`)."""

from sessions.draft.permissions import DRAFT_READERS, PROGRAMME_DESK
from summit.permissions.models import Role
from summit.permissions.rules import declare_model

RUNS_DAY = (*PROGRAMME_DESK, Role.CONFERENCE_OFFICER)
declare_model("agenda.presencemark", view=DRAFT_READERS, change=RUNS_DAY)
declare_model("agenda.representation", view=DRAFT_READERS, change=RUNS_DAY)
declare_model("agenda.toldbytelephone", view=RUNS_DAY, change=RUNS_DAY)
