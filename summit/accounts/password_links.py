"""Signed links for choosing a password, valid once and for PASSWORD_RESET_TIMEOUT seconds."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from summit.users.models import User


def password_link(user: User) -> str:
    """Return the URL on which an account chooses its password. The link becomes invalid once a password is chosen."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.BASE_URL}{path}"
