"""The admin page that sends reminders. It shows who will get one, who won't and why, and the letter itself."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.core.admin.moment_format import moment
from delegations.invitations.admin.skipped_parties import warn_about_skipped
from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.services import manual_reminders
from delegations.invitations.services.manual_reminders import ReminderTargets
from delegations.mailboxes import access_log
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.permissions.rules import allows
from summit.users.models import User


def ask(
    request: HttpRequest,
    site: AdminSite,
    *,
    invitations: Iterable[Invitation] = (),
    parties: Iterable[Party] = (),
    came_from: str,
    back: str,
) -> HttpResponse:
    """Show which of these invitations, or of the parties' invitations to the summit, a reminder would reach.

    `back` is the URL of the page from which the user came, and `came_from` its name (`_back`).
    """
    user = user_of(request)
    targets = manual_reminders.preview(invitations=invitations, parties=parties)
    summits = {row.party.summit for row in targets.to} | {party.summit for party, _reason in targets.skipped}
    for summit in summits:
        check_can_invite(user, summit)
    _log_access(user, targets)
    number = len(targets.to)
    message = ngettext("Send a reminder to %(n)d delegation", "Send a reminder to %(n)d delegations", number)
    button = ngettext("Send %(n)d reminder", "Send %(n)d reminders", targets.letters) % {"n": targets.letters}
    first = targets.to[0] if targets.to else None
    context = {
        **site.each_context(request),
        **(party_names.on_page(summits.pop()) if len(summits) == 1 else {}),
        "title": message % {"n": number} if number else gettext("No delegation can be reminded now"),
        "number": number,
        "letters": targets.letters,
        "button": button,
        "action": f"{reverse('admin:delegations_invitation_remind')}?{urlencode({'from': came_from})}",
        "row_inputs": selections.inputs_of(request, [row.pk for row in targets.to]),
        "rows": [
            (
                row.party,
                [box.address for box in targets.boxes[row.party_id]],
                moment(targets.last.get(row.pk), row.party.summit),
            )
            for row in targets.to
        ],
        "skipped": targets.skipped,
        "letter": manual_reminders.read(first, targets.boxes[first.party_id]) if first else None,
        "back": back,
    }
    return TemplateResponse(request, "admin/delegations/invitations/send_reminders.html", context)


def _log_access(user: User, targets: ReminderTargets) -> None:
    for summit in {row.party.summit for row in targets.to}:
        boxes = [box for row in targets.to if row.party.summit == summit for box in targets.boxes[row.party_id]]
        access_log.record_mailboxes(by=user, summit=summit, boxes=boxes)


class RemindingMixin:
    """Adds the page that sends reminders of unanswered invitations, and the action that leads there.

    `?from=` names the page to which it leads back.
    """

    admin_site: Any

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may invite parties in any summit."""
        return allows(request.user, "delegations.invite", None)

    @admin.action(description=_("Send a reminder"), permissions=["invite"])
    def remind(self, request: HttpRequest, queryset: models.QuerySet[Invitation]) -> HttpResponse:
        """Show the page that sends reminders of the chosen invitations."""
        rows = list(queryset.select_related("party__summit"))
        return ask(request, self.admin_site, invitations=rows, came_from="list", back=_back("list", rows))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions of the list, without the reminder if the list shows another state."""
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        if request.GET.get("state__exact", InvitationState.SENT) != InvitationState.SENT:
            actions.pop("remind", None)
        return actions

    @model_page("remind/", "remind", do="delegations.invite")
    def remind_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for confirmation on GET (`?row=`); on POST, send reminders of the invitations named by `row`."""
        keys = selections.chosen_keys(request)
        chosen: Any = self.get_queryset(request).filter(pk__in=keys)  # type: ignore[attr-defined]
        rows = list(chosen.select_related("party__summit"))
        came_from = request.GET.get("from", "")
        back = _back(came_from, rows)
        if request.method != "POST":
            return ask(request, self.admin_site, invitations=rows, came_from=came_from, back=back)
        targets = manual_reminders.send(invitations=rows, by=user_of(request))
        if targets.to:
            message = ngettext("Sending %(n)d reminder.", "Sending %(n)d reminders.", targets.letters)
            messages.success(request, message % {"n": targets.letters})
        warn_about_skipped(request, targets.skipped)
        return redirect(back)


def _back(came_from: str, rows: list[Invitation]) -> str:
    """Return the URL of the page from which the user came: "party" or "invitation" for the page of the only row,
    "parties" for the list of delegations that have not answered, and otherwise the list of invitations."""
    summits = {row.party.summit_id for row in rows}
    scope = {"summit__id__exact": str(summits.pop())} if len(summits) == 1 else {}
    if len(rows) == 1 and came_from == "party":
        return detail_url(rows[0].party)
    if len(rows) == 1 and came_from == "invitation":
        return reverse("admin:delegations_invitation_change", args=[rows[0].pk])
    if came_from == "parties":
        return f"{reverse('admin:delegations_party_changelist')}?{urlencode({**scope, 'answer': 'open'})}"
    listed = {f"party__{name}": value for name, value in scope.items()}
    query = urlencode({**listed, "state__exact": InvitationState.SENT.value})
    return f"{reverse('admin:delegations_invitation_changelist')}?{query}"
