"""How messages are shown in templates."""

from django import template

from summit.outbox import reasons
from summit.outbox.kinds import label_of
from summit.outbox.states import SIGNS

register = template.Library()


@register.filter
def sign(state: str) -> str:
    """Return the sign that stands beside a state's word."""
    return SIGNS[state]


@register.filter
def kind_word(kind: str) -> str:
    """Return what a kind of message is called."""
    return label_of(kind)


@register.filter
def reason(problem: str) -> str:
    """Return why a message did not go out, in words."""
    return reasons.words(problem)
