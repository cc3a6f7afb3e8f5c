"""Template filters that show messages."""

from django import template

from summit.outbox import failure_reasons
from summit.outbox.message_kinds import label_of
from summit.outbox.state_labels import SIGNS

register = template.Library()


@register.filter
def sign(state: str) -> str:
    """Return the sign shown beside the word for a state."""
    return SIGNS[state]


@register.filter
def kind_word(kind: str) -> str:
    """Return the label of a kind of message."""
    return label_of(kind)


@register.filter
def reason(problem: str) -> str:
    """Return a stored problem, why a message wasn't sent, in words."""
    return failure_reasons.explanation(problem)
