"""The addressees of messages: mailboxes, each with its language, and what the mailbox stands for."""

from collections.abc import Collection
from dataclasses import dataclass

from summit.core.languages import spoken
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User


@dataclass(frozen=True)
class Addressee:
    """A mailbox that gets a message.

    `key` names what the mailbox stands for, such as "party:k3…", and `language` is the language of the mail. `person`
    is the person who alone has the mailbox, if the sender knows that.
    """

    key: str
    address: str
    language: str
    person: Person | None = None

    def name_of(self, summit: Summit) -> str:
        """Return the name of a summit in the language of the mail."""
        return summit.named(spoken(self.language)).name


def of_user(user: User) -> Addressee:
    """Return the mailbox of an account."""
    return Addressee(f"user:{user.public_id}", user.email, user.language)


def with_roles(summit: Summit, roles: Collection[str]) -> list[Addressee]:
    """Return the mailboxes of the active accounts that have one of the roles at a summit. Makes one query."""
    assignments = RoleAssignment.objects.filter(summit=summit, role__in=roles)
    users = User.objects.filter(pk__in=assignments.values("user"), is_active=True)
    return [of_user(user) for user in users.order_by("pk")]
