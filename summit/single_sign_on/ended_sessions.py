"""The browsers in which accounts signed in at a provider, so that the provider can sign them out.

What the provider calls a session is stored in the list of an account's browsers, in `UserSession.data`.
"""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from summit.single_sign_on.facts import SignInFacts


def store(*, session_key: str, facts: SignInFacts) -> None:
    """Store with a signed-in browser at which provider, as whom and in which of its sessions it signed in."""
    data = {"issuer": facts.issuer, "subject": facts.subject, "session": facts.session, "name_id": facts.name_id}
    UserSession.objects.filter(session_key=session_key).update(data=data)


def end(*, issuer: str, subject: str = "", session: str = "", name_id: str = "", but: str | None = None) -> int:
    """Sign out the browsers that signed in at a provider, and return their number.

    They are those of a subject or NameID, and of a session if one is given. Without any of these, none is ended. The
    browser with the session key `but` stays.
    """
    named = {"subject": subject, "session": session, "name_id": name_id}
    wanted: dict[str, Any] = {f"data__{name}": value for name, value in named.items() if value}
    if not wanted:
        return 0
    with transaction.atomic():
        rows = UserSession.objects.filter(data__issuer=issuer, **wanted).exclude(session_key=but or "")
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(pk__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_at(issuer: str) -> int:
    """Sign out all browsers that signed in at a provider, and return their number."""
    with transaction.atomic():
        keys = list(UserSession.objects.filter(data__issuer=issuer).values_list("session_key", flat=True))
        Session.objects.filter(pk__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
