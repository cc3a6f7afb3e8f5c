"""A session's page in the portal: participants, speeches with their times, documents and sign-up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.parties.selectors import party_names
from portal.views import read_marks
from portal.views.find_session import find_cancelled, find_session_or_404
from portal.views.floor_requests import floor_of
from portal.visitor_identity import Viewer, portal_page
from sessions.agenda.models.releases import ReleasedRole, ReleasedSession
from sessions.agenda.models.speeches import timed
from sessions.agenda.selectors import released_snapshots
from sessions.agenda.selectors.release_changes import CancelledSession
from sessions.conflicts.selectors.overlapping_sessions import overlaps_by_person
from sessions.delays.selectors.running import late_sessions
from sessions.documents.models import Document
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.public.session_facts import facts
from sessions.signups.selectors import Places
from sessions.signups.services import signups
from sessions.signups.services.signups import SignUpRefused
from summit.core.languages import language_name
from summit.people.models import Person
from summit.quarantine.selectors import content_of, listed
from summit.summits.directions import directions_to


@portal_page(kind="session in an agenda", see="agenda.agenda.view")
def my_session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a session, as far as the viewer may see it, and record that its changes were seen.

    A session that was cancelled while the viewer could read it says so, with status 410.
    """
    try:
        viewer, row = find_session_or_404(request, public_id)
    except Http404:
        found = find_cancelled(request, public_id)
        if found is None:
            raise
        return _cancelled(request, *found)
    newest = released_snapshots.latest(viewer.summit)
    if newest is not None:
        read_marks.record(request, viewer, newest.number, row.session)
    places = list(row.participants.all())
    timed_speeches = speeches(row, places)
    context = {
        "viewer": viewer,
        "summit": viewer.summit,
        "row": row,
        "late": row.times_known and row.session_id in late_sessions(viewer.summit),
        "directions": directions_to(viewer.summit, row.room_key, get_language() or ""),
        "facts": facts(row),
        "levels": [
            place for place in places if place.level and place.party_id in {party.pk for party in viewer.reads_for}
        ],
        "speeches": timed_speeches,
        "floor": floor_of(viewer, row, timed_speeches),
        "interpretation": [
            (capfirst(language_name(source)), language_name(target), booth) for source, target, booth in row.languages
        ],
        "documents": _documents(row),
        "sign_up": _sign_up_of(viewer, row),
        **party_names.on_page(viewer.summit),
    }
    return render(request, "portal/sessions/session.html", context)


def _cancelled(request: HttpRequest, viewer: Viewer, found: CancelledSession) -> HttpResponse:
    newest = released_snapshots.latest(viewer.summit)
    if newest is not None:
        read_marks.record(request, viewer, newest.number, found.row.session)
    context = {"viewer": viewer, "summit": viewer.summit, "row": found.row, "found": found}
    return render(request, "portal/sessions/cancelled.html", context, status=410)


def speeches(row: ReleasedSession, places: list[Any]) -> list[tuple[Any, datetime | None]]:
    """Return the speakers in order, each with the planned start of the speech.

    The start is None if the viewer may not see the session's times.
    """
    return [(place, place.about) for place in timed(row, places) if place.role == ReleasedRole.SPEAKER]


@dataclass(frozen=True)
class SignedUp:
    """A sign-up with the person's other sessions at that time, and their number on the waiting list, or 0."""

    row: SignUp
    others: list[ReleasedSession]
    number: int


@dataclass(frozen=True)
class SignUps:
    """The sign-ups of the viewer's people for a session.

    `free` are the people who can be signed up, each with their other sessions at that time.
    """

    open: bool
    places: Places
    listed: list[SignedUp]
    free: list[tuple[Person, list[ReleasedSession]]]


def _sign_up_of(viewer: Viewer, row: ReleasedSession) -> SignUps | None:
    """Return the sign-ups of the viewer's people for a session.

    Return None if the session has no sign-up and none of these people is signed up.
    """
    people = {person.pk: person for person in viewer.people}
    rows = SignUp.objects.filter(session=row.session_id, person__in=people).order_by("signed_up_at", "pk")
    sign_ups = list(rows.select_related("person"))
    if not sign_ups and not row.sign_up:
        return None
    is_open = signups.is_open(row)
    members = set(Membership.objects.filter(person__in=people).values_list("person", flat=True))
    signed_up = {each.person_id for each in sign_ups}
    elsewhere = (
        overlaps_by_person(summit=viewer.summit, row=row, people=list(people.values())) if row.times_known else {}
    )
    waits = any(each.state == SignUpState.WAITING for each in sign_ups)
    numbers = signups.waiting_numbers(row.session_id) if waits else {}
    free = [(person, elsewhere.get(pk, [])) for pk, person in people.items() if pk in members - signed_up]
    return SignUps(
        open=is_open,
        places=signups.places(row.session_id, row),
        listed=[
            SignedUp(each, elsewhere.get(each.person_id, []), numbers.get(each.person_id, 0)) for each in sign_ups
        ],
        free=free if is_open else [],
    )


@portal_page("POST", kind="session in an agenda", see="agenda.agenda.view")
def sign_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign up one of the viewer's people for a session, or end the sign-up (POST)."""
    viewer, row = find_session_or_404(request, public_id)
    person_id = request.POST.get("person", "")
    person = next((each for each in viewer.people if each.public_id == person_id), None)
    if person is None:
        messages.warning(request, _("Choose a person for the place."))
    else:
        party = Membership.objects.filter(person=person).values_list("party", flat=True).first()
        by = viewer.acts.get(party or 0, viewer.by)
        if request.POST.get("do") == "leave":
            question = None if request.POST.get("sure") else _question(viewer, row, person)
            if question is not None:
                return render(request, "portal/sessions/give_up.html", question)
            _leave(request, row, person, by)
        else:
            _sign_up(request, row, person, by)
    response = redirect("portal:session", public_id)
    response.status_code = 303
    return response


def _question(viewer: Viewer, row: ReleasedSession, person: Person) -> dict[str, Any] | None:
    """Return the variables of the page that asks before somebody leaves; None if they could sign up again at once.

    They couldn't if they lose their number on the waiting list, or if others wait for the place.
    """
    sign_up = SignUp.objects.filter(session=row.session_id, person=person).select_related("session__summit").first()
    if sign_up is None:
        return None
    loss = signups.loss(sign_up)
    if loss is None:
        return None
    found = {"viewer": viewer, "summit": viewer.summit, "row": row, "person": person}
    return {**found, "number": loss.number, "waiting": loss.waiting}


def _leave(request: HttpRequest, row: ReleasedSession, person: Person, by: Any) -> None:
    waits = SignUp.objects.filter(session=row.session_id, person=person, state=SignUpState.WAITING).exists()
    signups.cancel_sign_up(session=row.session, person=person, by=by)
    if waits:
        message = _("%(person)s is no longer on the waiting list.") % {"person": person.label}
    else:
        message = _("Place given up.")
    messages.success(request, message)


def _sign_up(request: HttpRequest, row: ReleasedSession, person: Person, by: Any) -> None:
    try:
        signup = signups.sign_up(session=row.session, person=person, by=by)
    except SignUpRefused as refused:
        messages.warning(request, str(refused))
        return
    if signup.state == SignUpState.PLACE:
        message = _("Place reserved for %(person)s.")
    else:
        message = _(
            "All places are taken. %(person)s is on the waiting list and will be notified when a place becomes free."
        )
    messages.success(request, message % {"person": person.label})


def _documents(row: Any) -> list[tuple[str, str, str, str, str]]:
    """Return a session's documents: id, title, language, its name, and why nobody gets it, or ""."""
    back, waiting = listed(Document, (key for key, _title, _language in row.documents))
    why = {
        key: _("Being checked for viruses.") if key in waiting else _("Refused by the virus check.") for key in back
    }
    return [
        (key, title, language, language_name(language), why.get(key, "")) for key, title, language in row.documents
    ]


@portal_page(kind="document in an agenda", see="agenda.agenda.view")
def document(request: HttpRequest, public_id: str, document: str) -> HttpResponse:
    """Return a document of a session as a download. Raises Http404 if the release doesn't show it to the viewer."""
    _viewer, row = find_session_or_404(request, public_id)
    if document not in {key for key, _title, _language in row.documents}:
        raise Http404(_("This document does not belong to a session available to you."))
    file = Document.objects.get(session=row.session_id, public_id=document)
    content = content_of(file)
    if content is None:
        raise Http404(_("This document is being checked for viruses, or was refused."))
    response = HttpResponse(content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.file_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
