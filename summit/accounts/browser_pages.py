"""The page of the browsers in which an account is signed in, on which it can sign them out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from summit.accounts import browser_sessions as signed_in
from summit.permissions.route_access import Gate, route
from summit.users.models import User


@never_cache
@route(Gate.ACCOUNT, "GET POST")
def browsers(request: HttpRequest) -> HttpResponse:
    """List the browsers in which the account is signed in; a POST signs out one of them, or all others."""
    assert isinstance(request.user, User)  # noqa: S101 - the gate has signed them in
    session_key = request.session.session_key
    if request.method != "POST":
        context = {"rows": signed_in.listed(request.user), "this": session_key}
        return render(request, "account/browsers.html", context)
    posted = request.POST.get("end", "")
    if posted == "others":
        ended = signed_in.end_all(user=request.user, but=session_key)
    else:
        ended = signed_in.end(user=request.user, pk=int(posted)) if posted.isdecimal() and len(posted) < 18 else 0
    if ended:
        message = ngettext("%(n)d browser signed out.", "%(n)d browsers signed out.", ended)
        messages.success(request, message % {"n": ended})
    else:
        messages.warning(request, _("This browser was already signed out."))
    return redirect("account_browsers")
