"""Whoever acts for a delegation in the portal, and what they ask for there.

A party that the reader neither belongs to nor acts for isn't there. Whoever belongs to it and doesn't act for it sees
it in the portal, and is told who can.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from portal.identity import Viewer, viewer_required
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit

SEE = "delegations.party.view"
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    """A delegation as one who acts for it has it before them."""

    viewer: Viewer
    party: Party
    by: By

    @property
    def summit(self) -> Summit:
        """The summit that the delegation is invited to."""
        return self.viewer.summit

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what every page of a delegation shows. One query."""
        known = {"viewer": self.viewer, "summit": self.summit, "party": self.party}
        return {**known, **party_names.alone_on_page(self.party), **more}

    def member(self, public_id: str) -> Membership:
        """Return a member of the delegation, with the person, by the person's public id. One query.

        Raises Http404 where nobody of the delegation has it.
        """
        rows = Membership.objects.filter(party=self.party, person__public_id=public_id)
        found = rows.select_related("person", "category").first()
        if found is None:
            raise Http404
        found.party = self.party
        return found

    def entered(self, public_id: str) -> Person:
        """Return somebody whom the delegation entered, by their public id. Raises Http404. One query."""
        rows = Person.objects.filter(particulars__entered_for=self.party, public_id=public_id)
        found = rows.select_related("summit").first()
        if found is None:
            raise Http404
        return found


def enter(request: HttpRequest, public_id: str, action: str) -> Desk:
    """Return the delegation that an address picks, for whoever may do `action` for it. Raises Http404 for one that
    isn't the reader's, PermissionDenied for a reader who doesn't act for it. No query."""
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in listed:
        for party in viewer.parties:
            if party.public_id == public_id and viewer.may(SEE, party.pk):
                party.summit = viewer.summit
                if party.pk not in viewer.acts or not viewer.may(action, party.pk):
                    said = {"party": party_names.to_reader(party).name, "contact": viewer.summit.contact_email}
                    raise PermissionDenied(
                        _("The focal points of %(party)s can do this, or protocol: %(contact)s.") % said
                    )
                return Desk(viewer, party, viewer.acts[party.pk])
    raise Http404


def desk(action: str) -> Callable[[View], View]:
    """Give a view the Desk of the delegation that its address picks, or answer in its place; a decorator."""

    def decorate(view: View) -> View:
        @viewer_required
        @functools.wraps(view)
        def wrapped(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, enter(request, public_id, action), *args, **kwargs)

        return wrapped

    return decorate


def see_other(name: str, *args: str) -> HttpResponse:
    """Return the answer to what was done: the browser fetches the page that shows it."""
    response = redirect(f"portal:{name}", *args)
    response.status_code = 303
    return response
