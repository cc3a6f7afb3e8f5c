"""Pages by which a desk decides something about a row: with a reason, or several rows at once after asking."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

# Does it with the reason that was written. Raises what `problems` names.
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
) -> HttpResponse:
    """Ask for the reason of a decision, and on POST decide; what is wrong is said where the reason is written."""
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
    }
    return TemplateResponse(request, "admin/delegations/reason.html", context, status=422 if error else 200)
