"""Receivers of the signal that somebody signed in."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from summit.single_sign_on import ended_sessions, local_sign_ins
from summit.single_sign_on import facts as sign_in_facts
from summit.users.models import User


@receiver(user_logged_in)
def store_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Store in which session of the provider a browser signed in, or record that an emergency account was used."""
    facts = sign_in_facts.of_session(request.session)
    if facts is not None:
        ended_sessions.store(session_key=request.session.session_key or "", facts=facts)
    elif local_sign_ins.is_emergency_account(user):
        local_sign_ins.record_use(account=user)
