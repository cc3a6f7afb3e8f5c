"""The address to which the desk's "Undo" buttons post."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from summit.admin_base.pages import desk_page
from summit.admin_base.return_path import posted_return_path
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
    return redirect(posted_return_path(request) or reverse("admin:index"))
