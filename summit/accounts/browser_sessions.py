"""The browsers in which an account is signed in: list them and sign them out."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from summit.maintenance import heartbeats
from summit.users.models import User


def listed(user: User) -> list[UserSession]:
    """Return the browsers in which an account is signed in, last seen first. Makes two queries.

    Rows without a live session are left out; `delete_ended` deletes them.
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    keys = [row.session_key for row in rows]
    unexpired = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    live = set(unexpired.values_list("pk", flat=True))
    return [row for row in rows if row.session_key in live]


def log_access(session_key: str) -> None:
    """Set the time when the browser with a session key was last seen to now."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=timezone.now())


def moved(*, old: str | None, new: str | None) -> None:
    """Replace the session key `old` of a listed browser by `new`, so that the browser can still be signed out.

    Does nothing if a key is missing or both are equal.
    """
    if old and new and old != new:
        UserSession.objects.filter(session_key=old).update(session_key=new)


def end(*, user: User, pk: int) -> bool:
    """Sign out the account's browser in the row `pk`; return False if the account has no such row."""
    return _end(list(UserSession.objects.filter(user=user, pk=pk))) == 1


def end_all(*, user: User, but: str | None = None) -> int:
    """Sign out the account's browsers, except the one with the session key `but`, and return their number."""
    return _end(list(UserSession.objects.filter(user=user).exclude(session_key=but or "")))


def _end(rows: list[UserSession]) -> int:
    with transaction.atomic():
        Session.objects.filter(pk__in=[row.session_key for row in rows]).delete()
        UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@heartbeats.clears(1)
def delete_ended() -> None:
    """Delete the rows of browsers that have no session any more, because it has expired or was ended."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
