"""A template tag for the identity providers on the sign-in page."""

from django import template

from summit.single_sign_on import providers
from summit.single_sign_on.providers import Provider

register = template.Library()


@register.simple_tag
def sign_in_providers() -> list[Provider]:
    """Return the identity providers at which accounts sign in. Makes one query."""
    return providers.for_desks()
