"""The webhook event that a person gets a badge."""

from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from delegations.badges.models.badges import Badge
from delegations.parties import event_data
from delegations.parties.event_data import PartyData
from summit.summits.models import Summit
from summit.webhooks.event_data import SummitData, of_summit
from summit.webhooks.events import Event, KnownTo, declare, once


class PersonData(TypedDict):
    """A person's id."""

    id: str


class AccreditedData(TypedDict):
    """The payload: the person and the party. It doesn't have the badge's number, because the number opens doors."""

    summit: SummitData
    person: PersonData
    party: PartyData


def _payload(badge: Badge) -> AccreditedData:
    return {
        "summit": of_summit(badge.party.summit),
        "person": {"id": badge.person.public_id},
        "party": event_data.party_data(badge.party),
    }


def _live(summit: Summit, badges: Sequence[Badge]) -> list[Badge]:
    return list(Badge.objects.live().filter(pk__in=[badge.pk for badge in badges], party__summit=summit))


ACCREDITED = declare(
    Event(
        name="person.accredited",
        label=_("a badge is issued"),
        services=("delegations.badges.services.badges.issue", "delegations.badges.services.badges.reissue"),
        known_to=KnownTo("the desks of the summit, once the badge is live", _live),
        summit=lambda badge: badge.party.summit,
        subject_key=lambda badge: f"delegations.badge:{badge.public_id}",
        version=once,
        payload=AccreditedData,
        build_payload=_payload,
    )
)
