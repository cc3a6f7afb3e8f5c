"""A list column and a filter with the target of an invitation: the summit, or a session under its present title."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegations.invitations import invitable_sessions
from delegations.invitations.models.invitations import Invitation
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.summits.models import Summit
from summit.templatetags.text_direction import own

SUMMIT, SESSIONS = "summit", "sessions"


def add_occasions(rows: Iterable[Invitation]) -> None:
    """Set `occasion_found` on invitations: the session to which they invite, or None.

    Makes one query for each summit with invitations to sessions.
    """
    keys: dict[Summit, set[str]] = {}
    rows = list(rows)
    for row in rows:
        if row.occasion:
            keys.setdefault(row.party.summit, set()).add(row.occasion)
    occasion_by_key = {
        key: row
        for summit, summit_keys in keys.items()
        for key, row in invitable_sessions.find(summit, summit_keys).items()
    }
    for row in rows:
        row.occasion_found = occasion_by_key.get(row.occasion)  # type: ignore[attr-defined]


def occasion_title(row: Invitation) -> SafeString | str:
    """Return the target of an invitation: "the summit", the session's title, or a text that the session is gone."""
    if not row.occasion:
        return _("the summit")
    if not hasattr(row, "occasion_found"):
        add_occasions([row])
    occasion: invitable_sessions.Occasion | None = row.occasion_found  # type: ignore[attr-defined]
    return own(occasion.title, row.party.summit) if occasion else _("a session no longer in the agenda")


class OccasionColumn:
    """Adds the column with the target of an invitation. Makes one query for each page of the list, and one on an
    invitation's own page."""

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Find the sessions of all invitations on a page."""
        super().make_ready(request, rows)  # type: ignore[misc]
        add_occasions(rows)

    @admin.display(description=pgettext_lazy("invitation", "for"), ordering="occasion")
    def occasion_word(self, row: Invitation) -> SafeString | str:
        """Return the target of the invitation: the summit, or the session's title."""
        return occasion_title(row)


class OccasionFilter(admin.SimpleListFilter):
    """Filters invitations by their target: the summit, any session, or a session to which somebody is invited."""

    title = pgettext_lazy("invitation", "for")
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the choices: the summit, any session, and the sessions of the chosen summit with invitations. Makes
        two queries.

        The sessions are in the agenda's order.
        """
        offered: list[tuple[str, Any]] = [
            (SUMMIT, gettext_lazy("the summit")),
            (SESSIONS, gettext_lazy("any session")),
        ]
        summit = chosen_summit(request, summits_of(request))
        if summit is None or not model_admin.has_view_permission(request):
            return offered
        rows = Invitation.objects.filter(party__summit=summit).exclude(occasion="").order_by()
        keys = rows.values_list("occasion", flat=True).distinct()
        occasions = invitable_sessions.find(summit, keys)
        return [*offered, *((key, own(row.title, summit)) for key, row in occasions.items())]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the invitations to the chosen target, or all invitations if no target is chosen."""
        chosen = self.value()
        if not chosen:
            return queryset
        if chosen == SESSIONS:
            return queryset.exclude(occasion="")
        return queryset.filter(occasion="" if chosen == SUMMIT else chosen)
