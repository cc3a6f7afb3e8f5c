"""The messages that describe the audit's entries about summits, people, accounts, roles and sign-ins."""

from typing import Any

from django.db.models import Q

from summit.audit.actions import describe_model, part
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User


def _roles_of(row: Any) -> Any:
    return RoleAssignment.objects.filter(user=row)


describe_model(Room, related=("venue",), shown_on=lambda row: row.venue)
describe_model(RoleAssignment, related=("user",))
part(User, RoleAssignment, _roles_of)
part(Venue, Room, lambda row: Room.objects.filter(venue=row))
part(Summit, Venue, lambda row: Venue.objects.filter(summit=row))
part(Summit, Room, lambda row: Room.objects.filter(venue__summit=row))
part(Summit, RoleAssignment, lambda row: RoleAssignment.objects.filter(summit=row))
part(Person, User, lambda row: User.objects.filter(Q(pk=row.user_id)))
