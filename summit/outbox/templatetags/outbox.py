"""How messages are shown in templates."""

from django import template

from summit.outbox.states import SIGNS

register = template.Library()


@register.filter
def sign(state: str) -> str:
    """Return the sign that stands beside a state's word."""
    return SIGNS[state]
