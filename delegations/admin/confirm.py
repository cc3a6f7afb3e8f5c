"""The page that says what will be done to how many, before it is done."""

from collections.abc import Iterable

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


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
) -> HttpResponse:
    """Return the page: `button` posts the rows' keys as `row` to `action`, `back` leads away from it."""
    context = {
        **site.each_context(request),
        "title": title,
        "sentence": sentence,
        "button": button,
        "action": action,
        "back": back,
        "rows": list(rows),
    }
    return TemplateResponse(request, "admin/delegations/confirm.html", context)
