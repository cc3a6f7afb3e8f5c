"""Requests for the floor in the portal: show the requests of the viewer's delegations, make and withdraw requests.

The place on the speakers' list and the time of the speech come from the newest release, as far as the viewer may see
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from portal.views.find_session import find_session_or_404
from portal.visitor_identity import Viewer, portal_page
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.participants import FloorRequest, RequestState
from sessions.speakers.services import floor_requests
from sessions.speakers.services.floor_requests import FloorRefused
from summit.people.models import Person

# The capacities of people who can speak: neither security nor interpreters.
SPEAKING = (
    *(Capacity.HEAD, Capacity.ALTERNATE, Capacity.DELEGATE, Capacity.ADVISER),
    *(Capacity.REPRESENTATIVE, Capacity.GUEST),
)
# A speech of the released session, and when it begins; None if the viewer may not see times.
Speech = tuple[Any, datetime | None]


@dataclass(frozen=True)
class FloorRequestStatus:
    """A request for the floor, with its place on the released speakers' list and the start of the speech.

    `place` and `begins` are None if they aren't released or the viewer may not see them.
    """

    row: FloorRequest
    place: int | None = None
    begins: datetime | None = None
    dropped: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True)
class Floor:
    """The viewer's requests for a session (`listed`), and the people for whom the viewer can make one (`free`)."""

    until: datetime | None
    listed: list[FloorRequestStatus] = field(default_factory=list)
    free: list[Person] = field(default_factory=list)


def floor_of(viewer: Viewer, row: ReleasedSession, speeches: Sequence[Speech]) -> Floor | None:
    """Return the viewer's requests for a session. Return None if the viewer has none and can make none.

    Makes at most four queries.
    """
    people = _people(viewer)
    condition = Q(party__in={*people.values(), *viewer.acts}) | Q(speaker=viewer.me, speaker__isnull=False)
    rows = FloorRequest.objects.filter(condition, session=row.session_id).exclude(state=RequestState.WITHDRAWN)
    requests = list(rows.select_related("speaker", "party", "slot").order_by("asked_at", "pk"))
    visible = [each for each in requests if _may_see(viewer, each)]
    is_open = row.mine and floor_requests.is_open(row.session)  # type: ignore[attr-defined]
    free = []
    if is_open:
        waiting = {each.party_id for each in requests if each.state == RequestState.ASKED}
        participating = floor_requests.participating_parties(row.session, set(people.values()) - waiting)
        free = [person for person in viewer.people if people.get(person.pk) in participating]
    if not visible and not free:
        return None
    listed = [
        _request_status(each, speeches, each.party_id in viewer.acts or each.speaker_id in people) for each in visible
    ]
    return Floor(row.session.requests_until if is_open else None, listed, free)


def _people(viewer: Viewer) -> dict[int, int]:
    """Return a dict from the people for whom the viewer may request the floor to their parties, by primary keys.

    These are members of the parties that the viewer acts for, and the viewer's own person as a head of delegation.
    Makes one query.
    """
    rows = Membership.objects.filter(person__in=[person.pk for person in viewer.people])
    me = viewer.me.pk if viewer.me else 0
    return {
        person: party
        for person, party, capacity in rows.values_list("person", "party", "capacity")
        if capacity in SPEAKING
        and viewer.may("agenda.ask_floor", party)
        and (party in viewer.acts or (person == me and capacity == Capacity.HEAD))
    }


def _may_see(viewer: Viewer, row: FloorRequest) -> bool:
    return row.party_id in viewer.acts or (viewer.me is not None and row.speaker_id == viewer.me.pk)


def _request_status(row: FloorRequest, speeches: Sequence[Speech], may: bool) -> FloorRequestStatus:
    if row.state != RequestState.GRANTED:
        return FloorRequestStatus(row, may_withdraw=may and row.state == RequestState.ASKED)
    if row.slot is None:
        return FloorRequestStatus(row, dropped=True)
    for place, (speech, begins) in enumerate(speeches, start=1):
        if speech.slot_key == row.slot.public_id:
            return FloorRequestStatus(row, place, begins)
    return FloorRequestStatus(row)


@portal_page("POST", kind="session in an agenda", see="agenda.agenda.view")
def ask_floor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Request the floor for one of the viewer's people, or withdraw a request (POST)."""
    viewer, row = find_session_or_404(request, public_id)
    if request.POST.get("do") == "withdraw":
        _withdraw(request, viewer, row)
    else:
        _ask(request, viewer, row)
    response = redirect("portal:session", public_id)
    response.status_code = 303
    return response


def _ask(request: HttpRequest, viewer: Viewer, row: ReleasedSession) -> None:
    public_id = request.POST.get("person", "")
    person = next((each for each in viewer.people if each.public_id == public_id), None)
    member = Membership.objects.filter(person=person).select_related("party__summit").first() if person else None
    if person is None or member is None:
        messages.warning(request, _("Choose a speaker."))
        return
    try:
        floor_requests.ask(
            session=row.session,
            party=member.party,
            speaker=person,
            subject=request.POST.get("subject", ""),
            by=viewer.acts.get(member.party_id, viewer.by),
        )
    except (FloorRefused, ValidationError) as refused:
        message = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
        messages.warning(request, message)
    else:
        messages.success(request, _("Request to speak sent for %(person)s.") % {"person": person.label})


def _withdraw(request: HttpRequest, viewer: Viewer, row: ReleasedSession) -> None:
    rows = FloorRequest.objects.filter(
        session=row.session_id, party__in=viewer.parties, public_id=request.POST.get("request", "")
    )
    floor_request = rows.select_related("session__summit", "party__summit", "speaker").first()
    if floor_request is not None and floor_requests.withdraw(
        request=floor_request, by=viewer.acts.get(floor_request.party_id, viewer.by)
    ):
        messages.success(request, _("Request withdrawn."))
    else:
        messages.warning(request, _("This request has already been decided or withdrawn."))
