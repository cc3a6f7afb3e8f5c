"""The admin of the links in letters: list and revoke them. The URLs of the links are never shown."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from delegations.core.admin.confirmation_page import RowName, confirm
from delegations.core.admin.moment_format import moment
from delegations.invitations.admin.state_column import LinkMoments
from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.permissions import check_can_revoke
from delegations.invitations.selectors import expiring_links
from delegations.invitations.services import link_requests, links
from delegations.parties.admin.party_column import PartyOfInvitation
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.filters import presence
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.audit import access_log
from summit.core.punctuation import pair
from summit.permissions.rules import allows
from summit.users.models import User

FIELDS: list[Any] = ["party_name", "address", "person", "created", "followed", "expires", "revoked", "asked"]


class EndsFilter(admin.SimpleListFilter):
    """Filters links that expire soon and belong to an unanswered invitation."""

    title = _("ends")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choice "within a week"."""
        return [("soon", _("within a week, unanswered"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the links that expire within a week if that is chosen, otherwise all links."""
        return (
            queryset.filter(pk__in=expiring_links.ending_links().values("pk")) if self.value() == "soon" else queryset
        )


class LetterRequestFilter(admin.SimpleListFilter):
    """Filters links for which a new letter was requested."""

    title = _("new letter")
    parameter_name = "asks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choice "asked for, not sent"."""
        return [("open", _("requested, not sent"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the links with an open request for a new letter if that is chosen, otherwise all links."""
        return queryset.filter(pk__in=link_requests.waiting().values("pk")) if self.value() == "open" else queryset


OPEN_OR_REVOKED = presence(_("not revoked"), pgettext_lazy("invitation", "revoked"))


@admin.register(InvitationLink)
class LinkAdmin(PartyOfInvitation, LinkMoments, ReadOnlyAdmin):
    """The read-only admin of links, with actions that revoke them and settle requests."""

    place = 3
    menu_group = MenuGroup.MORE
    summit_path = "invitation__party__summit"
    list_display = ["party_name", "address", "created", "followed", "expires", "revoked", "asked"]
    phone_columns = ("created", "revoked")
    row_source = RowSource(
        _("Each invitation letter has its own link."),
        _("Send letters"),
        "delegations.invite",
        view="admin:delegations_party_invite",
    )
    list_filter = ["invitation__party__summit", LetterRequestFilter, EndsFilter, ("revoked_at", OPEN_OR_REVOKED)]
    list_select_related = ["invitation__party__summit"]
    search_fields = ["address", "invitation__party__name"]
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ["revoke", "settle"]
    page_shows = ("address", "person")
    list_shows = ("address",)
    change_form_template = "admin/delegations/invitationlink/change_form.html"
    nothing_yet = _("No letters sent yet. Each letter’s link appears here.")

    @admin.display(description=_("new letter requested"), ordering="asked_at")
    def asked(self, row: InvitationLink) -> str:
        """Return when the link's holder asked for a new letter."""
        return moment(row.asked_at, row.invitation.party.summit)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may settle requests for new letters in any summit."""
        return allows(request.user, "delegations.invite", None)

    @admin.action(description=_("Dismiss request for a new letter"), permissions=["settle"])
    def settle(self, request: HttpRequest, queryset: models.QuerySet[InvitationLink]) -> None:
        """Settle the requests for new letters: note that none is wanted."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        rows = list(queryset.select_related("invitation__party__summit"))
        settled = sum(link_requests.settle(link=row, by=request.user) for row in rows)
        message = ngettext("%(n)d request dismissed.", "%(n)d requests dismissed.", settled)
        messages.success(request, message % {"n": settled})

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may revoke links in any summit."""
        return allows(request.user, "delegations.revoke", None)

    @admin.action(description=_("Revoke the selected links"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[InvitationLink]) -> HttpResponse:
        """Ask for confirmation before the chosen links are revoked."""
        return self._ask(request, list(queryset.filter(revoked_at__isnull=True)))

    @model_page("revoke/", "revoke", do="delegations.revoke")
    def revoke_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for confirmation on GET (`?row=`); on POST, revoke the links named by `row`."""
        keys = selections.chosen_keys(request)
        live = self.get_queryset(request).filter(revoked_at__isnull=True, pk__in=keys)
        rows = list(live.select_related("invitation__party__summit"))
        if request.method != "POST":
            return self._ask(request, rows)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        revoked = 0
        for row in rows:
            try:
                links.revoke(link=row, by=request.user)
            except ValueError as refused:
                messages.warning(request, pair(row, refused))
            else:
                revoked += 1
        message = ngettext("%(n)d link revoked.", "%(n)d links revoked.", revoked)
        messages.success(request, message % {"n": revoked})
        return redirect("admin:delegations_invitationlink_changelist")

    def _ask(self, request: HttpRequest, rows: list[InvitationLink]) -> HttpResponse:
        for row in rows:
            check_can_revoke(request.user, row.invitation.party.summit)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        keys = [(row.invitation.party.summit_id, row.public_id) for row in rows]
        access_log.record_list(by=request.user, label=self.permission, rows=keys, fields=self.list_shows)
        names = party_names.to_readers(row.invitation.party_id for row in rows)
        title = ngettext("Revoke %(n)d link", "Revoke %(n)d links", len(rows)) % {"n": len(rows)}
        return confirm(
            request,
            self.admin_site,
            title=title,
            sentence=str(_("The links stop working at once, even where they are open. A new letter has new links.")),
            button=title,
            action=reverse("admin:delegations_invitationlink_revoke"),
            back=reverse("admin:delegations_invitationlink_changelist"),
            rows=rows,
            names=[RowName(row.address, names[row.invitation.party_id]) for row in rows],
        )
