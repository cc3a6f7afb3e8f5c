"""The page of calendar URLs, by which calendar programs subscribe to an agenda: create, show once, and end them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.invitations.models.invitations import InvitationLink
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from portal.visitor_identity import Viewer, portal_page, viewer_of
from sessions.calendars import services as calendars_services
from summit.audit.services import By, Link, Mailbox
from summit.people.models import Person
from summit.users.models import User

OWN = "own"


def own_person(viewer: Viewer) -> Person | None:
    """Return the viewer's own person, found by account, mailbox or letter. Return None if there is none.

    Makes one query.
    """
    by = viewer.by
    if isinstance(by, User):
        return Person.objects.filter(user=by, summit=viewer.summit).first()
    if isinstance(by, Mailbox):
        return Person.objects.filter(portal_sessions__public_id=by.public_id).first()
    links = InvitationLink.objects.filter(public_id=by.public_id) if isinstance(by, Link) else None
    return Person.objects.filter(pk__in=links.values("person")).first() if links is not None else None


@portal_page("GET POST")
def calendars(request: HttpRequest) -> HttpResponse:
    """List the calendar URLs. A POST creates a URL and shows it once, ends URLs, or turns reminders on or off."""
    viewer = viewer_of(request)
    person = own_person(viewer)
    acts = [party for party in viewer.parties if party.pk in viewer.acts]
    address, refused = "", ""
    if request.method == "POST":
        if "make" in request.POST:
            address, refused = _make(request, viewer, person, acts)
        else:
            _change(request, viewer, person, acts)
            return redirect("portal:calendars")
    page = party_names.on_page(viewer.summit)
    context: dict[str, Any] = {
        **page,
        "viewer": viewer,
        "summit": viewer.summit,
        "rows": calendars_services.listed(people=[person] if person else [], parties=acts),
        "person": person,
        "acts": acts,
        "made": address,
        "webcal": f"webcal:{address.partition(':')[2]}" if address else "",
        "refused": refused,
    }
    return render(request, "portal/calendars.html", context, status=422 if refused else 200)


def _make(request: HttpRequest, viewer: Viewer, person: Person | None, acts: list[Party]) -> tuple[str, str]:
    """Create a calendar URL. Return the URL and "", or "" and a sentence that says why none was created."""
    owner, alarms = request.POST.get("make", ""), "alarms" in request.POST
    party = next((row for row in acts if row.public_id == owner), None)
    if party is None and (owner != OWN or person is None):
        return "", _("Choose an agenda.")
    by: By = viewer.acts[party.pk] if party else viewer.by
    try:
        _row, token = calendars_services.make(by=by, person=None if party else person, party=party, alarms=alarms)
    except (calendars_services.TooManyCalendars, PermissionDenied) as problem:
        return "", str(problem)
    return calendars_services.address_of(token), ""


def _change(request: HttpRequest, viewer: Viewer, person: Person | None, acts: list[Party]) -> None:
    rows = calendars_services.listed(people=[person] if person else [], parties=acts)
    target = request.POST.get("end", "")
    if target:
        ended = calendars_services.end(feeds=[row for row in rows if target in ("all", row.public_id)], by=viewer.by)
        message = ngettext("%(n)d calendar address turned off.", "%(n)d calendar addresses turned off.", ended)
        if ended:
            messages.success(request, message % {"n": ended})
        else:
            messages.warning(request, _("This address was already turned off."))
        return
    for row in rows:
        if row.public_id == request.POST.get("remind", ""):
            calendars_services.remind(feed=row, alarms=not row.alarms)
            message = _("Reminders turned off.") if row.alarms else _("Reminders turned on for every session.")
            messages.success(request, message)
