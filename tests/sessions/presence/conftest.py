"""What the tests of presence share: a session of three delegations with heads, and a conference officer."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.test import Client

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import Parties, parties_of, session

SOON = timedelta(minutes=20)


@dataclass
class Day:
    """A session soon, its delegations, and who runs the day."""

    summit: Summit
    session: Session
    parties: Parties
    officer: User

    @cached_property
    def desk(self) -> Client:
        return signed_in(self.officer)

    @property
    def party(self) -> Party:
        """The first delegation."""
        return self.parties["Aland"]

    @property
    def head(self) -> Person:
        return Membership.objects.get(party=self.party, capacity="head").person

    def member(self, name: str = "Mia") -> Person:
        return f.MembershipFactory(
            party=self.party, person__summit=self.summit, person__name=name, person__office="Adviser", code="adviser"
        ).person


def new_day() -> Day:
    summit = f.SummitFactory()
    parties = parties_of(summit)
    for name, party in parties.items():
        f.MembershipFactory(party=party, person__summit=summit, person__name=f"Head of {name}", code="head")
    start = db_now() + SOON
    room = f.RoomFactory(venue__summit=summit, name="Long Gallery")
    made = session(
        summit, *parties.values(), title="Plenary", starts_at=start, ends_at=start + timedelta(hours=1), room=room
    )
    return Day(summit, made, parties, f.UserFactory.with_role(Role.CONFERENCE_OFFICER, summit, name="Cora Officer"))


@once_a_module
def day() -> Day:
    return new_day()


def undo_of(response: Any) -> str:
    """Return the key by which what a page has just done is undone."""
    return response.context["messages"]._loaded_data[0].extra_tags.rpartition("-")[2]
