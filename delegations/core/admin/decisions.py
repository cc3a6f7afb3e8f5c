"""Pages by which a desk decides something about a row: with a reason, or several rows at once after asking."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

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
    hint: str = "",
    names: Sequence[str] = (),
) -> HttpResponse:
    """Ask for the reason of a decision, and on POST decide; what is wrong is said where the reason is written. `hint`
    says who reads it, where it isn't the delegation; `names` are what is decided about, where it is several."""
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
        "hint": hint or _("The delegation reads it."),
        "names": names,
    }
    return TemplateResponse(request, "admin/delegations/reason.html", context, status=422 if error else 200)
