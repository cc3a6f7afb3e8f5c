"""Permissions for contacts. Whoever acts for a party enters its contacts."""

from delegations.contacts.models import Contact
from delegations.core.roles import SEE_LETTERS, WRITERS
from delegations.members.permissions import own_by_party
from summit.permissions.models import Role
from summit.permissions.rules import declare

declare("delegations.contact.view", SEE_LETTERS, own=(Role.FOCAL_POINT,))
declare("delegations.contact.change", WRITERS, own=(Role.FOCAL_POINT,))
own_by_party(Contact)
