"""A page that asks a desk user for the reason of a decision before it is made."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

# Makes the decision with the reason that was entered. Raises one of `problems`.
Decide = Callable[[str], None]


def ask_reason(
    request: HttpRequest,
    site: Any,
    *,
    title: str,
    sentence: str,
    button: str,
    back: str,
    done: str,
    decide: Decide,
    problems: tuple[type[Exception], ...],
    longest: int,
    hint: str = "",
    names: Sequence[str] = (),
    further: int = 0,
) -> HttpResponse:
    """Show a page that asks for the reason of a decision. On POST, call `decide` with the reason and redirect to
    `back`.

    If `decide` raises one of `problems`, the page is shown again with status 422 and the error beside the reason.
    `hint` says who reads the reason; by default it says that the delegation does. `names` lists the rows that the
    decision is about, and `further` is the number of those that aren't named.
    """
    reason, error = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            decide(reason)
        except problems as problem:
            error = str(problem)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        **site.each_context(request),
        "title": title,
        "sentence": sentence,
        "button": button,
        "back": back,
        "reason": reason,
        "error": error,
        "longest": longest,
        "hint": hint or _("Shown to the delegation."),
        "names": names,
        "further": further,
    }
    return TemplateResponse(request, "admin/delegations/core/reason_page.html", context, status=422 if error else 200)
