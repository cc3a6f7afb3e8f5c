"""The pages that a letter's link opens: follow the link, or request a new letter if the link no longer works."""

from allauth.core.internal import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.services import link_requests, links
from delegations.parties.selectors import party_names
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import portal_sessions
from portal.browser_session import remember, sign_ins
from summit.core.validators import validate_mailbox
from summit.permissions.route_access import Gate, route

# 404 for something that never was a link, 410 for a link that no longer works.
_STATUS = {"mangled": 404, "unknown": 404, "expired": 410, "revoked": 410, "superseded": 410}
# The limits are by IP address, which a whole ministry may share.
LIMITS = {"letter": "20/h/ip"}
# Characters around a link in a sentence, which may be copied with the link. A token contains none of them.
AROUND = ".,;:!?'\"()[]{}<>«»“”’ /"


@route(Gate.HOLDER, kind="letter's link")
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Open a portal session for the link in this browser, and redirect to the invitation.

    The redirect removes the token from the address bar. Mail scanners also follow links, so this must not answer the
    invitation. Only the time of the first use and the list of browsers are changed.
    """
    token = token.strip(AROUND)
    try:
        link = links.resolve(token)
    except links.LinkProblem as problem:
        return _plain(_problem(request, problem, token))
    links.record_first_use(link)
    agent = request.headers.get("user-agent", "")
    sign_in = portal_sessions.open_by_link(link=link, agent=agent, known=sign_ins(request))
    remember(request, sign_in, link.invitation.party.summit, link.invitation.party.language)
    response = redirect("portal:invitation", link.invitation.public_id)
    response.status_code = 303
    return _plain(response, referrer="no-referrer")


@route(Gate.EVERYBODY, "POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Request a new letter from protocol, for a link that no longer works (POST).

    The link is the posted one, or the last link that was followed in this browser. Without such a link, the page only
    says that the link is incomplete. The user may then enter the mailbox to which a letter was sent. The response is
    the same for every mailbox.
    """
    if "mailbox" in request.POST:
        return _plain(_ask_at(request, request.POST["mailbox"].strip()))
    token = request.POST.get("token", "")
    try:
        link = _dead_link(request, token)
    except links.LinkProblem as problem:
        response = _problem(request, problem, token)
        response.status_code = 422
        return _plain(response)
    if link is None:
        return redirect("letter:follow", token) if token else redirect("portal:home")
    party = link.invitation.party
    context = {"party": party, "summit": party.summit, **party_names.alone_on_page(party)}
    if not ratelimit.consume(request, app="portal", action="letter", config=LIMITS):
        return _plain(
            render(request, "portal/letter_links/new_letter_request.html", {**context, "crowded": True}, status=429)
        )
    link_requests.ask(link=link)
    return _plain(render(request, "portal/letter_links/new_letter_request.html", context))


def _ask_at(request: HttpRequest, mailbox: str) -> HttpResponse:
    try:
        validate_mailbox(mailbox)
    except ValidationError:
        message = _("Enter a full email address, such as office@mission.example.")
        context = {"reason": "mangled", "mailbox": mailbox, "error": message}
        return render(request, "portal/letter_links/problem.html", context, status=422)
    if not ratelimit.consume(request, app="portal", action="letter", config=LIMITS):
        return render(request, "portal/letter_links/new_letter_request.html", {"crowded": True}, status=429)
    link_requests.ask_at(mailbox=mailbox)
    return render(request, "portal/letter_links/new_letter_request.html", {"mailbox": mailbox})


def _dead_link(request: HttpRequest, token: str) -> InvitationLink | None:
    """Return the link with this token if it no longer works. Return None if the link still works.

    Without a token, it is the last link that was followed in this browser. Raises LinkProblem if there is no such
    link.
    """
    if not token:
        rows = PortalSession.objects.filter(public_id__in=sign_ins(request), link__isnull=False)
        sign_in = rows.select_related("link").order_by("pk").last()
        if sign_in is None or sign_in.link is None:
            raise links.LinkProblem("unknown")
        token = links.token(sign_in.link)
    try:
        links.resolve(token)
    except links.LinkProblem as problem:
        if problem.link is None:
            raise
        return problem.link
    return None


def _problem(request: HttpRequest, problem: links.LinkProblem, token: str) -> HttpResponse:
    party = problem.link.invitation.party if problem.link else None
    context = {"reason": problem.reason, "party": party, "summit": party.summit if party else None, "token": token}
    if party:
        context |= party_names.alone_on_page(party)
    return render(request, "portal/letter_links/problem.html", context, status=_STATUS[problem.reason])


def _plain(response: HttpResponse, referrer: str = "strict-origin") -> HttpResponse:
    """Add headers to a response that keep the URL from being stored, indexed and passed on to other sites.

    Pages with a form still send their origin, because the CSRF check needs it.
    """
    response["Referrer-Policy"] = referrer
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
