"""The browsers in which an account is signed in: listed, and ended at the next request."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from summit.maintenance import heartbeats
from summit.users.models import User


def listed(user: User) -> list[UserSession]:
    """Return the browsers in which an account is signed in, last seen first. Two queries.

    Rows whose session is gone are left out: `summit.maintenance.heartbeats.clear_expired` takes them away.
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    keys = [row.session_key for row in rows]
    there = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    live = set(there.values_list("pk", flat=True))
    return [row for row in rows if row.session_key in live]


def log_access(session_key: str) -> None:
    """Note that a browser is there now."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=timezone.now())


def moved(*, old: str | None, new: str | None) -> None:
    """Note that a browser's session goes on under another key, so that it stays in the list and can be ended."""
    if old and new and old != new:
        UserSession.objects.filter(session_key=old).update(session_key=new)


def end(*, user: User, pk: int) -> bool:
    """End one of the account's browsers; return whether it was one."""
    return _end(list(UserSession.objects.filter(user=user, pk=pk))) == 1


def end_all(*, user: User, but: str | None = None) -> int:
    """End the account's browsers but for the one with the session key `but`, and return how many."""
    return _end(list(UserSession.objects.filter(user=user).exclude(session_key=but or "")))


def _end(rows: list[UserSession]) -> int:
    with transaction.atomic():
        Session.objects.filter(pk__in=[row.session_key for row in rows]).delete()
        UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@heartbeats.clears(1)
def clear_gone() -> None:
    """Delete the rows of browsers whose session has expired or was signed out of."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
