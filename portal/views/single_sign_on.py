"""Let in whoever signed in at the identity provider of a delegation."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from delegations.portal_access.services import provider_sign_ins
from portal.browser_session import remember
from summit.single_sign_on import facts as sign_in_facts
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.social_adapter import entrances


@entrances.register(1)
def enter(request: HttpRequest, provider: Provider, facts: SignInFacts, next_url: str) -> HttpResponse:
    """Open the portal of the provider's delegations in this browser, and redirect to it or to `next_url`.

    What the provider said is kept for the sign-out. Raises SignInRefused.
    """
    opened = provider_sign_ins.open_sessions(facts=facts, agent=request.headers.get("user-agent", ""))
    for row in reversed(opened):
        if row.person is not None:
            remember(request, row, row.person.summit, row.person.language)
    sign_in_facts.add(request.session, facts, sign_in_facts.PORTALS)
    return HttpResponseRedirect(next_url or reverse("portal:home"))
