"""The admin of all parties' members, with pages that confirm, move, withdraw and replace them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from delegations.core.admin.moment_format import moment
from delegations.members import bulk_withdrawal_job
from delegations.members.admin.choose_person import replace_page
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.services import bulk_changes, categories
from delegations.members.services.bulk_changes import MOST, BulkChangeTargets
from delegations.overview.admin.member_filters import (
    MemberCategoryFilter,
    MemberLacksFilter,
    MemberPartyFilter,
    VettedFilter,
    with_lacks,
)
from delegations.parties.admin.party_column import PartyColumn
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.filters import presence
from summit.admin_base.messages import add_undoable, written
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.return_path import posted_return_path
from summit.admin_base.row_keys import key_of
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.core.punctuation import comma, pair
from summit.permissions.rules import allows
from summit.undo import services as undo

FIELDS: list[Any] = ["person", "party", "category", "state_word", "named"]
NAME, WITHDRAW = "delegations.name", "delegations.withdraw"
# At most this many members are withdrawn within the request, because badges, letters and visits end too. A job
# withdraws larger numbers.
FEW = 10


@admin.register(Membership)
class MembershipAdmin(PartyColumn, ReadOnlyAdmin):
    """The admin of the members of all parties."""

    place = 2
    summit_path = "party__summit"
    list_display = ["who", "party_name", "category", "state_word", "vetted", "lacks"]
    further_columns = ("named",)
    phone_columns = ("party_name", "state_word")
    row_source = RowSource(
        gettext_lazy("Focal points name people in the portal; desks do so on the delegation’s page."),
        gettext_lazy("Choose a delegation"),
        "delegations.name",
        model="delegations.party",
    )
    list_filter = [
        "party__summit",
        MemberPartyFilter,
        MemberCategoryFilter,
        ("confirmed_at", presence(gettext_lazy("awaiting confirmation"), pgettext_lazy("member", "confirmed"))),
        VettedFilter,
        MemberLacksFilter,
    ]
    list_select_related = ["party__summit", "person", "category"]
    search_fields = ["person__name", "person__office", "party__name"]
    ordering = ["party__sort_key", "party", "position", "pk"]
    actions = ["confirm", "move", "withdraw"]
    nothing_yet = gettext_lazy(
        "No people named yet. Focal points name people in the portal; you can also name them on a delegation’s page."
    )
    fields = readonly_fields = FIELDS
    change_form_template = "admin/delegations/membership/change_form.html"
    of_person = "person"
    page_shows = list_shows = ("person",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return members, annotated with the data that is missing for them (`with_lacks`)."""
        return with_lacks(super().get_queryset(request))

    def has_name_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may name people in any summit."""
        return allows(request.user, NAME, None)

    @written
    @admin.display(description=gettext_lazy("person"), ordering="person__name")
    def who(self, row: Membership) -> str:
        """Show the person's name and office."""
        return row.person.label

    @admin.display(description=gettext_lazy("state"), ordering="confirmed_at")
    def state_word(self, row: Membership) -> SafeString:
        """Show whether the member is confirmed."""
        sign, label = (
            ("wait", _("awaiting confirmation"))
            if row.confirmed_at is None
            else ("good", pgettext("member", "confirmed"))
        )
        return format_html('<span class="state" data-state="{}">{}</span>', sign, label)

    @admin.display(description=gettext_lazy("vetted"), ordering="category__vetted", boolean=True)
    def vetted(self, row: Membership) -> bool:
        """Show whether people in the member's category are vetted."""
        return row.category.vetted

    @admin.display(description=gettext_lazy("missing"))
    def lacks(self, row: Any) -> str:
        """Show which data is missing for the member: passport number, photograph, arrival."""
        missing = [
            label
            for name, label in (
                ("passport", _("passport number")),
                ("photo", _("photograph")),
                ("arrival", _("arrival")),
            )
            if getattr(row, f"lacks_{name}")
        ]
        return comma().join(missing) or "–"

    @admin.display(description=gettext_lazy("named on"))
    def named(self, row: Membership) -> str:
        """Show when the member was named."""
        return moment(row.created_at, row.party.summit)

    @admin.action(description=gettext_lazy("Confirm"), permissions=["name"])
    def confirm(self, request: HttpRequest, queryset: models.QuerySet[Membership]) -> HttpResponse:
        """Confirm the chosen members."""
        return self._confirm(request, self._first(request, queryset))

    @admin.action(description=gettext_lazy("Move to another category"), permissions=["name"])
    def move(self, request: HttpRequest, queryset: models.QuerySet[Membership]) -> HttpResponse:
        """Redirect to the page that asks for the new category of the chosen members."""
        return redirect(_with_rows(request, "move", self._first(request, queryset)))

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["name"])
    def withdraw(self, request: HttpRequest, queryset: models.QuerySet[Membership]) -> HttpResponse:
        """Withdraw the chosen members, or ask first (`_withdraw`)."""
        return self._withdraw(request, self._first(request, queryset))

    def _first(self, request: HttpRequest, queryset: models.QuerySet[Membership]) -> list[Membership]:
        """Return the first MOST members. A message says so if there are more."""
        rows = list(queryset.select_related("party__summit", "person", "category").order_by("pk")[: MOST + 1])
        if len(rows) > MOST:
            message = _("You can change %(n)d members at a time. These are the first %(n)d; repeat for the others.")
            messages.warning(request, message % {"n": MOST})
        return rows[:MOST]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a member. Users who may name people for the party also get the buttons that change the member."""
        row = self.admit(request, "view", object_id)
        context = {"may_name": allows(request.user, NAME, row.party.summit, row.party), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @model_page("<int:pk>/replace/", "replace", do=WITHDRAW, own=True)
    def replace_view(self, request: HttpRequest, row: Membership) -> HttpResponse:
        """Show the people who can take a member's place; a POST puts one of them there."""
        return replace_page(request, row)

    def _chosen(self, request: HttpRequest) -> list[Membership]:
        rows = self.get_queryset(request).filter(pk__in=selections.chosen_keys(request)[:MOST])
        return list(rows.select_related("party__summit", "person", "category"))

    @model_page("confirm/", "confirm", "POST", do=NAME)
    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        """Confirm the members `row`."""
        return self._confirm(request, self._chosen(request))

    def _confirm(self, request: HttpRequest, rows: list[Membership]) -> HttpResponse:
        with undo.grouped() as act:
            targets = bulk_changes.confirm(memberships=rows, by=user_of(request))
        message = ngettext("%(n)d member confirmed.", "%(n)d members confirmed.", len(targets.to))
        return self._done(request, targets, (_("%(person)s confirmed."), message), act)

    @model_page("move/", "move", do=NAME)
    def move_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the new category of the members in `?row=`. A POST with `category` moves them."""
        rows = self._chosen(request)
        choices = categories.of(rows[0].party.summit) if rows else []
        category_pk = key_of(request.POST.get("category", ""))
        category = next((row for row in choices if row.pk == category_pk), None)
        if category is None:
            return self._ask_category(request, rows, choices)
        with undo.grouped() as act:
            targets = bulk_changes.move(memberships=rows, category=category, by=user_of(request))
        message = ngettext("%(n)d member moved.", "%(n)d members moved.", len(targets.to))
        return self._done(request, targets, (_("%(person)s moved."), message), act)

    @model_page("withdraw/", "withdraw", do=WITHDRAW)
    def withdraw_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether to withdraw the members in `?row=`. A POST withdraws them, or asks (`_withdraw`)."""
        rows = self._chosen(request)
        return self._withdraw(request, rows) if request.method == "POST" else self._ask_withdrawal(request, rows)

    def _withdraw(self, request: HttpRequest, rows: list[Membership]) -> HttpResponse:
        """Withdraw members at once, if undoing brings everything back; else show the page that asks.

        That page posts `confirmed`. More than FEW members are withdrawn by a job, after asking. The job's page shows
        the result for each.
        """
        user, confirmed = user_of(request), "confirmed" in request.POST
        if len(rows) > FEW and confirmed:
            jobs = bulk_withdrawal_job.ask(memberships=rows, by=user)
            # There is one job for each summit of the chosen members.
            return redirect("admin:jobs_job", jobs[0].public_id) if len(jobs) == 1 else redirect("admin:jobs")
        if len(rows) > FEW:
            return redirect(_with_rows(request, "withdraw", rows))
        try:
            with undo.grouped() as act:
                targets = bulk_changes.withdraw(memberships=rows, by=user, confirmed=confirmed)
        except bulk_changes.EndsForGood as problem:
            return self._ask_withdrawal(request, rows, problem.ended)
        message = ngettext("%(n)d member withdrawn.", "%(n)d members withdrawn.", len(targets.to))
        return self._done(request, targets, (_("%(person)s was withdrawn."), message), act)

    def _ask_withdrawal(
        self, request: HttpRequest, rows: list[Membership], ended: Sequence[str] = ()
    ) -> HttpResponse:
        """Ask before members are withdrawn. `ended` says what ends with it, if that is known."""
        targets = bulk_changes.to_withdraw(memberships=rows, by=user_of(request))
        party_names.call(row.party for row in targets.to)
        number = len(targets.to)
        title = ngettext("Withdraw %(n)d member", "Withdraw %(n)d members", number) % {"n": number}
        sentence = _("Their badges and visa letters are cancelled at once. Protocol decides on their handovers.")
        if ended:
            sentence = _(
                "This also ends: %(what)s. Undo makes them members again, with new badges where possible. The rest "
                "is not restored."
            ) % {"what": comma().join(ended)}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "sentence": sentence,
            "rows": targets.to[: selections.NAMED],
            "further": len(targets.to[selections.NAMED :]),
            "row_inputs": selections.inputs_of(request, [row.pk for row in targets.to]),
            "back": _list(targets.to),
        }
        return TemplateResponse(request, "admin/delegations/overview/confirm_withdrawal.html", context)

    def _ask_category(self, request: HttpRequest, rows: list[Membership], choices: list[Category]) -> HttpResponse:
        number = len(rows)
        party_names.call(row.party for row in rows)
        message = ngettext("Move %(n)d member to another category", "Move %(n)d members to another category", number)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": message % {"n": number},
            "rows": rows[: selections.NAMED],
            "further": len(rows[selections.NAMED :]),
            "row_inputs": selections.inputs_of(request, [row.pk for row in rows]),
            "choices": choices,
            "back": _list(rows),
        }
        return TemplateResponse(request, "admin/delegations/overview/choose_category.html", context)

    def _done(
        self, request: HttpRequest, targets: BulkChangeTargets, words: tuple[str, str], act: undo.UndoGroup
    ) -> HttpResponse:
        """Say what is done, with `words` for one person and for any other number.

        Go back to the page `next` that the button posts, or else to the members' party.
        """
        if len(targets.to) == 1:
            message = words[0] % {"person": targets.to[0].person.label}
        else:
            message = words[1] % {"n": len(targets.to)}
        add_undoable(request, message, act)
        for row, reason in targets.skipped[:20]:
            messages.warning(request, pair(row.person.label, reason))
        rows = [*targets.to, *(row for row, _why in targets.skipped)]
        return redirect(posted_return_path(request) or _list(rows))


def _with_rows(request: HttpRequest, name: str, rows: Iterable[Membership]) -> str:
    """Return the URL of a page about these members."""
    query = selections.query_of(request, [row.pk for row in rows])
    return f"{reverse(f'admin:delegations_membership_{name}')}?{query}"


def _list(rows: list[Membership]) -> str:
    """Return the URL to go back to: the page of the members' party, or the list if they are of several parties."""
    parties = {row.party_id for row in rows}
    if len(parties) == 1:
        return reverse("admin:delegations_party_detail", args=[parties.pop()]) + "#members"
    return reverse("admin:delegations_membership_changelist")
