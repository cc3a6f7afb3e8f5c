"""The portal's data in the browser's session, for users without an account. It has row ids and no personal data."""

import time

from django.http import HttpRequest

from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import portal_sessions
from summit.accounts import browser_sessions
from summit.public.language_middleware import DOOR_LANGUAGE
from summit.single_sign_on import facts as sign_in_facts
from summit.summits.models import Summit

# Public ids of this browser's portal sessions, the chosen summit's slug, and when the browser's presence was last
# recorded, in seconds.
SIGN_INS_KEY = "portal_sessions"
SUMMIT_KEY = "portal_summit"
SEEN_KEY = "portal_seen_at"
# The newest release that the user has seen, by the summit's slug (portal.views.read_marks).
SHOWN_KEY = "portal_seen"
MOST_SIGN_INS = 20
EVERY = 300


def sign_ins(request: HttpRequest) -> list[str]:
    """Return the public ids of this browser's portal sessions, ended ones too."""
    public_ids: list[str] = request.session.get(SIGN_INS_KEY, [])
    return public_ids


def _new_key(request: HttpRequest) -> None:
    """Give the browser's session a new key. A signed-in account keeps this browser in its list of browsers."""
    before = request.session.session_key
    request.session.cycle_key()
    if request.user.is_authenticated:
        browser_sessions.moved(old=before, new=request.session.session_key)


def remember(request: HttpRequest, sign_in: PortalSession, summit: Summit, language: str) -> None:
    """Add a portal session, which a link or a code has opened, to this browser. The browser gets a new session key.

    `language` is the language of the letter or of the person. Pages use it unless the user chooses another.
    """
    previous = [key for key in sign_ins(request) if key != sign_in.public_id]
    _new_key(request)
    request.session[SIGN_INS_KEY] = [*previous, sign_in.public_id][-MOST_SIGN_INS:]
    request.session[SUMMIT_KEY] = summit.slug
    request.session[DOOR_LANGUAGE] = language
    request.session[SEEN_KEY] = int(time.time())


def forget(request: HttpRequest) -> list[PortalSession]:
    """Remove all portal sessions from this browser, and return the ones that hadn't ended."""
    keys = sign_ins(request)
    _new_key(request)
    for name in (SIGN_INS_KEY, SUMMIT_KEY, SEEN_KEY, SHOWN_KEY, DOOR_LANGUAGE, sign_in_facts.PORTALS):
        request.session.pop(name, None)
    return list(PortalSession.objects.not_ended().filter(public_id__in=keys).select_related("person__summit"))


def log_access(request: HttpRequest) -> None:
    """Record that this browser is in use, at most once in EVERY seconds.

    Nothing else is written when a user only reads the portal.
    """
    last_seen = request.session.get(SEEN_KEY)
    if last_seen is not None and time.time() - last_seen > EVERY:
        request.session[SEEN_KEY] = int(time.time())
        portal_sessions.record_activity(sign_ins(request))
