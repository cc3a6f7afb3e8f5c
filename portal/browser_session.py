"""What the browser's session keeps of whoever came in without an account: names of rows, nothing about them."""

import time

from django.http import HttpRequest

from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import portal_sessions
from summit.accounts import browser_sessions
from summit.public.language_middleware import DOOR_LANGUAGE
from summit.summits.models import Summit

# Public ids of this browser's rows (PortalSignIn), the chosen summit's slug, and when it was last noted that the
# browser is there, in seconds.
SIGN_INS_KEY = "portal_sessions"
SUMMIT_KEY = "portal_summit"
SEEN_KEY = "portal_seen_at"
# The newest release that was shown, by the summit's slug (portal.views.read_marks).
SHOWN_KEY = "portal_seen"
MOST_SIGN_INS = 20
EVERY = 300


def sign_ins(request: HttpRequest) -> list[str]:
    """Return by which links and codes this browser came in: public ids of PortalSignIn, dead ones too."""
    kept: list[str] = request.session.get(SIGN_INS_KEY, [])
    return kept


def _new_key(request: HttpRequest) -> None:
    """Give the session a new key. An account that is signed in here as well keeps this browser in its list."""
    before = request.session.session_key
    request.session.cycle_key()
    if request.user.is_authenticated:
        browser_sessions.moved(old=before, new=request.session.session_key)


def remember(request: HttpRequest, sign_in: PortalSession, summit: Summit, language: str) -> None:
    """Keep a link that was followed, or a code that was proven, in this browser, under a new session key. `language`
    is that of the letter or the person: pages are in it where the reader chooses no other."""
    kept = [key for key in sign_ins(request) if key != sign_in.public_id]
    _new_key(request)
    request.session[SIGN_INS_KEY] = [*kept, sign_in.public_id][-MOST_SIGN_INS:]
    request.session[SUMMIT_KEY] = summit.slug
    request.session[DOOR_LANGUAGE] = language
    request.session[SEEN_KEY] = int(time.time())


def forget(request: HttpRequest) -> list[PortalSession]:
    """Forget all of them in this browser, and return those that were open."""
    keys = sign_ins(request)
    _new_key(request)
    for name in (SIGN_INS_KEY, SUMMIT_KEY, SEEN_KEY, SHOWN_KEY, DOOR_LANGUAGE):
        request.session.pop(name, None)
    return list(PortalSession.objects.live().filter(public_id__in=keys).select_related("person__summit"))


def log_access(request: HttpRequest) -> None:
    """Note every few minutes that this browser is there; reading the portal writes nothing else."""
    seen = request.session.get(SEEN_KEY)
    if seen is not None and time.time() - seen > EVERY:
        request.session[SEEN_KEY] = int(time.time())
        portal_sessions.log_access(sign_ins(request))
