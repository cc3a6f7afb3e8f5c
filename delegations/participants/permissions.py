"""Who may do what with lists of participants and the sheet of photographs."""

from delegations.core.roles import SEE_MEMBERS, SEE_TRAVEL, WRITERS
from summit.permissions.rules import declare, declare_model

# Whom those who receive will meet, by face: of all parties.
declare("delegations.photo_sheet", SEE_TRAVEL)
# Lists of participants as they are given out.
declare_model("delegations.participantlist", view=SEE_MEMBERS, change=WRITERS)
