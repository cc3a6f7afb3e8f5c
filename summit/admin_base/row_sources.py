"""Where the rows of a list come from, for lists without a button that adds one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.sites import site
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from summit.admin_base.summit_scope import chosen_summit, list_scope, summits_of
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import RULES, allows


@dataclass(frozen=True)
class RowSource:
    """Where the rows of a list come from: a sentence, and optionally the page where the user can add one.

    `label` is the link to that page, and `action` the permission to open it. The page is the list of the model
    `model`, such as "delegations.party", with the query parameters `narrowed`; or the page of the chosen summit with
    the URL name `view`, which takes `?summit=`. With `primary`, the link is the list's button.
    """

    sentence: Promise | str
    label: Promise | str = ""
    action: str = ""
    model: str = ""
    narrowed: tuple[tuple[str, str], ...] = ()
    view: str = ""
    primary: bool = False

    def link(self, request: HttpRequest) -> tuple[str, str] | None:
        """Return (URL, label) of the page, or None if there is none or the user may not open it."""
        summit = chosen_summit(request, summits_of(request))
        if not self.label or summit is None or not allows(request.user, self.action, summit):
            return None
        if self.view:
            return f"{reverse(self.view)}?{urlencode({'summit': summit.slug})}", str(self.label)
        desk = next(desk for model, desk in site._registry.items() if model._meta.label_lower == self.model)
        name = f"admin:{desk.opts.app_label}_{desk.opts.model_name}_changelist"
        scope = list_scope(request, desk, summit)
        query = f"{scope}{'&' if scope else '?'}{urlencode(self.narrowed)}" if self.narrowed else scope
        return f"{reverse(name)}{query}", str(self.label)


def sentence_of(desk: Any) -> str:
    """Return the sentence for users who can't add rows: where rows come from, or the roles that may add them.

    `desk` is the ModelAdmin. Return "" if it declares no source and nobody may add rows.
    """
    if desk.row_source is not None:
        return str(desk.row_source.sentence)
    action = desk.permission_for("add")
    return "" if action == NOBODY else _("Roles that can add one: %(roles)s.") % {"roles": RULES[action].names()}
