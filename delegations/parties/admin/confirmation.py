"""The page that says what will be done to how many, before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from delegations.parties.selectors.party_names import Named


@dataclass(frozen=True)
class Called:
    """What a row is called: in words of whatever language, by a party as the reader names it, or by both; `note` says
    what tells it from others of that name."""

    words: str = ""
    party: Named | None = None
    note: str = ""


def confirm(
    request: HttpRequest,
    site: AdminSite,
    *,
    title: str,
    sentence: str,
    button: str,
    action: str,
    back: str,
    rows: Iterable[models.Model] = (),
    names: Iterable[Called] | None = None,
    nothing: str = "",
    danger: bool = True,
) -> HttpResponse:
    """Return the page: `button` posts the rows' keys as `row` to `action`, `back` leads away from it. `names` are
    what the rows are called, where that isn't how they name themselves; `nothing` is said where there are none."""
    rows = list(rows)
    named = [Called(str(row)) for row in rows] if names is None else list(names)
    context = {
        **site.each_context(request),
        "title": title,
        "sentence": sentence,
        "button": button,
        "action": action,
        "back": back,
        "rows": list(zip([row.pk for row in rows], named, strict=True)),
        "nothing": nothing,
        "danger": danger,
    }
    return TemplateResponse(request, "admin/delegations/confirm.html", context)
