"""Sign-ups in the admin: the list, and its export."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from delegations.core import table_writers
from delegations.core.admin.list_tools import ToolsMixin
from delegations.parties.selectors import party_names
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.signups.admin.open_sessions import OPEN, OpenSessionsMixin
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.row_sources import RowSource
from summit.audit.services import By
from summit.templatetags.moments import day_clock, short_clock

SUMMIT_PATHS.update({SignUp: "session__summit"})
SIGNS = {SignUpState.PLACE.value: "good", SignUpState.WAITING.value: "wait"}


class SessionFilter(admin.SimpleListFilter):
    """Filter by session, among the sessions with sign-ups."""

    title = pgettext_lazy("label", "session")
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the sessions, ordered by time."""
        rows = model_admin.get_queryset(request).order_by("session__starts_at", "session")
        return list(dict(rows.values_list("session__public_id", "session__title")).items())

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sign-ups for the chosen session."""
        return queryset.filter(session__public_id=self.value()) if self.value() else queryset


@admin.register(SignUp)
class SignUpAdmin(OpenSessionsMixin, ToolsMixin, ReadOnlyAdmin):
    """Sign-ups by session, in the order of signing up.

    Delegates and focal points take and give back places in the portal; the waiting list moves up automatically.
    """

    place = 4
    change_list_template = "admin/agenda/signup/change_list.html"
    summit_path = "session__summit"
    group_column = "session_title"
    list_display = ["session_title", "who", "party", "state_word", "since"]
    phone_columns = ("who", "state_word")
    row_source = RowSource(
        gettext_lazy("Delegates sign up in the portal for sessions open for sign-up."),
        gettext_lazy("Open a session for sign-up"),
        OPEN,
        view="admin:agenda_signup_open",
        primary=True,
    )
    list_filter = ["session__summit", SessionFilter, "state"]
    list_select_related = ["session__summit", "person__membership__party"]
    search_fields = ["person__name", "person__office", "session__title"]
    ordering = ["session__starts_at", "session", "signed_up_at", "pk"]
    fields = readonly_fields = ("session_title", "who", "party", "state_word", "since")
    of_person = "person"
    page_shows = list_shows = ("person",)
    nothing_yet = gettext_lazy("No sign-ups yet. Delegates sign up in the portal for sessions open for sign-up.")

    @admin.display(description=pgettext_lazy("label", "session"), ordering="session__starts_at")
    def session_title(self, row: SignUp) -> str:
        """Return the title of the session."""
        return row.session.title

    def group_of(self, row: SignUp) -> str:
        """Return the group heading of a sign-up: its session and the session's start."""
        return f"{row.session.title} · {day_clock(row.session.starts_at, row.session.summit)}"

    @admin.display(description=gettext_lazy("person"), ordering="person__name")
    def who(self, row: SignUp) -> str:
        """Return the name of the person."""
        return row.person.label

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Load the names of the parties on a page."""
        members = [(row, getattr(row.person, "membership", None)) for row in rows]
        names = party_names.to_readers(member.party_id for _row, member in members if member is not None)
        for row, member in members:
            row.party_named = names.get(member.party_id) if member is not None else None

    @admin.display(description=pgettext_lazy("label", "delegation"))
    def party(self, row: SignUp) -> str:
        """Return the name of the person's party."""
        membership = getattr(row.person, "membership", None)
        if membership is None:
            return "–"
        party_name = getattr(row, "party_named", None) or party_names.to_reader(membership.party)
        return party_name.name

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_word(self, row: SignUp) -> SafeString:
        """Return whether the person has a place, as a label."""
        label = SignUpState(row.state).label
        return format_html('<span class="state" data-state="{}">{}</span>', SIGNS[row.state], label)

    @admin.display(description=gettext_lazy("signed up on"), ordering="signed_up_at")
    def since(self, row: SignUp) -> str:
        """Return the time of the sign-up."""
        return short_clock(row.signed_up_at, row.session.summit)

    def table(self, rows: models.QuerySet[Any], by: By) -> table_writers.ExportedTable:
        """Return the rows of the list as a table for export."""
        return table(rows)


def table(rows: models.QuerySet[SignUp]) -> table_writers.ExportedTable:
    """Return sign-ups as a table for export: session, its start, person, party, state, and time of the sign-up."""
    headings = [
        pgettext_lazy("label", "session"),
        gettext_lazy("starts"),
        pgettext_lazy("label", "person"),
        pgettext_lazy("label", "delegation"),
        gettext_lazy("state"),
        gettext_lazy("signed up on"),
    ]
    books: dict[int, party_names.Book] = {}
    table_rows, people = [], []
    related = ("session__summit", "person__membership__party")
    for row in rows.select_related(*related).iterator(chunk_size=table_writers.AT_ONCE):
        summit, membership = row.session.summit, getattr(row.person, "membership", None)
        if summit.pk not in books:
            books[summit.pk] = party_names.book(summit, get_language() or summit.language)
        party = books[summit.pk].of(membership.party) if membership else None
        table_rows.append(
            [
                row.session.title,
                day_clock(row.session.starts_at, summit),
                row.person.label,
                party.name if party else "",
                str(SignUpState(row.state).label),
                day_clock(row.signed_up_at, summit),
            ]
        )
        people.append((summit.pk, row.person.public_id))
    names = ("session", "starts", "person", "party", "state", "signed_up")
    return table_writers.ExportedTable(names, [str(heading) for heading in headings], table_rows, people, ("person",))
