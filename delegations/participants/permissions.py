"""Permissions for lists of participants and sheets of photographs."""

from delegations.core.roles import SEE_MEMBERS, SEE_TRAVEL, WRITERS
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model

# What the public list of delegations says about a party. Whoever acts for the party agrees to it, or objects.
SET_LISTING = "delegations.set_public_listing"
declare(SET_LISTING, WRITERS, own=(Role.FOCAL_POINT,))

# Sheets of photographs of people of all parties, for those who receive the people when they arrive.
declare("delegations.photo_sheet", SEE_TRAVEL)
# Lists of participants.
declare_model("delegations.participantlist", view=SEE_MEMBERS, change=WRITERS)
