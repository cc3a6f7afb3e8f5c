"""Who takes schedules of other conferences over."""

from sessions.draft.permissions import PROGRAMME_DESK
from summit.permissions.rules import declare_model

# Schedules of other conferences, before they are taken over into the draft.
declare_model("agenda.scheduleimportfile", view=PROGRAMME_DESK, change=())
