"""Sign in by a code that is sent to a mailbox: enter the mailbox, then the code, then choose the person."""

from typing import Any

from allauth.core.internal import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from delegations.parties.selectors import footnotes, party_names
from delegations.portal_access.code_derivation import DIGITS
from delegations.portal_access.services import portal_sessions, sign_in_codes
from portal.browser_session import remember
from summit.core.database_clock import db_now
from summit.core.validators import validate_mailbox
from summit.permissions.route_access import Gate, route

# Session key for the public id of the code that was requested in this browser.
CODE_KEY = "portal_code"
# The limits are by IP address, which a whole venue may share. Each code allows five attempts.
LIMITS = {"code": "40/10m/ip,120/h/ip"}


@never_cache
@route(Gate.EVERYBODY, "GET POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form for the mailbox. A POST sends a code to the mailbox if it belongs to a person.

    The response is the same for every mailbox.
    """
    if request.method != "POST":
        return render(request, "portal/sign_in_codes/request_code.html")
    mailbox = request.POST.get("mailbox", "").strip()
    try:
        validate_mailbox(mailbox)
    except ValidationError:
        message = _("Enter a full email address, such as office@mission.example.")
        return render(
            request, "portal/sign_in_codes/request_code.html", {"mailbox": mailbox, "error": message}, status=422
        )
    if not ratelimit.consume(request, app="portal", action="code", config=LIMITS):
        return render(
            request, "portal/sign_in_codes/request_code.html", {"mailbox": mailbox, "crowded": True}, status=429
        )
    row = sign_in_codes.ask(mailbox=mailbox, language=get_language() or "en")
    request.session[CODE_KEY] = row.public_id
    return _on("portal:code_enter")


@never_cache
@route(Gate.EVERYBODY, "GET POST")
def enter_code(request: HttpRequest) -> HttpResponse:
    """Show the form for the code. A POST checks the code and signs in.

    If the mailbox belongs to several people, a POST redirects to the page to choose the person.
    """
    request_id = request.session.get(CODE_KEY, "")
    if not request_id:
        return redirect("portal:code_ask")
    if request.method != "POST":
        return _render_code_form(request, request_id)
    try:
        row = sign_in_codes.prove(public_id=request_id, code=request.POST.get("code", ""))
    except sign_in_codes.CodeProblem as problem:
        return _render_code_form(request, request_id, problem.reason)
    people = sign_in_codes.people_at(row.mailbox)
    if len(people) == 1:
        return _sign_in(request, row.mailbox, people[0].public_id)
    return _on("portal:code_choose")


@never_cache
@route(Gate.EVERYBODY, "GET POST")
def choose(request: HttpRequest) -> HttpResponse:
    """Show the people to whom the confirmed mailbox belongs. A POST signs in as one of them."""
    mailbox = sign_in_codes.proven(request.session.get(CODE_KEY, ""))
    if not mailbox:
        return redirect("portal:code_ask")
    if request.method == "POST":
        return _sign_in(request, mailbox, request.POST.get("person", ""))
    return _choices(request, mailbox)


def _render_code_form(request: HttpRequest, request_id: str, problem: str = "") -> HttpResponse:
    row = sign_in_codes.find_open_request(request_id)
    context: dict[str, Any] = {"problem": problem}
    if row is not None and row.digits > DIGITS:
        # Shown for every mailbox, known or not: it reveals when codes were requested, but not whether one was sent.
        now = db_now()
        context["long"] = True
        context["minutes"] = int((now - row.written_at).total_seconds() // 60)
        context["left"] = int((row.expires_at - now).total_seconds() // 60)
    return render(request, "portal/sign_in_codes/enter_code.html", context, status=422 if problem else 200)


def _choices(request: HttpRequest, mailbox: str, error: str = "") -> HttpResponse:
    people = sign_in_codes.people_at(mailbox)
    summits = {person.summit_id: person.summit for person in people}
    listed = [
        (summit, [row for row in people if row.summit_id == key], party_names.book(summit))
        for key, summit in summits.items()
    ]
    context = {"listed": listed, "mailbox": mailbox, "error": error, "notes": footnotes.Footnotes()}
    return render(request, "portal/sign_in_codes/choose_person.html", context, status=422 if error else 200)


def _sign_in(request: HttpRequest, mailbox: str, public_id: str) -> HttpResponse:
    person = next((row for row in sign_in_codes.people_at(mailbox) if row.public_id == public_id), None)
    if person is None:
        return _choices(request, mailbox, _("Choose one from the list."))
    agent = request.headers.get("user-agent", "")
    sign_in = portal_sessions.open_by_code(mailbox=mailbox, person=person, agent=agent)
    request.session.pop(CODE_KEY, None)
    remember(request, sign_in, person.summit, person.language)
    return _on("portal:home")


def _on(name: str) -> HttpResponse:
    response = redirect(name)
    response.status_code = 303
    return response
