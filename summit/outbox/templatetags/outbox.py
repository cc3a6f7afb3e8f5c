"""Template filters for the state, the kind and the problem of a message, and for the HTML of mails."""

from django import template
from django.utils.safestring import SafeString

from summit.outbox import failure_reasons, text_markup
from summit.outbox.message_kinds import label_of
from summit.outbox.state_labels import SIGNS

# As in static/css/summit.css, as far as mail programs have them, and with quotes that may stand in an attribute.
_SANS = "system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans Arabic',Arial,sans-serif"
_SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,'Noto Serif','Noto Naskh Arabic',Georgia,serif"

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


@register.filter
def mail_lines(text: str) -> SafeString:
    """Return a text of a mail as HTML with the same lines. The installation's own addresses are links."""
    return text_markup.joined(text_markup.linked(line) for line in str(text).splitlines())


@register.filter
def mail_blocks(text: str) -> list[text_markup.Block]:
    """Return the blocks of a text of a mail."""
    return text_markup.blocks(text)


@register.simple_tag
def mail_font() -> SafeString:
    """Return the font families of mails, for a `style` attribute."""
    return SafeString(_SANS)


@register.simple_tag
def letter_font() -> SafeString:
    """Return the font families of letters, for a `style` attribute."""
    return SafeString(_SERIF)
