"""Parties in the admin, and inviting them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from delegations.admin.people import FocalPointInline, MembershipInline
from delegations.admin.replies import AnswersOfParty
from delegations.admin.standing import state_word
from delegations.domain import gaps, invitations, overview, shown
from delegations.models import Invitation, InvitationState, Party
from delegations.permissions import check_can_invite
from summit.desk.base import SummitModelAdmin
from summit.desk.keys import keys_of
from summit.models import Person, Summit, User
from summit.permissions import allows, check
from summit.templatetags.marks import pair


class AnswerFilter(admin.SimpleListFilter):
    """Parties by where their invitation stands."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Offer what overview.STANDINGS defines."""
        return [
            ("uninvited", _("not invited")),
            ("invited", _("invited")),
            ("open", _("not answered")),
            ("answered", _("answered")),
            ("attending", _("attending")),
            ("regrets", _("regrets")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        condition = overview.STANDINGS.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class GapFilter(admin.SimpleListFilter):
    """Parties by what they lack."""

    title = _("lacks")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Offer what gaps.GAPS defines."""
        return [
            ("mailbox", _("a mailbox")),
            ("head", _("a head of delegation, and attends")),
            ("focal", _("a focal point, and attends")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        condition = gaps.GAPS.get(self.value() or "")
        return queryset if condition is None else gaps.with_gaps(queryset).filter(condition)


@admin.register(Party)
class PartyAdmin(AnswersOfParty, SummitModelAdmin):
    """Parties."""

    place = 1
    list_display = ["name", "kind", "region", "answer_word", "mission_email"]
    list_filter = ["summit", AnswerFilter, GapFilter, "kind", "region"]
    list_select_related = ["summit"]
    search_fields = ["name", "formal_name", "sort_key", "iso_code", "mission_email"]
    ordering = ["sort_key", "pk"]
    inlines = [FocalPointInline, MembershipInline]
    actions = ["invite"]
    page_shows = ("memberships", "focal_points")

    def people_on_page(self, row: Any) -> Iterable[str]:
        """Return its members and focal points."""
        found = Person.objects.filter(models.Q(membership__party=row) | models.Q(focal_for__party=row))
        return found.order_by("public_id").values_list("public_id", flat=True).distinct()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the parties with where their invitations stand."""
        return overview.with_standing(super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep a party in the summit that it was entered for."""
        return ["summit", "answer_word", "answers_given"] if obj else ["answer_word"]

    @admin.display(description=_("answer"))
    def answer_word(self, row: Any) -> SafeString | str:
        """Show where the party's invitation stands."""
        return gettext("host") if row.is_host else state_word(row.standing, row.replied)

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """Return whether the reader may invite anybody."""
        return allows(request.user, "delegations.invite", None)

    @admin.action(description=_("Invite the chosen parties"), permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: models.QuerySet[Party]) -> HttpResponse:
        """Ask before inviting."""
        return self._ask(request, list(queryset.select_related("summit")))

    def get_urls(self) -> list[URLPattern]:
        """Add the page that invites."""
        view = self.admin_site.admin_view(self.invite_view)
        return [path("invite/", view, name="delegations_party_invite"), *super().get_urls()]

    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """GET `?summit=` asks about all that aren't invited yet; POST invites the parties named by `party`."""
        self.admit(request, "view")
        check(request.user, "delegations.invite", None)
        rows = self.get_queryset(request).select_related("summit")
        if request.method == "POST":
            keys = keys_of(request.POST.getlist("party"))
            return self._invite(request, list(rows.filter(pk__in=keys)))
        slug = request.GET.get("summit", "").replace("\0", "")
        summit = Summit.objects.filter(slug=slug).first()
        if summit is None or not allows(request.user, "delegations.party.view", summit):
            raise Http404
        check_can_invite(request.user, summit)
        return self._ask(request, list(rows.filter(overview.STANDINGS["uninvited"], summit=summit)))

    def _ask(self, request: HttpRequest, parties: list[Party]) -> HttpResponse:
        for summit in {party.summit for party in parties}:
            check_can_invite(request.user, summit)
        reach = invitations.preview(parties=parties)
        self._note(request, reach)
        number = len(reach.to)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": (
                ngettext("Invite %(number)d party", "Invite %(number)d parties", number) % {"number": number}
                if number
                else gettext("No party can be invited now")
            ),
            "reaches": [(party, [box.address for box in reach.boxes[party.pk]]) for party in reach.to],
            "skipped": reach.skipped,
            "number": number,
            "letters": reach.letters,
            "summit": parties[0].summit if parties else None,
            "back": self._list_of(parties),
        }
        return TemplateResponse(request, "admin/delegations/invite.html", context)

    def _note(self, request: HttpRequest, reach: invitations.Reach) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        for summit in {party.summit for party in reach.to}:
            boxes = [box for party in reach.to if party.summit == summit for box in reach.boxes[party.pk]]
            shown.note_mailboxes(by=request.user, summit=summit, boxes=boxes)

    def _invite(self, request: HttpRequest, parties: list[Party]) -> HttpResponse:
        if not isinstance(request.user, User):
            raise PermissionDenied
        reach = invitations.invite(parties=parties, by=request.user)
        number = len(reach.to)
        if number:
            said = ngettext(
                "%(number)d party is invited; its letters are on their way (%(letters)d).",
                "%(number)d parties are invited; their letters are on their way (%(letters)d).",
                number,
            )
            messages.success(request, said % {"number": number, "letters": reach.letters})
        for party, reason in reach.skipped:
            messages.warning(request, pair(party.name, reason))
        if not number and not reach.skipped:
            messages.warning(
                request, gettext("Nobody was chosen, so nobody was invited. Choose parties in the list.")
            )
        sent = Invitation.objects.filter(party__in=reach.to[:1]).exclude(state=InvitationState.REVOKED).first()
        return redirect("admin:delegations_invitation_sent", sent.pk) if sent else redirect(self._list_of(parties))

    def _list_of(self, parties: list[Party]) -> str:
        address = reverse("admin:delegations_party_changelist")
        summits = {party.summit_id for party in parties}
        return f"{address}?{urlencode({'summit__id__exact': summits.pop()})}" if len(summits) == 1 else address
