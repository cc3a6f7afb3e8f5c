"""The accounts of a demonstration: one for each desk, a focal point and a delegate. None is a superuser."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from portal.demo.ids import Ids
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

DOMAIN = "summit.example"
# Not secret, so only for development; never set in production.
PASSWORD = "correct-border-2025"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """An account of the demonstration. An account without roles belongs to a person of a delegation."""

    box: str
    label: str
    roles: tuple[Role, ...] = ()

    @property
    def email(self) -> str:
        """The e-mail address in the demonstration of the Border Security Summit."""
        return f"{self.box}@{DOMAIN}"


ACCOUNTS = (
    Account("organiser", "Organiser", (Role.ORGANISER, Role.PROGRAMME)),
    Account("protocol", "Protocol", (Role.PROTOCOL,)),
    Account("press", "Press officer", (Role.PRESS_OFFICER,)),
    Account("approver", "Press approver", (Role.PRESS_APPROVER,)),
    Account("focal", "Focal point"),
    Account("delegate", "Delegate"),
    Account("conference", "Conference officer", (Role.CONFERENCE_OFFICER,)),
)


def make_accounts(
    *, summit: Summit, domain: str, ids: Ids, accounts: Iterable[Account] = ACCOUNTS
) -> dict[str, User]:
    """Create the accounts with mailboxes under `domain`, and their roles at the summit.

    Return a dict from the mailbox's name to the account. An existing account only gets its roles at the new summit.
    In production no account gets a password.
    """
    users = {}
    password = None if settings.PRODUCTION else PASSWORD
    for account in accounts:
        address = f"{account.box}@{domain}"
        public_id = ids()
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User.objects.create_user(address, password, name=account.label, public_id=public_id)
        RoleAssignment.objects.bulk_create(
            RoleAssignment(summit=summit, user=user, role=role) for role in account.roles
        )
        users[account.box] = user
    return users
