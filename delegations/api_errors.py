"""Maps the domain's exceptions to the problem responses of the API.

The exceptions' messages are sentences that API clients can show.
"""

from delegations.badges.selectors.badge_sheet import TooManyBadges
from delegations.badges.services.badges import BadgeProblem, BadgeRefused
from delegations.badges.services.transferable_passes import TransferablePassRefused
from delegations.core.errors import FieldProblem, NotNow
from delegations.core.row_order import OrderChanged
from delegations.focal_points.services.focal_points import ActingRefused
from delegations.invitations.services.answers import AnswerProblem, AnswerRefused
from delegations.members.selectors.naming_rules import NamingRefused
from delegations.members.selectors.quotas import QuotaFull
from delegations.members.services.people import PossibleDuplicate
from delegations.members.services.photos import PhotoProblem
from delegations.membership_changes.services.handovers import HandoverRefused
from delegations.membership_changes.services.merging import MergeRefused
from delegations.participants.selectors import photo_sheet
from delegations.participants.services.revisions import FinalRevisionExists, ListChanged, NothingToFreeze
from delegations.parties.selectors.party_kinds import Unreadable
from delegations.travel.services.declarations import DeclarationRefused
from delegations.travel.services.visas import VisaRefused
from summit.api_base.problems import Problem, register_problem, unprocessable
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.privacy.person_erasure import AlreadyErased


def _of_answer(error: AnswerProblem) -> Problem:
    """Return the API problem for an answer to an invitation, with everything that is wrong in the answer, by
    field."""
    errors_by_field: dict[str, list[str]] = {}
    for problem in (error, *error.others):
        errors_by_field.setdefault(problem.field, []).append(str(problem))
    return unprocessable(errors_by_field)


def _of_possible_duplicate(error: PossibleDuplicate) -> Problem:
    """Return the API problem "conflict", with an error for each person who seems to be entered already.

    Each error has the person's id. The client sends these ids in `another` to say that it is another person.
    """
    errors = [{"pointer": "#/another", "detail": f"{hit.sentence} ({hit.person.public_id})"} for hit in error.hits]
    return Problem("conflict", str(error), errors=errors)


register_problem(AnswerProblem, _of_answer)
register_problem(PossibleDuplicate, _of_possible_duplicate)
register_problem(PhotoProblem, lambda error: unprocessable({"content": str(error)}))
register_problem(OrderChanged, "conflict")
register_problem(
    MissingFontError,
    lambda error: Problem("conflict", f"{missing_fonts.missing(error)} {missing_fonts.remedy(error)}"),
)
# These exceptions name the field to correct.
for _error in (FieldProblem, BadgeProblem):
    register_problem(_error, "conflict")
for _refused in (
    *(
        ActingRefused,
        AnswerRefused,
        BadgeRefused,
        DeclarationRefused,
        HandoverRefused,
        NotNow,
        TransferablePassRefused,
    ),
    *(FinalRevisionExists, ListChanged, NamingRefused, NothingToFreeze, QuotaFull, VisaRefused),
    *(AlreadyErased, MergeRefused, TooManyBadges, Unreadable),
    photo_sheet.TooManyPhotos,
):
    register_problem(_refused, "conflict")
