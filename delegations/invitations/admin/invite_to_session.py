"""The admin pages that invite parties to a single session: choose the session, then the parties."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegations.invitations import invitable_sessions
from delegations.invitations.admin.invite_parties import address
from delegations.invitations.admin.state_column import state_word
from delegations.invitations.invitable_sessions import Occasion
from delegations.invitations.models.invitations import COMING, IN_FORCE, OVER, Invitation, InvitationState
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.selectors import invitation_status
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.row_keys import keys_of
from summit.admin_base.summit_pages import summit_page
from summit.summits.models import Summit
from summit.users.models import User


@summit_page(
    "delegations/session/<slug:slug>/",
    "delegations_occasions",
    do="delegations.invite",
)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """List the sessions; with `?session=`, show which parties can be invited to that one.

    On POST, redirect to the page that invites the chosen parties.
    """
    check_can_invite(user, summit)
    occasions = invitable_sessions.find(summit)
    if "session" not in request.GET:
        return _list(request, summit, occasions)
    occasion = occasions.get(request.GET["session"])
    if occasion is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        keys = keys_of(request.POST.getlist("party"))
        chosen = list(Party.objects.filter(summit=summit, pk__in=keys).select_related("summit").order_by("pk"))
        if chosen:
            return redirect(address(request, chosen, occasion.key))
        refused = _("Choose who to invite.")
    return _choose(request, summit, occasion, refused)


def _list(request: HttpRequest, summit: Summit, occasions: dict[str, Occasion]) -> HttpResponse:
    counted = (
        Invitation.objects.filter(party__summit=summit, state__in=IN_FORCE)
        .exclude(occasion="")
        .order_by()
        .values("occasion")
        .annotate(
            invited=Count("pk"),
            answered=Count("pk", filter=Q(state=InvitationState.ANSWERED)),
            coming=Count("pk", filter=Q(answer__in=COMING)),
        )
    )
    numbers = {row["occasion"]: row for row in counted}
    context = {
        **admin.site.each_context(request),
        "title": _("Invite to a session"),
        "summit": summit,
        "rows": [(row, numbers.get(key)) for key, row in occasions.items()],
        "back": _parties(summit),
    }
    return TemplateResponse(request, "admin/delegations/invitations/invitable_sessions.html", context).render()


def _choose(request: HttpRequest, summit: Summit, occasion: Occasion, refused: str) -> HttpResponse:
    rows = invitation_status.with_standing(
        Party.objects.filter(summit=summit, is_host=False).select_related("summit")
    )
    invitation_by_party = {
        row.party_id: row
        for row in Invitation.objects.filter(party__summit=summit, occasion=occasion.key).exclude(state__in=OVER)
    }
    parties: list[Any] = list(party_names.in_order(rows, get_language() or ""))
    for row in parties:
        invitation = invitation_by_party.get(row.pk)
        row.stands = state_word(row.standing, row.replied)
        row.here = state_word(invitation.state, invitation.answer) if invitation else ""
        row.taken = invitation is not None and invitation.state in IN_FORCE
    context = {
        **admin.site.each_context(request),
        **party_names.on_page(summit),
        "title": _("Who to invite to “%(session)s”") % {"session": occasion.title},
        "summit": summit,
        "occasion": occasion,
        "rows": parties,
        "refused": refused,
        "back": reverse("admin:delegations_occasions", args=[summit.slug]),
    }
    status = 422 if refused else 200
    return TemplateResponse(
        request, "admin/delegations/invitations/invite_to_session.html", context, status=status
    ).render()


def _parties(summit: Summit) -> str:
    return f"{reverse('admin:delegations_party_changelist')}?summit__id__exact={summit.pk}"
