"""The door that a letter's link opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from delegations.domain import doors, links
from portal.kept import remember, sign_ins

# What is no link at all is not there; what was one is gone.
_STATUS = {"mangled": 404, "unknown": 404, "expired": 410, "revoked": 410}


@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Remember the link in this browser and lead on to the invitation, so that the token leaves the address bar.

    Mail scanners follow links too, and often: nothing is answered here, and nothing changes but the moment at which
    the link was first followed, and the list of browsers in which it is open.
    """
    try:
        link = links.resolve(token)
    except links.LinkProblem as problem:
        response = _problem(request, problem)
    else:
        links.note_use(link)
        agent = request.headers.get("user-agent", "")
        sign_in = doors.open_by_link(link=link, agent=agent, known=sign_ins(request))
        remember(request, sign_in, link.invitation.party.summit, link.invitation.party.language)
        response = redirect("portal:invitation", link.invitation.public_id)
        response.status_code = 303
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _problem(request: HttpRequest, problem: links.LinkProblem) -> HttpResponse:
    party = problem.link.invitation.party if problem.link else None
    context = {"reason": problem.reason, "party": party, "summit": party.summit if party else None}
    return render(request, "portal/letter_problem.html", context, status=_STATUS[problem.reason])
