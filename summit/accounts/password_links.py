"""The link by which somebody chooses a password: signed, for one use, for as long as PASSWORD_RESET_TIMEOUT says."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from summit.users.models import User


def password_link(user: User) -> str:
    """Return the address at which an account chooses its password. It opens nothing once that is done."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.BASE_URL}{path}"
