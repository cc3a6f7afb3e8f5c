"""Access to a delegation's pages in the portal, for those who act for it.

A party that the reader neither belongs to nor acts for is a 404. A reader who belongs to it without acting for it
gets a message that names who can act.
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
class DelegationDesk:
    """A delegation, with the reader who acts for it."""

    viewer: Viewer
    party: Party
    by: By

    @property
    def summit(self) -> Summit:
        """The summit that the delegation is invited to."""
        return self.viewer.summit

    def context(self, **more: Any) -> dict[str, Any]:
        """Return the template context of every delegation page, with `more` added. One query."""
        known = {"viewer": self.viewer, "summit": self.summit, "party": self.party}
        return {**known, **party_names.alone_on_page(self.party), **more}

    def member(self, public_id: str) -> Membership:
        """Return a membership of the delegation, with its person, by the person's public id. One query.

        Raises Http404 if there is none.
        """
        rows = Membership.objects.filter(party=self.party, person__public_id=public_id)
        found = rows.select_related("person", "category").first()
        if found is None:
            raise Http404
        found.party = self.party
        return found

    def entered(self, public_id: str) -> Person:
        """Return a person whom the delegation has entered, by public id. One query. Raises Http404."""
        rows = Person.objects.filter(particulars__entered_for=self.party, public_id=public_id)
        found = rows.select_related("summit").first()
        if found is None:
            raise Http404
        return found


def require_delegation(request: HttpRequest, public_id: str, action: str) -> DelegationDesk:
    """Return the Desk of the delegation with this public id, for a reader who may do `action` for it. No query.

    Raises Http404 for a delegation that isn't the reader's, PermissionDenied for a reader who doesn't act for it.
    """
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in listed:
        for party in viewer.parties:
            if party.public_id == public_id and viewer.may(SEE, party.pk):
                party.summit = viewer.summit
                if party.pk not in viewer.acts or not viewer.may(action, party.pk):
                    message = {"party": party_names.to_reader(party).name, "contact": viewer.summit.contact_email}
                    raise PermissionDenied(
                        _("The focal points of %(party)s can do this, or protocol: %(contact)s.") % message
                    )
                return DelegationDesk(viewer, party, viewer.acts[party.pk])
    raise Http404


def desk(action: str) -> Callable[[View], View]:
    """Return a decorator that passes a view the Desk of the delegation in the URL.

    `action` is the permission that the reader needs. The decorated view raises as `require_delegation`, and responds
    to strangers as `viewer_required`.
    """

    def decorate(view: View) -> View:
        @viewer_required
        @functools.wraps(view)
        def wrapped(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, require_delegation(request, public_id, action), *args, **kwargs)

        return wrapped

    return decorate


def see_other(name: str, *args: str) -> HttpResponse:
    """Return a 303 redirect to a portal page, after a POST."""
    response = redirect(f"portal:{name}", *args)
    response.status_code = 303
    return response
