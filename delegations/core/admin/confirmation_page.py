"""The page that asks for confirmation before an action on several rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from summit.admin_base import selections


@dataclass(frozen=True)
class RowName:
    """The name of a row on the page: a text, a party's name (`NamedParty`) as the user reads it, or both.

    `note` distinguishes it from other rows with the same name.
    """

    words: str = ""
    party: object | None = None
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
    names: Iterable[RowName] | None = None,
    nothing: str = "",
    danger: bool = True,
) -> HttpResponse:
    """Return the confirmation page for an action on rows. `button` posts the rows (`selections.chosen_keys`) to the
    URL `action`, and `back` is the URL of the link that cancels.

    `names` are the rows' names, if they differ from `str(row)`. `nothing` is shown if there are no rows.
    """
    rows = list(rows)
    row_names = [RowName(str(row)) for row in rows] if names is None else list(names)
    context = {
        **site.each_context(request),
        "title": title,
        "sentence": sentence,
        "button": button,
        "action": action,
        "back": back,
        "names": row_names[: selections.NAMED],
        "further": len(row_names[selections.NAMED :]),
        "row_inputs": selections.inputs_of(request, [row.pk for row in rows]),
        "nothing": nothing,
        "danger": danger,
    }
    return TemplateResponse(request, "admin/delegations/core/confirmation_page.html", context)
