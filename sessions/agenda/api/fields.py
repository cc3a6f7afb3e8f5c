"""Sessions, parties and people that are named by whoever asks for the floor or signs up: desks name those of their
summit, delegations those that the portal shows them. What one may not know of is answered as what isn't there."""

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


class KnownSession(InSummit):
    """A session that whoever asks may know of."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Session.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the draft's sessions to desks that read it, to others those that are released to them."""
        by, summit = self.context["by"], self.context["summit"]
        rows = super().get_queryset()
        if allows(by, "agenda.session.view", summit):
            return rows
        return rows.filter(pk__in=own_agenda.agenda_of(by, summit).order_by().values("session"))


class KnownParty(InSummit):
    """A party that whoever asks acts for or belongs to; to desks any of their summit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Party.objects.select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the parties."""
        by, summit = self.context["by"], self.context["summit"]
        rows = super().get_queryset()
        if allows(by, "agenda.ask_floor", summit):
            return rows
        theirs = [own_parties(by, role).values("pk") for role in (Role.FOCAL_POINT, Role.DELEGATE)]
        return rows.filter(Q(pk__in=theirs[0]) | Q(pk__in=theirs[1]))


class KnownPerson(InSummit):
    """A person for whom whoever asks may do it; to desks any of their summit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.filter(erased_at=None).select_related("summit"), **kwargs)

    def get_queryset(self) -> Any:
        """Return the people."""
        by, summit = self.context["by"], self.context["summit"]
        rows = super().get_queryset()
        if allows(by, "agenda.sign_up", summit):
            return rows
        return rows.filter(pk__in=own_agenda.own_people(by, summit).values("pk"))
