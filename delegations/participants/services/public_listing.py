"""Whether a delegation is in the public list, and with what, as a desk or whoever acts for it says."""

from delegations.members.permissions import check_can_act
from delegations.participants.permissions import SET_LISTING
from delegations.parties.models.parties import Party
from delegations.parties.services import parties
from summit.audit.services import By


def set_listing(*, party: Party, listing: str, by: By) -> Party:
    """Set what the public list of delegations says about a party, one of PublicListing, and return the party.

    Raises PermissionDenied, ValidationError.
    """
    check_can_act(by, SET_LISTING, party)
    return parties.store_values(party, {"public_listing": listing}, by)
