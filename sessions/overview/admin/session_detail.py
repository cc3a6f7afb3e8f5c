"""The page of a session that one reads: when and where, what to do next, who speaks and takes part, what clashes."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from delegations.invitations import invitable_sessions
from delegations.invitations.permissions import can_invite
from delegations.parties.selectors import party_names
from sessions.agenda.admin.audiences import who_sees
from sessions.agenda.selectors.change_descriptions import span
from sessions.agenda.selectors.differences import Nature, SessionChange
from sessions.conflicts.admin.warnings import Warned, warning_rows
from sessions.conflicts.selectors.warnings import near
from sessions.documents.services import documents
from sessions.draft.admin.session_pages import like_url
from sessions.draft.models.participants import RequestState
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_edit, can_run_day
from sessions.membership_changes.services import passed_on_places
from sessions.presence.selectors import attendance
from sessions.releases.permissions import can_release
from sessions.releases.selectors import unreleased_changes
from sessions.speakers.services import speakers_list
from summit.admin_base.next_steps import NextStep, OpenPoint
from summit.core.punctuation import comma, pair


def context(request: HttpRequest, session: Session) -> dict[str, Any]:
    """Return the variables of a session's page. The number of queries is constant."""
    rows = speakers_list.slots(session)
    asked = session.requests.filter(state=RequestState.ASKED).count()
    return {
        **party_names.on_page(session.summit),
        "span": span(session.starts_at, session.ends_at, session.summit),
        "state": _state(session),
        "may_release": can_release(request.user, session.summit) and _change(session) is not None,
        "speeches": speakers_list.lines(session, rows),
        "totals": speakers_list.totals(session, [row.minutes for row in rows]),
        "participants": _participants(session),
        "documents": list(documents.listed(session)),
        "sees": who_sees(session),
        "steps": list(_steps(request, session)),
        "points": list(_points(session, asked)),
        "nothing_open": _("No scheduling conflicts"),
    }


def _participants(session: Session) -> list[Any]:
    """Return the participants; `represented_by` of a delegation is who represents it instead of its head, or None."""
    rows: list[Any] = list(
        session.participants.select_related("party", "person", "category").order_by("position", "pk")
    )
    people = attendance.representatives(session)
    for row in rows:
        row.represented_by = people.get(row.party_id)
    return rows


def _state(session: Session) -> tuple[str, str]:
    """Return a sign and words for where a session stands: cancelled, not released, changed, or as released."""
    if session.cancelled_at is not None:
        return "bad", _("cancelled")
    change = _change(session)
    if change is None:
        return "good", _("released")
    return ("wait", _("not released")) if change.nature == Nature.ADDED else ("wait", _("changed since the release"))


def _change(session: Session) -> SessionChange | None:
    """Return how a session differs from the last release; None if it doesn't."""
    changes = unreleased_changes.standing(session.summit).changes
    return next((each for each in changes if each.session.session_id == session.pk), None)


def is_changed(session: Session) -> bool:
    """Return whether a session is in the last release and differs from it."""
    change = _change(session)
    return change is not None and change.nature != Nature.ADDED


def _steps(request: HttpRequest, session: Session) -> Iterator[NextStep]:
    """Yield what the user can do with a session, the most usual first."""
    if can_edit(request.user, session):
        if session.cancelled_at is not None:
            yield NextStep(reverse("admin:agenda_session_reinstate", args=[session.pk]), _("Reinstate session"), {})
            return
        yield NextStep(reverse("admin:agenda_session_edit", args=[session.pk, "time-and-room"]), _("Move session"))
        yield NextStep(like_url(session), _("Add a session like this"))
    if session.cancelled_at is None and can_run_day(request.user, session.summit):
        yield NextStep(reverse("admin:agenda_session_presence", args=[session.pk]), _("Record presence"))
    if _accepts_invitations(session) and can_invite(request.user, session.summit):
        url = reverse("admin:delegations_occasions", args=[session.summit.slug])
        yield NextStep(f"{url}?session={session.public_id}", _("Invite delegations"))
    if can_edit(request.user, session):
        yield NextStep(reverse("admin:agenda_session_cancel", args=[session.pk]), _("Cancel session"))


def _accepts_invitations(session: Session) -> bool:
    """Return whether parties can be invited to a session."""
    invitable = invitable_sessions.find(session.summit, [session.public_id]).get(session.public_id)
    return invitable is not None and invitable.open


def _points(session: Session, asked: int) -> Iterator[OpenPoint]:
    """Yield what clashes with a session, and what in it waits for a decision."""
    if session.cancelled_at is None:
        here = reverse("admin:agenda_session_detail", args=[session.pk])
        for found in warning_rows(near(session.summit, [session]), session.summit):
            yield _clash(found, here)
    elif not session.cancellation_reason:
        url = reverse("admin:agenda_session_cancel", args=[session.pk])
        yield OpenPoint(_("Give a reason for the cancellation"), url)
    if asked:
        yield OpenPoint(
            _("Requests to speak: %(number)d to decide") % {"number": asked},
            reverse("admin:agenda_session_speakers", args=[session.pk]),
        )
    for person in passed_on_places.waiting(session):
        message = _(
            "%(person)s has left the delegation. Their place stays until protocol passes it on or discards it."
        )
        yield OpenPoint(message % {"person": person})


def _clash(found: Warned, here: str) -> OpenPoint:
    """Return a warning as a point that leads to the other session, if there is one."""
    others = [(title, when, url) for title, when, url in found.sessions if url != here]
    about = comma().join(
        part for part in (found.who, found.detail, *(f"“{title}” ({when})" for title, when, _url in others)) if part
    )
    return OpenPoint(pair(found.label, about) if about else found.label, others[0][2] if others else "")
