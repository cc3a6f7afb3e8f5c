"""The admin of badges: the list, a page for each badge, and actions that print or end several."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.badges.admin.badge_pages import BadgePagesMixin
from delegations.badges.models.badges import Badge
from delegations.badges.permissions import can_end_badges, can_issue_badges, check_can_end_badges
from delegations.badges.selectors import badge_check, badges
from delegations.badges.services import badges as badges_services
from delegations.core.admin.moment_format import moment
from delegations.core.admin.reason_page import ask_reason
from delegations.members.admin.person_filters import CategoryFilter, PartyFilter
from delegations.parties.admin.party_column import PartyColumn
from summit.admin_base import selections
from summit.admin_base.menu_places import MenuPlace
from summit.admin_base.messages import written
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.row_sources import RowSource
from summit.core.punctuation import comma
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.moments import Moment
from summit.users.models import User

FIELDS: list[Any] = [
    "person",
    "party_name",
    "category",
    "zones",
    "state_word",
    "number",
    "issued",
    "issued_by",
    "ended",
    "why_said",
]


class StateFilter(admin.SimpleListFilter):
    """Filters badges by whether they are live or dead."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices "live" and "dead"."""
        return [("live", pgettext_lazy("badge", "valid")), ("dead", pgettext_lazy("badge", "cancelled"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the badges in the chosen state, or all badges if no state is chosen."""
        live = {"live": True, "dead": False}.get(self.value() or "")
        return queryset if live is None else queryset.filter(ended_at__isnull=live)


class OfPartyFilter(PartyFilter):
    """Filters badges by their party."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the badges of the chosen party, or all badges if no party is chosen."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(party=key)


class OfCategoryFilter(CategoryFilter):
    """Filters badges by the category in which the person is a member now."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the badges of members in the chosen category, or all badges if no category is chosen."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(person__membership__category=key)


@admin.register(Badge)
class BadgeAdmin(PartyColumn, BadgePagesMixin, ReadOnlyAdmin):
    """The read-only admin of badges, with actions that print and end them."""

    place = 2
    menu_place = MenuPlace.ACCREDITATION
    summit_path = "party__summit"
    list_display = ["person", "party_name", "category", "state_word", "number", "issued", "why_said"]
    phone_columns = ("party_name", "state_word")
    row_source = RowSource(_("Badges are issued to confirmed members."))
    list_filter = ["party__summit", StateFilter, OfCategoryFilter, OfPartyFilter]
    search_fields = ["person__name", "person__badge_name", "person__office", "party__name", "public_id"]
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ["print_chosen", "end_chosen"]
    of_person = "person"
    page_shows = ("why",)
    list_shows = ("why",)
    change_form_template = "admin/delegations/badge/change_form.html"
    change_list_template = "admin/delegations/badge/change_list.html"
    nothing_yet = _("No badges issued yet. Issue badges to everyone who has none.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the badges, joined with everything that a row shows."""
        joined = ("party__summit", "person__membership__category", "issued_by")
        return super().get_queryset(request).select_related(*joined)

    def has_issue_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may issue badges in any summit."""
        return allows(request.user, "delegations.issue_badge", None)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may end badges in any summit."""
        return allows(request.user, "delegations.end_badge", None)

    @admin.display(description=_("state"), ordering="ended_at")
    def state_word(self, row: Badge) -> SafeString:
        """Return "live" or "dead", marked up with its colour."""
        sign, word = (
            ("good", pgettext("badge", "valid")) if row.ended_at is None else ("bad", pgettext("badge", "cancelled"))
        )
        return format_html('<span class="state" data-state="{}">{}</span>', sign, word)

    @admin.display(description=_("category"), ordering="person__membership__category__position")
    def category(self, row: Any) -> str:
        """Return the person's present category, or a dash if they are no longer a member of the badge's party."""
        member = getattr(row.person, "membership", None)
        return str(member.category) if member and member.party_id == row.party_id else "–"

    @written
    @admin.display(description=_("zones"))
    def zones(self, row: Badge) -> str:
        """Return the names of the zones that the badge opens, or a dash."""
        return comma().join(zone.name for zone in badge_check.state(row).zones) or "–"

    @admin.display(description=_("number"), ordering="public_id")
    def number(self, row: Badge) -> SafeString:
        """Return the badge's number in groups of four."""
        return format_html('<bdi lang="" dir="ltr">{}</bdi>', badge_check.spaced(row.public_id))

    @admin.display(description=_("issued"), ordering="issued_at")
    def issued(self, row: Badge) -> SafeString:
        """Return when the badge was issued."""
        return _cell(row.issued_at, row.party.summit)

    @admin.display(description=pgettext_lazy("badge", "cancelled on"), ordering="ended_at")
    def ended(self, row: Badge) -> SafeString:
        """Return when the badge was ended, or a dash."""
        return _cell(row.ended_at, row.party.summit)

    @written
    @admin.display(description=_("reason"))
    def why_said(self, row: Badge) -> str:
        """Return why the badge was ended, or a dash."""
        return badges.end_reason(row) or "–"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with links to the pages that issue and check badges."""
        extra = {"may_issue": self.has_issue_permission(request), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, extra)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a badge with the buttons that its state and the user's permissions allow."""
        row = self.admit(request, "view", object_id)
        live, summit = row.ended_at is None, row.party.summit
        extra = {
            "can_print": live and can_issue_badges(request.user, summit),
            "can_end": live and can_end_badges(request.user, summit),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    @admin.action(description=_("Print the selected badges"), permissions=["issue"])
    def print_chosen(self, request: HttpRequest, queryset: models.QuerySet[Badge]) -> HttpResponse:
        """Redirect to the PDF of the chosen badges."""
        return _with(request, "admin:delegations_badge_paper", queryset)

    @admin.action(description=_("Cancel the selected badges"), permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: models.QuerySet[Badge]) -> HttpResponse:
        """Redirect to the page that asks for the reason and ends the chosen badges."""
        return _with(request, "admin:delegations_badge_end", queryset)

    @model_page("end/", "end", do="delegations.end_badge")
    def end_view(self, request: HttpRequest) -> HttpResponse:
        """Ask on GET for the reason. On POST, end the live badges with the primary keys `?row=`."""
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the admin has signed them in
        keys = selections.chosen_keys(request)
        rows = list(self.get_queryset(request).filter(pk__in=keys, ended_at__isnull=True))
        for row in rows:
            check_can_end_badges(user, row.party.summit)
        number, back = len(rows), reverse("admin:delegations_badge_changelist")
        if not rows:
            messages.warning(request, gettext("None of these badges is valid. Reload the list."))
            return redirect(back)
        title = ngettext("Cancel %(n)d badge", "Cancel %(n)d badges", number) % {"n": number}
        done = ngettext("%(n)d badge cancelled.", "%(n)d badges cancelled.", number)
        return ask_reason(
            request,
            self.admin_site,
            title=title,
            sentence=gettext("The badge stops working at once and for good. You can issue another one later."),
            button=title,
            back=reverse("admin:delegations_badge_change", args=[rows[0].pk]) if number == 1 else back,
            done=done % {"n": number},
            decide=lambda reason: _end(rows, reason, user),
            problems=(badges_services.BadgeProblem,),
            longest=badges_services.REASON_LENGTH,
            hint=gettext("Shown to the guard who checks the badge."),
            names=[row.person.label for row in rows[: selections.NAMED]],
            further=len(rows[selections.NAMED :]),
        )


def _cell(at: datetime | None, summit: Summit) -> SafeString:
    """Return a moment as the markup of a cell, or a dash if it is None.

    One element wraps the moment, because phones show each value beside its label.
    """
    text = format_html("<span>{}</span>", moment(at, summit))
    return Moment.said(text, at, summit) if at else text


def _end(rows: list[Badge], reason: str, user: User) -> None:
    badges_services.end(badges=rows, reason=reason, by=user)


def _with(request: HttpRequest, name: str, queryset: models.QuerySet[Badge]) -> HttpResponse:
    keys = queryset.order_by("pk").values_list("pk", flat=True)
    return redirect(f"{reverse(name)}?{selections.query_of(request, keys)}")
