"""Create the first account: a superuser."""

from django.db import transaction

from summit.accounts.role_assignments import USER_ACTIONS
from summit.audit import services as audit
from summit.summits.models import Summit
from summit.users.models import User


class NotFirst(ValueError):
    """Raised if there is an account or a summit already. The exception's message is a sentence for the user."""


def first_account(*, email: str) -> User:
    """Create the first account, a superuser without a password, and return it.

    If an earlier call created this account and it has never signed in, it is returned again. Raises NotFirst if there
    is a summit or any other account, and ValidationError for an invalid e-mail address.
    """
    address = email.strip().lower()
    with transaction.atomic():
        user = User.objects.filter(email=address, is_superuser=True, last_login=None).first()
        others = User.objects.exclude(pk=user.pk) if user else User.objects.all()
        if Summit.objects.exists() or others.exists():
            raise NotFirst("There is an account already: whoever set the system up can make others.")
        if user is None:
            user = User(email=address, is_superuser=True)
            user.set_unusable_password()
            user.full_clean()
            user.save()
            audit.record(by=audit.SYSTEM, action=USER_ACTIONS.add, target=user, summit=None)
    return user
