"""What pages about signing in say of identity providers."""

from django import template

from summit.single_sign_on import local_sign_ins, providers
from summit.single_sign_on.providers import Provider
from summit.users.models import User

register = template.Library()


@register.simple_tag
def sign_in_providers() -> list[Provider]:
    """Return the identity providers at which accounts sign in. Makes one query."""
    return providers.for_desks()


@register.filter
def must_use_provider(user: User) -> bool:
    """Return whether an account signs in at a required identity provider alone. Makes up to three queries."""
    return local_sign_ins.must_use_provider(user)
