"""The page of an invitation, with the form to answer it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from delegations.invitations import invitable_sessions
from delegations.invitations.models.invitations import Answer, Invitation
from delegations.invitations.selectors import level_choices
from delegations.invitations.services import answers
from delegations.parties.selectors import party_names
from portal.visitor_identity import Viewer, portal_page
from summit.core.database_clock import db_now

ENTERED = ("answer", "level", "name", "note")


def _get_invitation_or_404(request: HttpRequest, public_id: str) -> tuple[Viewer, Invitation]:
    """Return the user's Viewer and the open invitation with this public id, in any of the user's summits.

    Raises Http404 if there is no such invitation or the user may not see it.
    """
    listed: list[Viewer] = request.viewers  # type: ignore[attr-defined]
    for viewer in listed:
        for row in viewer.invitations:
            if row.public_id == public_id and viewer.may("delegations.invitation.view", row.party_id):
                row.party.summit = viewer.summit
                return viewer, row
    raise Http404


@portal_page("GET POST", kind="delegations.invitation", see="delegations.invitation.view", post="delegations.answer")
def invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an invitation and its deadline. A POST answers the invitation.

    Raises Http404, and PermissionDenied for a POST by a user who doesn't act for the invited party.
    """
    viewer, row = _get_invitation_or_404(request, public_id)
    if request.method != "POST":
        level, name = level_choices.proposed(row), row.answered_by or viewer.name
        values = {"answer": row.answer, "level": level, "name": name, "note": row.note}
        return _page(request, viewer, row, values)
    if not viewer.may_answer(row):
        params = {"party": party_names.to_reader(row.party).name, "contact": viewer.summit.contact_email}
        raise PermissionDenied(
            _("Ask a focal point of %(party)s to answer, or contact protocol: %(contact)s.") % params
        )
    values = {key: request.POST.get(key, "") for key in ENTERED}
    try:
        answers.answer(
            invitation=row,
            by=viewer.acts.get(row.party_id, viewer.by),
            answer=values["answer"],
            level=level_choices.resolve(values["level"], answer=values["answer"], party=row.party),
            name=values["name"],
            note=values["note"],
        )
    except answers.AnswerProblem as problem:
        errors: dict[str, str] = {}
        for error in (problem, *problem.others):
            errors.setdefault(error.field, str(error))
        return _page(request, viewer, row, values, errors=errors, status=422)
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
    page = party_names.on_page(viewer.summit)
    named = page["names"].of(row.party)
    occasion = invitable_sessions.find(viewer.summit, [row.occasion]).get(row.occasion)
    takes = answers.still_open(viewer.summit.pk).exists() if not row.occasion else False
    context = {
        "occasion": occasion,
        "due": occasion.starts_at if occasion else viewer.summit.answer_by,
        **page,
        "named": named,
        "mark": page["notes"].mark(named),
        "viewer": viewer,
        "summit": viewer.summit,
        "party": row.party,
        "invitation": row,
        "reply": answers.newest_of(row) if row.answer else None,
        "acts": viewer.may_answer(row),
        "takes_answers": occasion.takes_answers(db_now()) if occasion else takes,
        "choices": _choices(named),
        "levels": level_choices.choices(row.party),
        "values": values,
        "errors": errors or {},
        "refused": refused,
        "editing": bool(errors) or request.GET.get("change") == "1",
        "note_length": answers.NOTE_LENGTH,
        "name_length": answers.NAME_LENGTH,
    }
    return render(request, "portal/invitation.html", context, status=status)


def _choices(named: party_names.NamedParty) -> list[tuple[str, str, str]]:
    """Return each possible answer for a party, as its value, label and description."""
    params = {"party": named.name}
    return [
        (Answer.ATTENDING, _("Accept"), _("%(party)s will attend.") % params),
        (
            Answer.REPRESENTED,
            _("Accept with a different representative"),
            _("%(party)s will attend with a different representative from the one invited.") % params,
        ),
        (Answer.REGRETS, _("Decline"), _("%(party)s sends its regrets.") % params),
    ]
