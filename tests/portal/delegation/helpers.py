"""A delegation with who acts for it, for tests of its pages."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries

PASSPORT = {
    "passport_name": "ADA EXAMPLE",
    "birth_date": "1980-02-29",
    "nationality": "FR",
    "passport_number": "X4821397",
    "passport_expiry": "2040-01-01",
}


@dataclass
class World:
    """A party, its focal point, and their browser."""

    party: Party
    user: User
    client: Client

    def path(self, rest: str = "") -> str:
        return f"/portal/delegation/{self.party.public_id}/{rest}"

    def get(self, rest: str = "", status: int = 200) -> str:
        response = self.client.get(self.path(rest))
        assert response.status_code == status
        assert response["Cache-Control"] == "private, no-store"
        return response.content.decode()

    def post(self, rest: str, values: dict[str, Any], status: int = 303) -> Any:
        response = self.client.post(self.path(rest), values)
        assert response.status_code == status, response.content.decode()[:2000]
        assert response["Cache-Control"] == "private, no-store"
        return response

    def member(self, name: str = "Ada", *, passport: bool = True, **kwargs: Any) -> Membership:
        row: Membership = f.MembershipFactory(party=self.party, person__name=name, person__office="", **kwargs)
        if passport:
            Particulars.objects.create(person=row.person, entered_for=self.party, **PASSPORT)
        return row

    def queries(self, rest: str) -> int:
        self.get(rest)
        return queries(lambda: self.get(rest))


def make(**kwargs: Any) -> World:
    """Make a party that answered, with a focal point who is signed in."""
    user = f.UserFactory()
    party = f.PartyFactory(**{"name": "Aland", **kwargs})
    f.InvitationFactory(party=party, state="sent", sent_at=f.START)
    f.FocalPointFactory(party=party, person__user=user, person__name="Fay", person__email="fay@land.example")
    return World(party, user, signed_in(user))
