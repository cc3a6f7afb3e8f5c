"""Where an invitation stands, as a word with its sign."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from delegations.models import Answer, InvitationState


def state_word(state: str | None, answer: str | None) -> SafeString:
    """Return the state word for an invitation's state (None where there is no invitation) and answer."""
    sign, word = _sign(state, answer)
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


def _sign(state: str | None, answer: str | None) -> tuple[str, str]:
    if state == InvitationState.ANSWERED:
        attending = answer == Answer.ATTENDING
        return ("good", _("attending")) if attending else ("off", _("regrets"))
    if state == InvitationState.SENT:
        return "wait", _("not answered")
    if state == InvitationState.REVOKED:
        return "bad", _("revoked")
    return "off", _("not invited")
