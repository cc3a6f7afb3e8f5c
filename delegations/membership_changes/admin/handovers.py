"""The handovers in the admin: protocol passes on or drops each item of a person who left."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegations.core.admin.moment_format import moment
from delegations.members.models.members import Membership
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover, HandoverState
from delegations.membership_changes.permissions import can_decide_handovers
from delegations.membership_changes.services import handovers
from delegations.parties.selectors import party_names
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.row_sources import RowSource
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

SIGNS = {HandoverState.OPEN: "wait", HandoverState.PASSED: "good", HandoverState.DROPPED: "off"}
FIELDS: list[Any] = ["party", "giver", "kind", "taker", "state_word", "opened", "decided", "decided_by"]


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    """The read-only admin of open and decided handovers."""

    place = 2
    menu_group = MenuGroup.DECISIONS
    summit_path = "party__summit"
    list_display = ["giver", "party", "kind", "taker", "state_word", "opened"]
    phone_columns = ("party", "state_word")
    row_source = RowSource(gettext_lazy("A handover begins when a person leaves a delegation."))
    list_filter = ["party__summit", "state"]
    search_fields = ["giver__name", "giver__office", "party__name"]
    fields = FIELDS
    readonly_fields = FIELDS
    change_list_template = "admin/delegations/handover/change_list.html"
    change_form_template = "admin/delegations/handover/change_form.html"
    nothing_yet = gettext_lazy(
        "No handovers. When a person leaves a delegation, their speaking slots and places wait here."
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return handovers with their party, the people and the user who decided."""
        return super().get_queryset(request).select_related("party__summit", "giver", "taker", "decided_by")

    @admin.display(description=gettext_lazy("item"), ordering="what")
    def kind(self, row: Handover) -> str:
        """Show the name of the item's kind, such as a speech or a seat."""
        item_kind = handover_items.kinds().get(row.what)
        return str(item_kind.label) if item_kind else row.what

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_word(self, row: Handover) -> SafeString:
        """Show whether the item was passed on or dropped, or is to be decided."""
        sign = SIGNS[HandoverState(row.state)]
        return format_html('<span class="state" data-state="{}">{}</span>', sign, row.get_state_display())

    @admin.display(description=gettext_lazy("since"), ordering="since")
    def opened(self, row: Handover) -> SafeString:
        """Show when the handover was opened."""
        return format_html("<span>{}</span>", moment(row.since, row.party.summit))

    @admin.display(description=pgettext_lazy("handover", "decided on"), ordering="decided_at")
    def decided(self, row: Handover) -> SafeString:
        """Show when the handover was decided."""
        return format_html("<span>{}</span>", moment(row.decided_at, row.party.summit))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a handover. If it is open and the user may decide on it, the page has a link to do so."""
        row = self.admit(request, "view", object_id)
        can_decide = row.state == HandoverState.OPEN and can_decide_handovers(request.user, row.party.summit)
        return super().change_view(request, object_id, form_url, {"can_decide": can_decide, **(extra_context or {})})

    @model_page("waiting/", "waiting", "GET")
    def waiting_view(self, request: HttpRequest) -> HttpResponse:
        """Show the open handovers by party and by the person who left."""
        summit = chosen_summit(request, summits_of(request))
        if summit is None or not self.has_view_permission(request):
            raise Http404
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Handovers"),
            "summit": summit,
            "groups": _groups(summit, request.user),
            "may": can_decide_handovers(request.user, summit),
        }
        return TemplateResponse(request, "admin/delegations/membership_changes/waiting_handovers.html", context)

    @model_page("<int:pk>/decide/", "decide", do="delegations.decide_handover")
    def decide_view(self, request: HttpRequest, row: Handover) -> HttpResponse:
        """Ask who gets the item, or with `?do=drop` whether to drop it; a POST stores the decision."""
        summit, user = row.party.summit, request.user
        assert isinstance(user, User)  # noqa: S101 - the admin has signed them in
        waiting = f"{reverse('admin:delegations_handover_waiting')}?summit={summit.slug}"
        if request.method == "POST":
            try:
                messages.success(request, _decided(row, request.POST, user))
            except handovers.HandoverRefused as refused:
                messages.warning(request, str(refused))
            return redirect(waiting)
        ((_row, item),) = handovers.with_items([row], summit=summit, reader=handover_items.HandoverDesk(user))
        drops = request.GET.get("do") == "drop"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Discard") if drops else _("Pass on"),
            "row": row,
            "item": item,
            "drops": drops,
            "then": _then(item),
            "open": row.state == HandoverState.OPEN,
            "members": Membership.objects.filter(party=row.party).select_related("person", "category"),
            "waiting": waiting,
        }
        return TemplateResponse(request, "admin/delegations/membership_changes/decide_handover.html", context)


def _decided(row: Handover, posted: Any, user: User) -> str:
    """Pass on or drop the item, as the POST asks, and return the message to show. Raises HandoverRefused."""
    if posted.get("do") == "drop":
        handovers.discard(handover=row, by=user)
        return _("Discarded. The next agenda release notifies those concerned.")
    key = key_of(posted.get("to", ""))
    to = Person.objects.filter(membership__party=row.party_id, pk=key).first() if key is not None else None
    if to is None:
        raise handovers.HandoverRefused(_("Choose a member of the delegation."))
    handovers.pass_on(handover=row, to=to, by=user)
    message = _("Passed on to %(person)s. The next agenda release notifies those concerned.")
    return message % {"person": to.label}


def _then(item: handover_items.HandoverItem) -> str:
    """Return a sentence that says what happens after the item is dropped, or "" if its kind has none."""
    kind = handover_items.kinds().get(item.what)
    return str(kind.dropped) if kind else ""


def _groups(summit: Summit, user: User) -> list[dict[str, Any]]:
    """Return the open handovers in groups by party and giver, each handover with its item.

    The number of queries grows only with the number of kinds of items.
    """
    rows = handovers.with_items(handovers.waiting(summit), summit=summit, reader=handover_items.HandoverDesk(user))
    book = party_names.book(summit)
    members = set(
        Membership.objects.filter(person__in={row.taker_id for row, _item in rows}).values_list("party", "person")
    )
    groups: dict[tuple[int, int], dict[str, Any]] = {}
    for row, item in rows:
        group = groups.setdefault(
            (row.party_id, row.giver_id),
            {"party": row.party, "named": book.of(row.party), "giver": row.giver, "items": []},
        )
        # A proposed taker who has left the party since is not offered.
        taker = row.taker if (row.party_id, row.taker_id) in members else None
        group["items"].append({"row": row, "item": item, "taker": taker, "then": _then(item)})
    return list(groups.values())
