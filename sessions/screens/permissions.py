"""Roles that set up screens, and roles that may see which screens there are."""

from sessions.draft.permissions import PROGRAMME_DESK
from summit.permissions.models import Role
from summit.permissions.rules import declare_model

# Conference officers see which screens are connected. Only those who may read the whole draft choose what one shows.
declare_model("agenda.screen", view=(*PROGRAMME_DESK, Role.CONFERENCE_OFFICER), change=PROGRAMME_DESK)
