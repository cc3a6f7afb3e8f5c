"""Where a delegation stands, and its answer."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from delegations.domain import answers
from delegations.models import Answer, Invitation, InvitationState
from portal.identity import Viewer, viewer_of, viewer_required
from portal.views import seen
from portal.views.agenda import agenda_of, mark, minutes_until
from sessions.domain import wording
from summit.db.clock import db_now

# How many changes the home tells in full: the page of changes has them all.
CHANGES = 3


@require_safe
@viewer_required
def home(request: HttpRequest) -> HttpResponse:
    """Show where each of the reader's delegations stands and what is to do."""
    viewer = viewer_of(request)
    by_party = {row.party_id: row for row in viewer.invitations}
    rows = [
        {"party": party, "invitation": by_party.get(party.pk), "acts": party.pk in viewer.acts}
        for party in viewer.parties
    ]
    # The first thing to do is the one button in the summit's colour.
    waiting = any(row.state == InvitationState.SENT and viewer.may_answer(row) for row in viewer.invitations)
    where = _whereabouts(viewer)
    unseen = [change for entry in seen.unread(request, viewer) for change in entry.changes]
    context = {
        "viewer": viewer,
        "summit": viewer.summit,
        "summits": [other.summit for other in request.viewers],  # type: ignore[attr-defined]
        "rows": rows,
        "takes_answers": answers.still_open(viewer.summit.pk).exists(),
        "waiting": waiting,
        # Whoever has to be somewhere within two hours is told that first.
        "waiting_first": waiting and not where["now"] and where["minutes"] is None,
        "changed": len(unseen),
        "stories": wording.stories(unseen[:CHANGES], viewer.summit),
        **where,
    }
    return render(request, "portal/desk_home.html", context)


def _whereabouts(viewer: Viewer) -> dict[str, Any]:
    """Return where the reader must be: now, next and in how many minutes, and what else the day holds."""
    rows = agenda_of(viewer)
    moment = db_now()
    on, following = mark(rows, moment)
    shown = {row.pk for row in [*on, following] if row is not None}
    day = (following or on[-1]).starts_at.astimezone(viewer.summit.zone).date() if shown else None
    later = [
        row
        for row in rows
        if row.mine  # type: ignore[attr-defined]
        and row.pk not in shown
        and row.starts_at > moment
        and row.starts_at.astimezone(viewer.summit.zone).date() == day
    ]
    return {
        "now": on,
        "next": following,
        "minutes": minutes_until(following, moment),
        "moment": moment,
        "today": later,
    }


def _find(request: HttpRequest, public_id: str) -> tuple[Viewer, Invitation]:
    """Return a standing invitation of the reader, in any of their summits. Raises Http404."""
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in listed:
        for row in viewer.invitations:
            if row.public_id == public_id and viewer.may("delegations.invitation.view", row.party_id):
                row.party.summit = viewer.summit
                return viewer, row
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what is asked, of whom and until when; a POST answers."""
    viewer, row = _find(request, public_id)
    if request.method != "POST":
        values = {"answer": row.answer, "name": row.answered_by or viewer.name, "note": row.note}
        return _page(request, viewer, row, values)
    if not viewer.may_answer(row):
        said = {"party": row.party.name, "contact": viewer.summit.contact_email}
        raise PermissionDenied(_("The focal points of %(party)s can answer, or protocol: %(contact)s.") % said)
    values = {key: request.POST.get(key, "") for key in ("answer", "name", "note")}
    try:
        answers.answer(
            invitation=row,
            by=viewer.acts.get(row.party_id, viewer.by),
            answer=values["answer"],
            name=values["name"],
            note=values["note"],
        )
    except answers.AnswerProblem as problem:
        return _page(request, viewer, row, values, errors={problem.field: str(problem)}, status=422)
    except answers.AnswerRefused as refused:
        return _page(request, viewer, row, values, refused=str(refused), status=409)
    response = redirect("portal:invitation", row.public_id)
    response.status_code = 303
    return response


def _page(
    request: HttpRequest,
    viewer: Viewer,
    row: Invitation,
    values: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "viewer": viewer,
        "summit": viewer.summit,
        "party": row.party,
        "invitation": row,
        "acts": viewer.may_answer(row),
        "takes_answers": answers.still_open(viewer.summit.pk).exists(),
        "choices": _choices(row),
        "values": values,
        "errors": errors or {},
        "refused": refused,
        "editing": bool(errors) or request.GET.get("change") == "1",
        "note_length": answers.NOTE_LENGTH,
        "name_length": answers.NAME_LENGTH,
    }
    return render(request, "portal/invitation.html", context, status=status)


def _choices(row: Invitation) -> list[tuple[str, str, str]]:
    """Return value, name and meaning of what can be answered."""
    said = {"party": row.party.name}
    return [
        (Answer.ATTENDING, _("Accept"), _("%(party)s takes part.") % said),
        (Answer.REGRETS, _("Decline"), _("%(party)s sends its regrets.") % said),
    ]
