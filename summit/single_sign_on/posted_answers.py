"""SAML responses between two requests.

A provider's POST comes without the cookie of our session (SameSite=Lax). So the response is kept in a session of its
own, and the browser is redirected to the page that has both.
"""

from allauth.socialaccount.sessions import LoginSession
from django.http import HttpRequest, HttpResponse

ATTRIBUTE, COOKIE = "saml_answer", "saml-answer"
# Seconds between the two requests.
KEPT = 120


def keep(request: HttpRequest, response: HttpResponse, message: str) -> None:
    """Keep a response for the page to which `response` redirects, and set its cookie."""
    kept = LoginSession(request, ATTRIBUTE, COOKIE)
    kept.store.update({"message": message})
    kept.store.set_expiry(KEPT)
    kept.save(response)


def take(request: HttpRequest) -> str:
    """Return the response that was kept for this browser, once; "" if there is none."""
    kept = LoginSession(request, ATTRIBUTE, COOKIE)
    message = str(kept.store.get("message", ""))
    kept.delete()
    return message
