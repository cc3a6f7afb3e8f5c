"""Template filters for the state, the kind and the problem of a message."""

from django import template

from summit.outbox import failure_reasons
from summit.outbox.message_kinds import label_of
from summit.outbox.state_labels import SIGNS

register = template.Library()


@register.filter
def sign(state: str) -> str:
    """Return the sign that marks the word for a message's state, such as "good"."""
    return SIGNS[state]


@register.filter
def kind_word(kind: str) -> str:
    """Return the label of a kind of message, or its name if the kind isn't registered any more."""
    return label_of(kind)


@register.filter
def reason(problem: str) -> str:
    """Return in words why a message wasn't sent, from its stored `problem`."""
    return failure_reasons.explanation(problem)
