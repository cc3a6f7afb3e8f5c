"""The address to which the desk's "Undo" buttons post."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from summit.admin_base.pages import desk_page
from summit.admin_base.service_admin import user_of
from summit.undo import services
from summit.undo.kinds import UndoRefused

# At most this many sentences about single rows are shown.
MOST = 20


@desk_page("undo/", "undo", "POST")
def page(request: HttpRequest) -> HttpResponse:
    """Undo the act with the public id `act`, say what became of it, and lead back to the page `next`.

    The services of the act check whether the user may undo it.
    """
    try:
        result = services.undo(public_id=request.POST.get("act", ""), by=user_of(request))
    except UndoRefused as refused:
        messages.warning(request, str(refused))
    else:
        for sentence in result.done:
            messages.success(request, sentence)
        for sentence in (*result.notes, *result.problems)[:MOST]:
            messages.warning(request, sentence)
    back = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_safe else reverse("admin:index"))
