"""Access to a delegation's pages in the portal, for users who act for the delegation.

The response is a 404 for a party that the user neither belongs to nor acts for. A user who belongs to the party
without acting for it gets a message that names who can act.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from portal.visitor_identity import Viewer, portal_page
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit

SEE = "delegations.party.view"
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class DelegationDesk:
    """A delegation, with the viewer who acts for it. `by` is the actor for the audit."""

    viewer: Viewer
    party: Party
    by: By

    @property
    def summit(self) -> Summit:
        """The summit that the delegation is invited to."""
        return self.viewer.summit

    def context(self, **more: Any) -> dict[str, Any]:
        """Return the template context that every page of a delegation has, with `more` added. Makes one query."""
        known = {"viewer": self.viewer, "summit": self.summit, "party": self.party}
        return {**known, **party_names.alone_on_page(self.party), **more}

    def member(self, public_id: str) -> Membership:
        """Return the membership of the person with this public id in the delegation, with the person.

        Makes one query. Raises Http404 if there is no such member.
        """
        rows = Membership.objects.filter(party=self.party, person__public_id=public_id)
        membership = rows.select_related("person", "category").first()
        if membership is None:
            raise Http404
        membership.party = self.party
        return membership

    def entered(self, public_id: str) -> Person:
        """Return the person with this public id whom the delegation has entered.

        Makes one query. Raises Http404 if there is none.
        """
        rows = Person.objects.filter(particulars__entered_for=self.party, public_id=public_id)
        person = rows.select_related("summit").first()
        if person is None:
            raise Http404
        return person


def require_delegation(request: HttpRequest, public_id: str, action: str) -> DelegationDesk:
    """Return the DelegationDesk of the delegation with this public id. Makes no query.

    Raises Http404 for a delegation that the user may not see. Raises PermissionDenied if the user doesn't act for the
    delegation or may not do `action` for it.
    """
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in listed:
        for party in viewer.parties:
            if party.public_id == public_id and viewer.may(SEE, party.pk):
                party.summit = viewer.summit
                if party.pk not in viewer.acts or not viewer.may(action, party.pk):
                    params = {"party": party_names.to_reader(party).name, "contact": viewer.summit.contact_email}
                    raise PermissionDenied(_("Ask a focal point of %(party)s, or protocol: %(contact)s.") % params)
                return DelegationDesk(viewer, party, viewer.acts[party.pk])
    raise Http404


def delegation_page(
    action: str, methods: str = "GET", *, row: str = ""
) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Return a decorator for a page of a delegation, which declares the page's route (`portal_page`).

    The view gets the DelegationDesk of the delegation in the URL. `action` is the permission that the user needs, and
    `row` the model of the delegation's row that the URL names, if it names one, such as "delegations.membership".
    The decorated view raises Http404 or PermissionDenied (see `require_delegation`), and redirects strangers to sign
    in (see `portal_page`).
    """
    kind = f"{row} of a party" if row else "delegations.party"

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, require_delegation(request, public_id, action), *args, **kwargs)

        return portal_page(methods, kind=kind, see=SEE, do=action)(wrapped)

    return decorate


def saved(request: HttpRequest, message: str, name: str, *args: str) -> HttpResponse:
    """Return a 303 redirect to a portal page, after a POST that saved something. The page shows the message."""
    messages.success(request, message)
    return see_other(name, *args)


def see_other(name: str, *args: str) -> HttpResponse:
    """Return a 303 redirect to a portal page, after a POST."""
    response = redirect(f"portal:{name}", *args)
    response.status_code = 303
    return response
