"""Permissions for lists of participants and sheets of photographs."""

from delegations.core.roles import SEE_MEMBERS, SEE_TRAVEL, WRITERS
from summit.permissions.rules import declare, declare_model

# Sheets of photographs of people of all parties, for those who receive the people when they arrive.
declare("delegations.photo_sheet", SEE_TRAVEL)
# Lists of participants.
declare_model("delegations.participantlist", view=SEE_MEMBERS, change=WRITERS)
