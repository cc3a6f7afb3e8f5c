"""Filters of the list of parties: by state of invitation, by level, and by what is missing."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.invitations.selectors import invitation_status
from delegations.overview.selectors import completeness
from delegations.parties.models.parties import Level

# The query parameter's value for parties that didn't state a level.
UNSAID = "unsaid"


class AnswerFilter(admin.SimpleListFilter):
    """Filters parties by the state of their invitation."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the keys of `invitation_status.STANDINGS` as choices."""
        return [
            ("uninvited", _("not invited")),
            ("invited", _("invited")),
            ("open", _("awaiting answer")),
            ("answered", _("answered")),
            ("attending", _("attending")),
            ("regrets", _("regrets")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to parties with an invitation in the chosen state."""
        condition = invitation_status.STANDINGS.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class GapFilter(admin.SimpleListFilter):
    """Filters parties by what is missing for them, such as a mailbox or a head of delegation."""

    title = _("missing")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the keys of `completeness.GAPS` as choices."""
        return [
            ("mailbox", _("email address")),
            ("head", _("head of delegation (attending)")),
            ("focal", _("focal point (attending)")),
            ("badge", _("badges (attending)")),
            ("passport", _("passport data for vetting (attending)")),
            ("decision", _("decision on a declaration")),
            ("handover", _("decision on a handover")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to parties for which the chosen item is missing."""
        condition = completeness.GAPS.get(self.value() or "")
        return queryset if condition is None else completeness.with_gaps(queryset).filter(condition)


class AttendanceLevelFilter(admin.SimpleListFilter):
    """Filters attending parties by the level at which they attend."""

    title = _("level of attendance")
    parameter_name = "comes_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return all levels as choices, and a choice for parties that stated no level."""
        return [*Level.choices, (UNSAID, _("not specified"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to parties that attend at the chosen level. Without a choice, return it unchanged."""
        level = "" if self.value() == UNSAID else self.value()
        if (level and level not in Level.values) or self.value() is None:
            return queryset
        return queryset.filter(invitation_status.STANDINGS["attending"], comes_at=level)
