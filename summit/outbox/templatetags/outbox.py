"""How messages are shown in templates."""

from django import template

from summit.outbox import failure_reasons
from summit.outbox.message_kinds import label_of
from summit.outbox.state_labels import SIGNS

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
    return failure_reasons.words(problem)
