"""URLs of the desk's pages about invitations, and the steps that record an answer and send a reminder."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.state_machine import sources
from summit.admin_base.next_steps import NextStep
from summit.summits.models import Summit

# The states of invitations whose answer a desk can record.
ANSWERABLE = sources(InvitationState.ANSWERED)


def call_sheet(summit: Summit, **narrowed: Any) -> str:
    """Return the URL of a summit's call sheet. `narrowed` holds its filters as query parameters."""
    query = urlencode({"summit": summit.slug, **narrowed})
    return f"{reverse('admin:delegations_invitation_calls')}?{query}"


def answer_step(invitation: Invitation) -> NextStep:
    """Return the step that records or changes the answer to an invitation in one of the states in ANSWERABLE, or to
    an unsaved one of a party that has none."""
    label = _("Change answer") if invitation.state == InvitationState.ANSWERED else _("Record answer")
    if invitation.pk is None:
        return NextStep(reverse("admin:delegations_party_answer", args=[invitation.party_id]), label)
    return NextStep(reverse("admin:delegations_invitation_answer", args=[invitation.pk]), label)


def remind_url(invitation: Invitation, came_from: str) -> str:
    """Return the URL of the page that sends a reminder of one invitation.

    `came_from` names the page to which it leads back: "party" or "invitation" for that row's own page.
    """
    query = urlencode({"row": str(invitation.pk), "from": came_from})
    return f"{reverse('admin:delegations_invitation_remind')}?{query}"


def reminder_step(invitation: Invitation) -> NextStep:
    """Return the step that sends the party a reminder of an unanswered invitation to the summit."""
    return NextStep(remind_url(invitation, "party"), _("Send reminder"))
