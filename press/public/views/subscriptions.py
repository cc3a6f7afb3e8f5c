"""Subscribe to news by mail, confirm a subscription, and end it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from press.subscriptions import links
from press.subscriptions.services import subscribers
from summit.core.validators import validate_mailbox
from summit.permissions.route_access import Gate, route
from summit.public_base.public_pages import blind
from summit.public_base.summits import get_summit


@csrf_exempt
@route(Gate.EVERYBODY, "POST", kind="public summit")
def subscribe(request: HttpRequest, summit: str) -> HttpResponse:
    """Store a request for news by mail (POST). The response doesn't reveal whether the mail address was known.

    The status is 400 for an invalid mail address.
    """
    blind(request)
    found = get_summit(summit)
    mailbox = request.POST.get("address", "").strip().lower()
    language = request.POST.get("language", "")
    try:
        validate_mailbox(mailbox)
    except ValidationError:
        context = {"summit": found, "step": "unreadable", "asked": mailbox[:254], "interface": language}
        return _no_store(render(request, "press/subscription.html", context, status=400))
    supported = language if language in dict(settings.LANGUAGES) else found.language
    subscribers.ask(summit=found, address=mailbox, language=supported)
    return _no_store(render(request, "press/subscription.html", {"summit": found, "step": "asked"}))


@csrf_exempt
@route(Gate.HOLDER, "GET POST", kind="subscription")
def subscription(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """Show the button that confirms or ends a subscription (GET), or confirm or end the subscription (POST).

    Mail programs send the POST request for one-click unsubscribing as well (RFC 8058). Raises Http404 for an invalid
    token.
    """
    blind(request)
    found = get_summit(summit)
    claim = links.resolve(summit=found, token=token)
    if claim is None:
        raise Http404
    if request.method == "POST":
        done = subscribers.confirm(claim) if claim.purpose == links.CONFIRM else subscribers.end(claim)
        step = {True: f"{claim.purpose}ed", False: "late"}[done]
    else:
        step = claim.purpose
    context = {"summit": found, "step": step, "token": token, "subscriber": claim.subscriber}
    return _no_store(render(request, "press/subscription.html", context))


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
