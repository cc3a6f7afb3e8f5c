"""Shows bounced letters at the top of the pages of parties and invitations."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.permissions import can_invite
from delegations.invitations.selectors import bounces
from delegations.parties.models.parties import Party
from summit.permissions.rules import allows


class BackMixin:
    """Adds the bounced letters to a change page. Users who may not see invitations get the page without them."""

    model: Any

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page of a party or an invitation, with those of its letters that bounced."""
        row: Party | Invitation = self.admit(request, "view", object_id)  # type: ignore[attr-defined]
        party = row if isinstance(row, Party) else row.party
        extra: dict[str, Any] = {"can_write": can_invite(request.user, party.summit)}
        if allows(request.user, "delegations.invitation.view", party.summit):
            rows = [row] if isinstance(row, Invitation) else list(Invitation.objects.filter(party=row))
            extra["returned"] = bounces.letters_back(rows)
            extra["invited_by"] = next(
                (each for each in rows if each.party_id == party.pk and not each.occasion), None
            )
        response: HttpResponse = super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})  # type: ignore[misc]
        return response
