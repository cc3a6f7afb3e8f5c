"""The data about a party in webhook events."""

from typing import TypedDict

from delegations.parties.models.parties import Party
from summit.webhooks.event_data import absolute
from summit.webhooks.payload_types import Url


class PartyData(TypedDict):
    """A party's id and its URL in the API."""

    id: str
    url: Url


def party_data(party: Party) -> PartyData:
    """Return the data about a party. The caller fetches the party with its summit."""
    return {"id": party.public_id, "url": absolute("api-party", party.summit.slug, party.public_id)}
