"""The admin page that invites parties. It shows who will get a letter, who won't and why, the letter itself, and the
next steps."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.core.admin.confirmation_page import RowName, confirm
from delegations.core.errors import NotNow
from delegations.invitations import invitable_sessions
from delegations.invitations.admin import send_reminders
from delegations.invitations.admin.skipped_parties import warn_about_skipped
from delegations.invitations.invitable_sessions import Occasion
from delegations.invitations.models.invitations import OVER, Invitation
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.selectors import invitation_status
from delegations.invitations.selectors.eligibility import InvitationStep, InvitationTargets
from delegations.invitations.selectors.next_steps import InvitationPlan, plan
from delegations.invitations.services import drafts_and_approval, first_letter, invitations
from delegations.mailboxes import access_log
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.punctuation import pair
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

# The service that each step's button calls.
BULK_DECISIONS = {
    InvitationStep.PREPARE: drafts_and_approval.prepare,
    InvitationStep.APPROVE: drafts_and_approval.approve_many,
    InvitationStep.SEND: invitations.invite,
}
OCCASION_LENGTH = 16


def button(step: InvitationStep, number: int) -> str:
    """Return the label of a step's button."""
    labels = {
        InvitationStep.PREPARE: ngettext("Prepare %(number)d invitation", "Prepare %(number)d invitations", number),
        InvitationStep.APPROVE: ngettext("Approve %(number)d invitation", "Approve %(number)d invitations", number),
        InvitationStep.SEND: ngettext("Send %(number)d invitation", "Send %(number)d invitations", number),
    }
    return labels[step] % {"number": number}


def done(step: InvitationStep, reach: InvitationTargets) -> str:
    """Return the message after a step, which says what the step did for how many parties."""
    number = len(reach.to)
    texts = {
        InvitationStep.PREPARE: ngettext(
            "%(number)d invitation prepared. Another person can approve it.",
            "%(number)d invitations prepared. Another person can approve them.",
            number,
        ),
        InvitationStep.APPROVE: ngettext(
            "%(number)d invitation approved. It is ready to send.",
            "%(number)d invitations approved. They are ready to send.",
            number,
        ),
        InvitationStep.SEND: ngettext(
            "%(number)d delegation invited; sending its letters (%(letters)d).",
            "%(number)d delegations invited; sending their letters (%(letters)d).",
            number,
        ),
    }
    return texts[step] % {"number": number, "letters": reach.letters}


def address(request: HttpRequest, parties: list[Party], occasion: str = "") -> str:
    """Return the URL of the page that invites these parties. They must all be of one summit.

    `occasion` is the key of the session to invite to; "" is the summit itself.
    """
    query = {"summit": parties[0].summit.slug, **({"occasion": occasion} if occasion else {})}
    rows = selections.query_of(request, [party.pk for party in parties])
    return f"{reverse('admin:delegations_party_invite')}?{urlencode(query)}&{rows}"


class InvitingMixin:
    """Adds the page that invites parties to the summit or, with `occasion`, to one of its sessions."""

    admin_site: Any
    opts: Any
    admit: Any

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may invite parties in any summit."""
        return allows(request.user, "delegations.invite", None)

    @admin.action(description=_("Invite the selected delegations"), permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: models.QuerySet[Party]) -> HttpResponse:
        """Show the page that invites the chosen parties."""
        return self._ask(request, list(queryset.select_related("summit")))

    @admin.action(description=_("Send a reminder"), permissions=["invite"])
    def remind(self, request: HttpRequest, queryset: models.QuerySet[Party]) -> HttpResponse:
        """Show the page that sends the chosen parties a reminder of their invitation."""
        parties = list(queryset.select_related("summit"))
        return send_reminders.ask(
            request, self.admin_site, parties=parties, came_from="parties", back=back_to(parties)
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions of the list, without those that no delegation of the shown tab can need."""
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        needless = {"uninvited": ["remind"], "open": ["invite"], "invited": ["invite"]}
        answered = ["invite", "remind"]
        standing = request.GET.get("answer", "")
        for name in needless.get(standing, answered if standing in invitation_status.STANDINGS else []):
            actions.pop(name, None)
        return actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with links to the pages that invite a guest, and that invite to a session."""
        summit = chosen_summit(request, summits_of(request))
        inviting = summit if summit is not None and allows(request.user, "delegations.invite", summit) else None
        shown_page: HttpResponse = super().changelist_view(  # type: ignore[misc]
            request, {"inviting": inviting, **(extra_context or {})}
        )
        return shown_page

    @model_page("invite/", "invite", do="delegations.invite")
    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """Show on GET the possible steps for parties of the summit `?summit=`. On POST, take the step `do` for the
        parties with the primary keys `row`, or of the stored selection `chosen`.

        On GET, these select the parties; without them, the page shows all parties that aren't invited yet. On POST,
        the step is sending if `do` names no step. Raises Http404 on GET if there is no such summit.
        """
        rows: Any = self.get_queryset(request).select_related("summit")  # type: ignore[attr-defined]
        params = request.POST if request.method == "POST" else request.GET
        keys = selections.chosen_keys(request)
        occasion = params.get("occasion", "").replace("\0", "")[:OCCASION_LENGTH]
        if request.method == "POST":
            do = request.POST.get("do", "")
            step = InvitationStep(do) if do in list(InvitationStep) else InvitationStep.SEND
            return self._do(request, list(rows.filter(pk__in=keys)), step, occasion)
        if not keys and selections.CHOSEN in params:
            # The page would show all parties that aren't invited instead of those that were chosen.
            messages.warning(request, gettext("Select the delegations to invite."))
            return redirect("admin:delegations_party_changelist")
        slug = request.GET.get("summit", "").replace("\0", "")
        summit: Summit | None = Summit.objects.filter(slug=slug).first()
        if summit is None or not allows(request.user, "delegations.party.view", summit):
            raise Http404
        check_can_invite(request.user, summit)
        parties = rows.filter(pk__in=keys) if keys else rows.filter(invitation_status.STANDINGS["uninvited"])
        return self._ask(request, list(parties.filter(summit=summit)), occasion)

    @model_page("<int:pk>/invite-on-paper/", "invite_on_paper", do="delegations.invite")
    def invite_on_paper_view(self, request: HttpRequest, row: Party) -> HttpResponse:
        """Ask for confirmation on GET; on POST, record that the party's invitation was delivered on paper."""
        named = party_names.to_reader(row)
        back = detail_url(row)
        if request.method == "POST":
            try:
                invitations.invite_on_paper(party=row, by=user_of(request))
            except NotNow as refused:
                messages.warning(request, pair(named.name, refused))
            else:
                message = gettext("Invitation to %(party)s recorded. You can now record its answer.")
                messages.success(request, message % {"party": named.name})
            return redirect(back)
        return confirm(
            request,
            self.admin_site,
            title=gettext("Record the invitation to %(party)s on paper") % {"party": named.name},
            sentence=gettext(
                "For a delegation without an email address whose letter was delivered by hand or by post. Nothing is "
                "sent. Its answer can then be recorded."
            ),
            button=gettext("Record invitation on paper"),
            action=request.path,
            back=back,
            rows=[row],
            names=[RowName(party=named)],
            danger=False,
        )

    def _ask(self, request: HttpRequest, parties: list[Party], key: str = "") -> HttpResponse:
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        for party_summit in {party.summit for party in parties}:
            check_can_invite(request.user, party_summit)
        invitation_plan = plan(parties=parties, by=request.user, occasion=key)
        self._note(request.user, invitation_plan)
        summit = parties[0].summit if parties else None
        occasion = invitable_sessions.find(summit, [key]).get(key) if summit else None
        steps = [
            {
                "step": step,
                "button": button(step, len(reach.to)),
                "letters": reach.letters,
                "inputs": selections.inputs_of(request, [party.pk for party in reach.to]),
                "rows": [(party, [box.address for box in reach.boxes[party.pk]]) for party in reach.to],
            }
            for step, reach in invitation_plan.steps.items()
        ]
        context = {
            **self.admin_site.each_context(request),
            **(party_names.on_page(summit) if summit else {}),
            "opts": self.opts,
            "title": _title(invitation_plan, occasion),
            "occasion": occasion,
            "steps": steps,
            "skipped": invitation_plan.skipped,
            "number": invitation_plan.number,
            "letter": _letter(invitation_plan, key),
            "summit": summit,
            "back": back_to(parties),
        }
        return TemplateResponse(request, "admin/delegations/invitations/invite_parties.html", context)

    def _note(self, user: User, invitation_plan: InvitationPlan) -> None:
        for summit in {party.summit for party in invitation_plan.reached}:
            boxes = [
                box
                for reach in invitation_plan.steps.values()
                for party in reach.to
                if party.summit == summit
                for box in reach.boxes[party.pk]
            ]
            access_log.record_mailboxes(by=user, summit=summit, boxes=boxes)

    def _do(self, request: HttpRequest, parties: list[Party], step: InvitationStep, occasion: str) -> HttpResponse:
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        reach = BULK_DECISIONS[step](parties=parties, by=request.user, occasion=occasion)
        if reach.to:
            messages.success(request, done(step, reach))
        warn_about_skipped(request, reach.skipped)
        if not reach.to and not reach.skipped:
            messages.warning(request, gettext("Select the delegations to invite."))
        if step != InvitationStep.SEND and parties:
            return redirect(address(request, parties, occasion))
        sent = Invitation.objects.filter(party__in=reach.to[:1], occasion=occasion).exclude(state__in=OVER).first()
        return redirect("admin:delegations_invitation_sent", sent.pk) if sent else redirect(back_to(parties))


def _title(invitation_plan: InvitationPlan, occasion: Occasion | None) -> str:
    number = {"number": invitation_plan.number}
    if not invitation_plan.number:
        return gettext("No delegation can be invited now")
    if occasion is not None:
        message = ngettext(
            "Invite %(number)d delegation to “%(session)s”",
            "Invite %(number)d delegations to “%(session)s”",
            invitation_plan.number,
        )
        return message % {**number, "session": occasion.title}
    return ngettext("Invite %(number)d delegation", "Invite %(number)d delegations", invitation_plan.number) % number


def _letter(invitation_plan: InvitationPlan, occasion: str) -> first_letter.Letter | None:
    """Return the letter to the first party for which a step is possible, or None."""
    for reach in invitation_plan.steps.values():
        party = reach.to[0]
        return first_letter.read(party, reach.boxes[party.pk], occasion)
    return None


def back_to(parties: list[Party]) -> str:
    """Return the URL to which a page about parties leads back: the page of a single one, or the list. If the parties
    are all of one summit, the list shows only this summit."""
    if len(parties) == 1:
        return detail_url(parties[0])
    list_url = reverse("admin:delegations_party_changelist")
    summits = {party.summit_id for party in parties}
    return f"{list_url}?{urlencode({'summit__id__exact': summits.pop()})}" if len(summits) == 1 else list_url
