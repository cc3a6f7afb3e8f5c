"""Fields for the sessions, parties and people that a request for the floor or a sign-up names.

Desk users may name every object of their summit, delegations only the objects that the portal shows them. An object
that the caller may not know of causes the same error as an object that doesn't exist.
"""

from typing import Any

from django.db.models import Q

from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from sessions.agenda.selectors import own_agenda
from sessions.draft.models.sessions import Session
from summit.api_base.viewsets import InSummit
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import allows


class AccessibleSessionField(InSummit):
    """A session that the caller may know of."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Session.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return all draft sessions for desk users who may read the draft, otherwise the sessions released to
        the caller."""
        by, summit = self.context["by"], self.context["summit"]
        rows = super().get_queryset()
        if allows(by, "agenda.session.view", summit):
            return rows
        return rows.filter(pk__in=own_agenda.agenda_of(by, summit).order_by().values("session"))


class AccessiblePartyField(InSummit):
    """A party that the caller acts for or belongs to; for desk users, any party of their summit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Party.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return all parties for callers with `agenda.ask_floor`, otherwise the parties that the caller acts for or
        belongs to."""
        by, summit = self.context["by"], self.context["summit"]
        rows = super().get_queryset()
        if allows(by, "agenda.ask_floor", summit):
            return rows
        party_keys = [own_parties(by, role).values("pk") for role in (Role.FOCAL_POINT, Role.DELEGATE)]
        return rows.filter(Q(pk__in=party_keys[0]) | Q(pk__in=party_keys[1]))


class AccessiblePersonField(InSummit):
    """A person whom the caller may sign up; for desk users, any person of their summit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.filter(erased_at=None).select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return all people for callers with `agenda.sign_up`, otherwise the caller's own person and the people of
        the parties that the caller acts for."""
        by, summit = self.context["by"], self.context["summit"]
        rows = super().get_queryset()
        if allows(by, "agenda.sign_up", summit):
            return rows
        return rows.filter(pk__in=own_agenda.own_people(by, summit).values("pk"))
