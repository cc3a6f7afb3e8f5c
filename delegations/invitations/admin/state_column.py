"""Columns that show the state of an invitation and the moments of its links."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.admin import moment_format
from delegations.invitations.models.invitations import COMING, Answer, InvitationLink, InvitationState


def state_word(state: str | None, answer: str | None) -> SafeString:
    """Return the markup for an invitation's state and answer; `state` is None if there is no invitation."""
    sign, word = _sign(state, answer)
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


def _sign(state: str | None, answer: str | None) -> tuple[str, str]:
    if state == InvitationState.ANSWERED:
        return ("good" if answer in COMING else "off", str(Answer(answer).label) if answer else "")
    signs = {
        InvitationState.DRAFT: "off",
        InvitationState.APPROVED: "wait",
        InvitationState.SENT: "wait",
        InvitationState.REVOKED: "bad",
        InvitationState.SUPERSEDED: "off",
    }
    found = InvitationState(state) if state else None
    return (signs[found], str(found.label)) if found else ("off", _("not invited"))


class LinkMoments:
    """Adds columns that show when a link was created, first followed and revoked, and when it expires."""

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, row: InvitationLink) -> str:
        """Return when the link was made."""
        return moment_format.moment(row.created_at, row.invitation.party.summit)

    @admin.display(description=gettext_lazy("first opened"), ordering="first_used_at")
    def followed(self, row: InvitationLink) -> str:
        """Return when the link was first followed, by a person or a mail scanner."""
        return moment_format.moment(row.first_used_at, row.invitation.party.summit)

    @admin.display(description=gettext_lazy("expires"), ordering="expires_at")
    def expires(self, row: InvitationLink) -> str:
        """Return when the link expires."""
        return moment_format.moment(row.expires_at, row.invitation.party.summit)

    @admin.display(description=gettext_lazy("revoked"), ordering="revoked_at")
    def revoked(self, row: InvitationLink) -> str:
        """Return when the link was revoked."""
        return moment_format.moment(row.revoked_at, row.invitation.party.summit)
