"""What SAML responses said, between two requests.

A provider's POST comes without the cookie of our session (SameSite=Lax). So what a valid response said is kept in a
session of its own, encrypted, and the browser is redirected to the page that has both. Nothing else is stored: what
anybody posts is checked first, and counted by its address.
"""

from allauth.socialaccount.sessions import LoginSession
from cryptography.fernet import InvalidToken
from django.http import HttpRequest, HttpResponse

from summit.core.encrypted_fields import cipher

ATTRIBUTE, COOKIE = "saml_answer", "saml-answer"
# Seconds between the two requests.
KEPT = 120


def keep(request: HttpRequest, response: HttpResponse, answer: str) -> None:
    """Keep an answer for the page to which `response` redirects, and set its cookie."""
    kept = LoginSession(request, ATTRIBUTE, COOKIE)
    kept.store.update({"answer": cipher().encrypt(answer.encode()).decode()})
    kept.store.set_expiry(KEPT)
    kept.save(response)


def take(request: HttpRequest) -> str:
    """Return the answer that was kept for this browser, once; "" if there is none."""
    kept = LoginSession(request, ATTRIBUTE, COOKIE)
    answer = str(kept.store.get("answer", ""))
    kept.delete()
    try:
        return cipher().decrypt(answer.encode()).decode() if answer else ""
    except InvalidToken:
        # The key was dropped in between.
        return ""
