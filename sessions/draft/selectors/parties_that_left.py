"""Parties that declined, or whose invitation was revoked, and that are still in sessions of the draft."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from delegations.invitations.selectors.taking_part import has_left
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from summit.summits.models import Summit


@dataclass(frozen=True)
class StillListed:
    """A party that has left, and the sessions in which it or one of its people still has a place."""

    party: Party
    sessions: list[Session]


def places_of(parties: Iterable[Party] | QuerySet[Party]) -> QuerySet[Participant]:
    """Return the places of these parties and of their people in sessions of the draft that aren't cancelled."""
    keys = [party.pk for party in parties]
    members = Membership.objects.filter(party__in=keys).order_by().values("person")
    return Participant.objects.filter(Q(party__in=keys) | Q(person__in=members), session__cancelled_at=None)


def still_listed(summit: Summit) -> list[StillListed]:
    """Return the parties of a summit that have left and still have places in sessions, in alphabetical order.

    Makes three queries.
    """
    parties = {party.pk: party for party in has_left().filter(summit=summit).order_by("sort_key", "pk")}
    sessions: dict[int, dict[int, Session]] = {key: {} for key in parties}
    rows = places_of(parties.values()).select_related("session", "person__membership")
    for row in rows.order_by("session__starts_at", "session", "pk"):
        key = row.party_id if row.person is None else row.person.membership.party_id
        sessions[key or 0][row.session_id] = row.session
    return [StillListed(parties[key], list(found.values())) for key, found in sessions.items() if found]


def number_still_listed(summit: Summit) -> int:
    """Return how many parties `still_listed` would have. Makes one query."""
    members = (
        Membership.objects.order_by()
        .values("party")
        .filter(
            person__in=Participant.objects.filter(session__cancelled_at=None, person__isnull=False).values("person")
        )
    )
    placed = Participant.objects.filter(session__cancelled_at=None, party__isnull=False).order_by().values("party")
    return has_left().filter(Q(pk__in=placed) | Q(pk__in=members), summit=summit).count()
