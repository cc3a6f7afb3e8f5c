"""A page on which rows are put in order by hand, with mouse or keyboard, with or without scripts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from delegations.core import row_order
from delegations.core.services import rows
from summit.admin_base.row_keys import key_of

MOVES = (row_order.UP, row_order.DOWN, row_order.TOP)


def arrange(
    request: HttpRequest,
    *,
    title: str,
    items: Sequence[tuple[int, str]],
    save: Callable[[list[int], str], None],
    back: tuple[str, str],
    may_change: bool,
) -> HttpResponse:
    """Show `items` (primary key, name) in their order, and store a new order on POST.

    A POST with `move=up:KEY` (or down, top) moves one row on the page and stores nothing yet. Any other POST calls
    `save` with the keys in the entered order, and with the mark of the order that the page showed. If `save` raises
    OrderChanged, the page shows the error with status 409. `back` is the name and the URL of the list that the page
    belongs to.
    """
    keys = [key for key, _name in items]
    expected, refused, focus = rows.mark(keys), "", ""
    if request.method == "POST":
        keys = _submitted_order(request, keys)
        posted_mark = request.POST.get("expected", "")[:16]
        direction, _colon, key_text = request.POST.get("move", "").partition(":")
        chosen = key_of(key_text)
        if direction in MOVES and chosen in keys:
            keys, focus, expected = row_order.moved(keys, chosen, direction), f"{direction}:{chosen}", posted_mark
        else:
            try:
                save(keys, posted_mark)
            except row_order.OrderChanged as changed:
                # The page now carries the other order's mark: saving again replaces that order knowingly.
                refused = str(changed)
            else:
                messages.success(request, _("Order saved."))
                return redirect(request.path)
    names = dict(items)
    listed = [(place, key, names[key]) for place, key in enumerate(keys, start=1)]
    values: dict[str, Any] = {
        "title": title,
        "rows": listed,
        "expected": expected,
        "refused": refused,
        "focus": focus,
    }
    values |= {"unsaved": request.method == "POST", "back": back, "here": request.path, "may_change": may_change}
    context = {**admin.site.each_context(request), **values}
    return TemplateResponse(
        request, "admin/delegations/core/ordering_page.html", context, status=409 if refused else 200
    )


def _submitted_order(request: HttpRequest, keys: list[int]) -> list[int]:
    """Return the keys in the order of the numbers entered on the page. Rows without a number come last."""
    numbers, previous = {}, {}
    for key in keys:
        number, previous_number = (key_of(request.POST.get(f"{name}-{key}", "")) for name in ("place", "was"))
        if number:
            numbers[key] = number
        if previous_number:
            previous[key] = previous_number
    entered = row_order.by_numbers(numbers, previous)
    return [*entered, *(key for key in keys if key not in numbers)]
