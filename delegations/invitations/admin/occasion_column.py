"""What an invitation is to, in lists and on its page: the summit, or one of its sessions as it is called now."""

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
from summit.templatetags.content import own

SUMMIT, SESSIONS = "summit", "sessions"


def tell(rows: Iterable[Invitation]) -> None:
    """Let invitations say what they are to: `occasion_found`. A query for each summit that asks to sessions."""
    keys: dict[Summit, set[str]] = {}
    rows = list(rows)
    for row in rows:
        if row.occasion:
            keys.setdefault(row.party.summit, set()).add(row.occasion)
    found = {
        key: row for summit, named in keys.items() for key, row in invitable_sessions.find(summit, named).items()
    }
    for row in rows:
        row.occasion_found = found.get(row.occasion)  # type: ignore[attr-defined]


def words(row: Invitation) -> SafeString | str:
    """Say what an invitation is to; of a session that is gone, that it is."""
    if not row.occasion:
        return _("the summit")
    if not hasattr(row, "occasion_found"):
        tell([row])
    found: invitable_sessions.Occasion | None = row.occasion_found  # type: ignore[attr-defined]
    return own(found.title, row.party.summit) if found else _("a session that is no longer in the agenda")


class OccasionColumn:
    """The column. One query for a list's page, and one on an invitation's own."""

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Find the sessions of a page."""
        super().make_ready(request, rows)  # type: ignore[misc]
        tell(rows)

    @admin.display(description=pgettext_lazy("invitation", "to"), ordering="occasion")
    def occasion_word(self, row: Invitation) -> SafeString | str:
        """Show what it is to."""
        return words(row)


class OccasionFilter(admin.SimpleListFilter):
    """Invitations by what they are to: the summit, any session, or one of those to which somebody is invited."""

    title = pgettext_lazy("invitation", "to")
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Offer the sessions of the summit that is worked for, in the order of its agenda. Two queries."""
        offered: list[tuple[str, Any]] = [
            (SUMMIT, gettext_lazy("the summit")),
            (SESSIONS, gettext_lazy("any session")),
        ]
        summit = chosen_summit(request, summits_of(request))
        if summit is None or not model_admin.has_view_permission(request):
            return offered
        rows = Invitation.objects.filter(party__summit=summit).exclude(occasion="").order_by()
        keys = rows.values_list("occasion", flat=True).distinct()
        found = invitable_sessions.find(summit, keys)
        return [*offered, *((key, own(row.title, summit)) for key, row in found.items())]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        wanted = self.value()
        if not wanted:
            return queryset
        if wanted == SESSIONS:
            return queryset.exclude(occasion="")
        return queryset.filter(occasion="" if wanted == SUMMIT else wanted)
