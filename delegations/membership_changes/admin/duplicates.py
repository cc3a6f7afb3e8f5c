"""The list of people who may be entered twice, on which protocol decides."""

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
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.services import duplicates
from delegations.membership_changes.admin.merging import merge_page
from delegations.parties.party_display import line
from delegations.parties.selectors import party_names
from summit.admin_base import selections
from summit.admin_base.filters import presence
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.permissions.rules import allows
from summit.templatetags.text_direction import own
from summit.users.models import User

CHANGE = "delegations.duplicatecandidate.change"
FIELDS: list[Any] = ["person_of", "other_of", "why", "noticed_at", "decided_at", "decided_by"]


def _name_parties(rows: Iterable[DuplicateCandidate]) -> None:
    """Set the names in the reader's language on the parties of these people. Makes one query."""
    memberships = [getattr(person, "membership", None) for row in rows for person in (row.person, row.other)]
    party_names.call(membership.party for membership in memberships if membership is not None)


def _with_party(person: Any) -> SafeString | str:
    """Return a person's name with their party as HTML. Makes one query, unless `_name_parties` was called before."""
    membership, name = getattr(person, "membership", None), own(person.label, "")
    if membership is None:
        return name
    named = getattr(membership.party, "reads_as", None) or party_names.to_reader(membership.party)
    return format_html('{} <span class="muted">{}</span>', name, line(named))


@admin.register(DuplicateCandidate)
class DuplicateCandidateAdmin(ReadOnlyAdmin):
    """The admin of pairs of people who may be the same person."""

    place = 3
    menu_group = MenuGroup.DECISIONS
    summit_path = "person__summit"
    list_display = ["person_of", "other_of", "why", "noticed_at", "decide"]
    row_source = RowSource(gettext_lazy("Each new person is checked for duplicates."))
    list_filter = [
        "person__summit",
        ("decided_at", presence(gettext_lazy("pending"), gettext_lazy("not duplicates"))),
        "why",
    ]
    list_select_related = ["person__summit", "person__membership__party", "other__membership__party"]
    search_fields = ["person__name", "other__name"]
    nothing_yet = gettext_lazy("No possible duplicates.")
    fields = FIELDS
    readonly_fields = FIELDS
    actions = ["tell_apart"]
    page_shows = list_shows = ("person", "other")

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Set the names of the people's parties on the rows of a page."""
        _name_parties(rows)

    def people_on_page(self, row: Any) -> list[str]:
        """Return the public ids of both people."""
        return [row.person.public_id, row.other.public_id]

    def people_in_list(self, rows: list[Any]) -> list[str]:
        """Return the public ids of both people of each row."""
        return [person.public_id for row in rows for person in (row.person, row.other)]

    @admin.display(description=gettext_lazy("person"))
    def person_of(self, row: Any) -> SafeString | str:
        """Show the person who was entered later, with their party."""
        return _with_party(row.person)

    @admin.display(description=gettext_lazy("resembles"))
    def other_of(self, row: Any) -> SafeString | str:
        """Show the person who was entered earlier, with their party."""
        return _with_party(row.other)

    @admin.display(description=gettext_lazy("decision"))
    def decide(self, row: Any) -> Any:
        """Show the decision, or a link to the page on which the pair is merged or told apart."""
        if row.decided_at is not None:
            return _("not duplicates")
        url = reverse("admin:delegations_duplicatecandidate_merge", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("Merge or dismiss"))

    def has_tell_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may decide on pairs in any summit."""
        return allows(request.user, CHANGE, None)

    @admin.action(description=gettext_lazy("Not duplicates"), permissions=["tell"])
    def tell_apart(self, request: HttpRequest, queryset: models.QuerySet[DuplicateCandidate]) -> HttpResponse:
        """Redirect to the page that asks for confirmation, with those of the chosen pairs that are undecided."""
        keys = queryset.filter(decided_at__isnull=True).order_by("pk").values_list("pk", flat=True)
        url = reverse("admin:delegations_duplicatecandidate_tell_apart")
        return redirect(f"{url}?{selections.query_of(request, keys)}")

    @model_page("<int:pk>/merge/", "merge", do=CHANGE)
    def merge_view(self, request: HttpRequest, row: DuplicateCandidate) -> HttpResponse:
        """Show both people side by side; a POST keeps the person in `keep` and merges the other one into them."""
        return merge_page(request, row)

    @model_page("tell-apart/", "tell_apart", do=CHANGE)
    def tell_apart_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for confirmation for the pairs in `?row=`; a POST marks each as two different people."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        undecided = self.get_queryset(request).filter(decided_at__isnull=True)
        related = ("person__summit", "person__membership__party", "other__membership__party")
        rows = list(undecided.filter(pk__in=selections.chosen_keys(request)).select_related(*related))
        back = reverse("admin:delegations_duplicatecandidate_changelist")
        if request.method == "POST":
            number = duplicates.decide(rows=rows, by=request.user)
            message = ngettext(
                "%(n)d pair marked as not duplicates.", "%(n)d pairs marked as not duplicates.", number
            )
            messages.success(request, message % {"n": number})
            return redirect(back)
        _name_parties(rows)
        title = ngettext("Mark %(n)d pair as not duplicates", "Mark %(n)d pairs as not duplicates", len(rows)) % {
            "n": len(rows)
        }
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "pairs": [(_with_party(row.person), _with_party(row.other)) for row in rows[: selections.NAMED]],
            "further": len(rows[selections.NAMED :]),
            "row_inputs": selections.inputs_of(request, [row.pk for row in rows]),
            "back": back,
        }
        return TemplateResponse(request, "admin/delegations/membership_changes/tell_apart.html", context)
