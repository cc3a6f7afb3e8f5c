"""The browsers in which the portal is open without an account: list them, sign them out, leave the portal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.parties.selectors import party_names
from delegations.portal_access.services import portal_sessions
from portal.browser_session import forget, sign_ins
from portal.visitor_identity import portal_page, viewer_of
from summit.permissions.route_access import Gate, route
from summit.single_sign_on import facts as sign_in_facts
from summit.single_sign_on import providers


@portal_page("GET POST")
def browsers(request: HttpRequest) -> HttpResponse:
    """List the browsers. A POST signs out one of them, or all except this one."""
    rows = portal_sessions.listed(sign_ins(request))
    current = set(sign_ins(request))
    if request.method != "POST":
        viewer = viewer_of(request)
        common = {"viewer": viewer, "summit": viewer.summit, **party_names.on_page(viewer.summit)}
        elsewhere = any(row.public_id not in current for row in rows)
        named = [(row, providers.name_on(row) if row.issuer else "") for row in rows]
        context = {**common, "rows": named, "here": current, "elsewhere": elsewhere}
        return render(request, "portal/portal_sessions.html", context)
    target = request.POST.get("end", "")
    others = [row for row in rows if row.public_id not in current]
    chosen = others if target == "others" else [row for row in rows if row.public_id == target]
    ended = portal_sessions.end(rows=chosen, by=viewer_of(request).by)
    if ended:
        message = ngettext("%(n)d browser signed out.", "%(n)d browsers signed out.", ended)
        messages.success(request, message % {"n": ended})
    else:
        messages.warning(request, _("This browser was already signed out."))
    return redirect("portal:browsers")


@route(Gate.EVERYBODY, "POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out of the portal in this browser (POST), and at the identity providers of delegations that opened it.

    A letter's link opens the portal again.
    """
    said = sign_in_facts.all_of(request.session, sign_in_facts.PORTALS)
    rows = forget(request)
    portal_sessions.end(rows=rows, by=None)
    issuers = {row.issuer for row in rows}
    leaving = [facts for facts in said if facts.issuer in issuers]
    # The last added is left first: the provider of the last sign-in.
    for facts in reversed(leaving):
        sign_in_facts.add(request.session, facts, sign_in_facts.LEAVING)
    return redirect("sso_signed_out" if leaving else "root")
