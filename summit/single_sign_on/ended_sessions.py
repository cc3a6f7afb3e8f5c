"""The browsers in which somebody signed in at a provider, so that the provider can sign them out.

What the provider calls a session is stored in the list of an account's browsers, in `UserSession.data`. Apps above
store the same with the sessions that a delegation's provider opens, and register what ends them.
"""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from summit.core.registry import Registry
from summit.single_sign_on.facts import SignInFacts

# What the provider says of a session: the values of `data_of` that it names; the issuer alone for all its sessions.
Named = dict[str, str]
# Functions of the apps above that end the sessions of theirs that a provider names. They return the number.
endings: Registry[Callable[[Named], int]] = Registry()


def data_of(facts: SignInFacts) -> Named:
    """Return what is stored with a session: at which provider, as whom and in which of its sessions it was opened."""
    return {
        "issuer": facts.issuer,
        "subject": facts.subject,
        "session": facts.session,
        "name_id": facts.name_id,
    }


def matching(column: str, named: Named) -> Q:
    """Return the condition for the rows that a provider names, whose JSON `column` has the data."""
    return Q(**{f"{column}__{name}": value for name, value in named.items()})


def store(*, session_key: str, facts: SignInFacts) -> None:
    """Store with a signed-in browser at which provider, as whom and in which of its sessions it signed in."""
    UserSession.objects.filter(session_key=session_key).update(data=data_of(facts))


def end(*, issuer: str, subject: str = "", session: str = "", name_id: str = "", but: str | None = None) -> int:
    """Sign out the browsers that signed in at a provider, and return their number.

    They are those of a subject or NameID, and of a session if one is given. Without any of these, none is ended. The
    browser with the session key `but` stays.
    """
    named = {"subject": subject, "session": session, "name_id": name_id}
    named = {name: value for name, value in named.items() if value}
    return _end({**named, "issuer": issuer}, but) if named else 0


def end_at(issuer: str) -> int:
    """Sign out all browsers that signed in at a provider, and return their number."""
    return _end({"issuer": issuer})


def _end(named: Named, but: str | None = None) -> int:
    with transaction.atomic():
        rows = UserSession.objects.filter(matching("data", named)).exclude(session_key=but or "")
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(pk__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
        return len(keys) + sum(ending(named) for ending in endings)
