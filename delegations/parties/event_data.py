"""The data about a party in webhook events."""

from delegations.parties.models.parties import Party
from summit.webhooks.event_data import absolute


def party_data(party: Party) -> dict[str, str]:
    """Return a party's `id` and its `url` in the API.

    The caller fetches the party with its summit.
    """
    return {"id": party.public_id, "url": absolute("api-party", party.summit.slug, party.public_id)}
