"""What the errors of the domain are to whoever asks by the API: each is a sentence for them already."""

from delegations.domain import photo_sheet
from delegations.domain.acting import ActingRefused
from delegations.domain.answers import AnswerProblem, AnswerRefused
from delegations.domain.badge_sheet import TooMany
from delegations.domain.badges import BadgeProblem, BadgeRefused
from delegations.domain.declarations import DeclarationRefused
from delegations.domain.handovers import HandoverRefused
from delegations.domain.incoming.values import Unreadable
from delegations.domain.merging import MergeRefused
from delegations.domain.order import OrderChanged
from delegations.domain.overpasses import OverpassRefused
from delegations.domain.participants import FinalStands, ListChanged, NothingToFreeze
from delegations.domain.people import SeemsKnown
from delegations.domain.photos import PhotoProblem
from delegations.domain.places import NamingRefused
from delegations.domain.problems import FieldProblem
from delegations.domain.quotas import QuotaFull
from delegations.domain.sheets import SheetProblem
from delegations.domain.states import NotNow
from delegations.domain.visas import VisaRefused
from summit.api.problems import Problem, means, unprocessable
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.privacy.erasure import AlreadyErased


def _of_answer(error: AnswerProblem) -> Problem:
    """Return all that can't be taken of an answer, by field."""
    said: dict[str, list[str]] = {}
    for each in (error, *error.others):
        said.setdefault(each.field, []).append(str(each))
    return unprocessable(said)


def _known(error: SeemsKnown) -> Problem:
    """Return who seems to be entered already, each with the id by which one says that it is another."""
    told = [{"pointer": "#/another", "detail": f"{hit.sentence} ({hit.person.public_id})"} for hit in error.hits]
    return Problem("conflict", str(error), errors=told)


means(AnswerProblem, _of_answer)
means(SeemsKnown, _known)
means(PhotoProblem, lambda error: unprocessable({"content": str(error)}))
means(OrderChanged, "conflict")
means(
    MissingFontError,
    lambda error: Problem("conflict", f"{missing_fonts.missing(error)} {missing_fonts.remedy(error)}"),
)
# Those that name a field are about it.
for _error in (FieldProblem, BadgeProblem):
    means(_error, "conflict")
for _refused in (
    *(ActingRefused, AnswerRefused, BadgeRefused, DeclarationRefused, HandoverRefused, NotNow, OverpassRefused),
    *(FinalStands, ListChanged, NamingRefused, NothingToFreeze, QuotaFull, VisaRefused),
    *(AlreadyErased, MergeRefused, SheetProblem, TooMany, Unreadable),
    photo_sheet.TooMany,
):
    means(_refused, "conflict")
