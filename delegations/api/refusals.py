"""What the errors of the domain are to whoever asks by the API: each is a sentence for them already."""

from delegations.domain.acting import ActingRefused
from delegations.domain.answers import AnswerProblem, AnswerRefused
from delegations.domain.badges import BadgeProblem, BadgeRefused
from delegations.domain.calls import CallProblem
from delegations.domain.declarations import DeclarationProblem, DeclarationRefused
from delegations.domain.focal import FocalProblem
from delegations.domain.handovers import HandoverRefused
from delegations.domain.overpasses import OverpassRefused
from delegations.domain.participants import FinalStands, ListChanged, NothingToFreeze
from delegations.domain.states import NotNow
from delegations.domain.visas import VisaProblem, VisaRefused
from summit.api.problems import Problem, means, unprocessable


def _of_answer(error: AnswerProblem) -> Problem:
    """Return all that can't be taken of an answer, by field."""
    said: dict[str, list[str]] = {}
    for each in (error, *error.others):
        said.setdefault(each.field, []).append(str(each))
    return unprocessable(said)


means(AnswerProblem, _of_answer)
# Those that name a field are about it.
for _error in (BadgeProblem, CallProblem, DeclarationProblem, FocalProblem, VisaProblem):
    means(_error, "conflict")
for _refused in (
    *(ActingRefused, AnswerRefused, BadgeRefused, DeclarationRefused, HandoverRefused, NotNow, OverpassRefused),
    *(FinalStands, ListChanged, NothingToFreeze, VisaRefused),
):
    means(_refused, "conflict")
