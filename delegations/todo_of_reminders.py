"""What the desk's home says of reminders: when they go by themselves, and to how many."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import ngettext

from delegations.domain import reminders
from delegations.models import Policy
from delegations.todo import INVITE, numbers, parties
from summit.desk.today import Coming, desk_coming
from summit.permissions.rules import allows
from summit.summits.models import Summit


@desk_coming.register(10)
def reminding(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Say when reminders go, where any answer is open."""
    if summit.answer_by is None or not allows(request.user, INVITE, summit):
        return
    unanswered = numbers(request, summit)["open"]
    if not unanswered:
        return
    said = ngettext(
        "Reminders go to those who have not answered: %(n)d party now.",
        "Reminders go to those who have not answered: %(n)d parties now.",
        unanswered,
    )
    for moment in reminders.planned(summit, Policy.objects.of(summit)):
        yield Coming(moment, said % {"n": unanswered}, parties(summit, answer="open"))
