"""The messages that describe the audit's entries about summits, people, accounts, roles and sign-ins."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from summit.audit.actions import describe_action, describe_model, part, personal
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User

describe_action("summit.listimportfile.add", gettext_lazy("uploaded a table for a list"))
describe_action("summit.listimportfile.remove", gettext_lazy("deleted a table for a list"))
describe_action("summit.listimportfile.take", gettext_lazy("took over a table for a list"))


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

personal(Person, "name", "office", "form_of_address", "rank", "badge_name", "card_name", "email", "user")
personal(User, "email", "name")
