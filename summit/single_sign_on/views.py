"""Pages and endpoints of single sign-on, for OpenID Connect and SAML."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from summit.core.punctuation import comma
from summit.permissions.route_access import Gate, route
from summit.single_sign_on import ended_sessions, id_tokens, links, posted_answers, protocols, providers, refusals
from summit.single_sign_on import facts as sign_in_facts
from summit.single_sign_on.openid_connect import Adapter
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import SignInRefused
from summit.single_sign_on.social_adapter import INVITATION_KEY, UNLINKED_KEY, refuse

if protocols.HAS_SAML:
    from summit.single_sign_on import saml

# Bytes of a SAML response, as it is posted. Those with many groups have some 30 kB.
MOST_POSTED = 250_000
# SAML responses that one address may post. A venue's guests may share one.
POSTS = {"response": "120/m/ip"}


def _provider(slug: str, *, is_saml: bool | None = None) -> Provider:
    """Return the active provider with a short name. Raises Http404."""
    found = providers.find(slug)
    if found is None or found.slug != slug or is_saml not in (None, found.is_saml):
        raise Http404
    return found


@never_cache
@route(Gate.EVERYBODY, "GET", kind="identity provider")
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect to the provider. A request that another site has caused gets a page with a button first.

    The sign-in page has links and no form: a form's redirect to another host is against our security policy.
    """
    found = providers.find(slug)
    if found is None or found.slug != slug:
        return refuse(request, None, SignInRefused(refusals.NOT_ACTIVE), status=404)
    provider = found
    asked = request.GET.get("next", "")
    next_url = asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return render(request, "single_sign_on/begin.html", {"provider": provider, "next_url": next_url})
    try:
        response: HttpResponse = protocols.of_allauth(request, provider).begin(request, next_url or None)
    except SignInRefused as refused:
        return refuse(request, provider, refused)
    except ImmediateHttpResponse as immediate:
        answered: HttpResponse = immediate.response
        return answered
    return response


@never_cache
@route(Gate.EVERYBODY, "GET", kind="OpenID provider")
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """Complete a sign-in by OpenID Connect."""
    provider = _provider(slug, is_saml=False)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(Adapter(request, provider.issuer))(request)
    except SignInRefused as refused:
        return refuse(request, provider, refused)
    return response


@csrf_exempt
@never_cache
@route(Gate.EVERYBODY, "POST", kind="SAML provider")
def acs(request: HttpRequest, slug: str) -> HttpResponse:
    """Check a provider's SAML response, and redirect to `finish`, which has the cookie of our session."""
    provider = _provider(slug, is_saml=True)
    message = request.POST.get("SAMLResponse", "")
    if not ratelimit.consume(request, app="saml", action="response", config=POSTS):
        return refuse(request, provider, SignInRefused(refusals.CROWDED), status=429)
    try:
        protocols.check_saml()
        if not message or len(message) > MOST_POSTED:
            raise SignInRefused(refusals.WRONG_ANSWER, "no response, or a huge one")
        answer = saml.read(provider, message)
    except SignInRefused as refused:
        return refuse(request, provider, refused)
    response = HttpResponseRedirect(reverse("sso_finish", args=[slug]))
    posted_answers.keep(request, response, answer.packed())
    return response


@never_cache
@route(Gate.EVERYBODY, "GET", kind="SAML provider")
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    """Complete a sign-in by SAML, with the answer that `acs` has checked."""
    provider = _provider(slug, is_saml=True)
    kept = posted_answers.take(request)
    try:
        protocols.check_saml()
        if not kept:
            raise SignInRefused(refusals.STALE)
        answer = saml.Answer.unpacked(kept)
        if answer.facts.issuer != provider.issuer:
            raise SignInRefused(refusals.STALE, "the answer is of another provider")
        response: HttpResponse = complete_social_login(request, saml.complete(request, provider, answer))
    except SignInRefused as refused:
        return refuse(request, provider, refused)
    except PermissionDenied:
        return refuse(request, provider, SignInRefused(refusals.STALE, "no such request"))
    return response


@never_cache
@route(Gate.EVERYBODY, "GET", kind="SAML provider")
def metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the description of this service provider, for the provider's administrator."""
    provider = _provider(slug, is_saml=True)
    try:
        protocols.check_saml()
    except SignInRefused as refused:
        return refuse(request, provider, refused)
    return HttpResponse(saml.metadata(provider), content_type="application/samlmetadata+xml")


@never_cache
@route(Gate.EVERYBODY, "GET", kind="SAML provider")
def single_logout(request: HttpRequest, slug: str) -> HttpResponse:
    """End the sessions that a SAML provider ends, and answer it; or take its answer to our own request."""
    provider = _provider(slug, is_saml=True)
    try:
        protocols.check_saml()
        address, ended = saml.answer_sign_out(provider, request)
    except SignInRefused as refused:
        return refuse(request, provider, refused)
    if ended is not None:
        name_id, sessions = ended
        for session in sessions or [""]:
            ended_sessions.end(issuer=provider.issuer, name_id=name_id, session=session)
    return HttpResponseRedirect(address) if address else redirect("sso_signed_out")


@csrf_exempt
@never_cache
@route(Gate.EVERYBODY, "POST", kind="OpenID provider")
def back_channel(request: HttpRequest, slug: str) -> HttpResponse:
    """End the sessions that a logout token of OpenID Connect names. Asked by the provider, without a browser."""
    provider = _provider(slug, is_saml=False)
    try:
        subject, session = id_tokens.verify_logout_token(request.POST.get("logout_token", ""), provider)
    except SignInRefused as refused:
        return JsonResponse({"error": "invalid_request", "error_description": str(refused)}, status=400)
    ended_sessions.end(issuer=provider.issuer, subject=subject, session=session)
    return HttpResponse(status=200)


@never_cache
@route(Gate.HOLDER, "GET", kind="invitation to link")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask at which provider the owner of an account signs in, whom a mail invited to link it."""
    user = links.invited(token)
    if user is None:
        return refuse(request, None, SignInRefused(refusals.LINK_OVER), status=410)
    request.session[INVITATION_KEY] = token
    context = {"account": user, "providers": providers.for_desks()}
    return render(request, "single_sign_on/invitation.html", context)


@never_cache
@route(Gate.EVERYBODY, "GET")
def unlinked(request: HttpRequest) -> HttpResponse:
    """Show the code of this browser's sign-in, which is linked to no account yet; redirect once it is linked."""
    row = links.waiting_row(request.session.get(UNLINKED_KEY, 0))
    if row is None:
        return redirect("account_login")
    return render(request, "single_sign_on/unlinked.html", {"name": providers.name_of(row.issuer), "row": row})


@never_cache
@route(Gate.EVERYBODY, "GET")
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the browser is signed out here, and lead it to the sign-out at the provider, if there is one.

    From there it comes back, and is led to the next provider, if it signed in at several. At the end the page names
    those that have no sign-out.
    """
    said = sign_in_facts.all_of(request.session, sign_in_facts.LEAVING)
    leaving = [(facts, found) for facts in said if (found := providers.find(facts.issuer)) is not None]
    sign_in_facts.forget(request.session, sign_in_facts.LEAVING)
    context: dict[str, Any] = {"names": comma().join(provider.name for _facts, provider in leaving)}
    for facts, provider in leaving:
        address = _sign_out_address(provider, facts)
        if address:
            for other, _provider in reversed(leaving):
                if other is not facts:
                    sign_in_facts.add(request.session, other, sign_in_facts.LEAVING)
            context = {"provider": provider, "address": address}
            break
    response = render(request, "single_sign_on/signed_out.html", context)
    if context.get("address"):
        # A redirect after the form of the sign-out would be against our security policy; this is none.
        response.headers["Refresh"] = f"0; url={context['address']}"
    return response


def _sign_out_address(provider: Provider, facts: sign_in_facts.SignInFacts) -> str:
    try:
        return protocols.sign_out_address(facts, provider, f"{settings.BASE_URL}{reverse('sso_signed_out')}")
    except SignInRefused:
        # The browser is signed out here all the same.
        return ""
