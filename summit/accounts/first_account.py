"""The account of whoever sets the system up."""

from django.db import transaction

from summit.audit import services as audit
from summit.summits.models import Summit
from summit.users.models import User


class NotFirst(ValueError):
    """There is an account or a summit already; its text is a sentence for whoever asked."""


def first_account(*, email: str) -> User:
    """Create the account of whoever sets the system up, without a password, or find the one that was created so and
    has never signed in. Raises NotFirst where anybody else has an account or there is a summit, and ValidationError
    for what is no address."""
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
            audit.record(by=audit.SYSTEM, action="summit.user.add", target=user, summit=None)
    return user
