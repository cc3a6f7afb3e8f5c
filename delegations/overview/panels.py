"""Panels of the dashboard about invitations and the desks' tasks, and the metric of invitations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.invitations.admin_links import call_sheet
from delegations.invitations.models.invitations import Invitation
from delegations.invitations.permissions import can_invite
from delegations.invitations.selectors.invitation_status import STANDINGS
from delegations.invitations.services import phone_calls
from delegations.members.services import duplicates
from delegations.overview.dashboard import (
    CHANGE,
    INVITE,
    alike_list,
    count_duplicates,
    handed,
    handed_page,
    numbers,
    open_handovers_message,
    parties,
    requested,
    requests,
    visa_letters,
    visa_letters_sentence,
    waiting,
)
from delegations.overview.selectors import completeness
from summit.admin_base.dashboard import desk_panel, lately, now_of
from summit.core.metrics import Gauge, source
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Summit


@dataclass(frozen=True)
class DeskTask:
    """A task of a desk: a sentence, the number in it, and the URL of the page on which it is done."""

    sentence: str
    number: int
    address: str


def _open(number: int) -> str:
    message = ngettext(
        "%(n)d party has not answered: call it.", "%(n)d parties have not answered: call them.", number
    )
    return message % {"n": number}


def _uninvited(number: int) -> str:
    message = ngettext("%(n)d party is not invited yet.", "%(n)d parties are not invited yet.", number)
    return message % {"n": number}


# By desk, the missing items of parties that it deals with (delegations.overview.selectors.completeness).
LACKS: dict[Role, tuple[str, ...]] = {
    Role.PROTOCOL: ("mailbox", "focal"),
    Role.ACCREDITATION: ("badge",),
    Role.VETTING: ("decision", "passport"),
    Role.PROGRAMME: ("head",),
}


def lines(request: HttpRequest, summit: Summit) -> dict[Role, list[DeskTask]]:
    """Return a dict from each desk's role to its tasks. A desk without tasks has an empty list."""
    counts = numbers(request, summit)
    rows: list[tuple[str, Callable[[int], str], str]] = [
        ("uninvited", _uninvited, parties(summit, answer="uninvited")),
        ("open", _open, call_sheet(summit)),
        (completeness.REQUESTS, requested, requests(summit)),
    ]
    desks = {
        desk: [
            DeskTask(completeness.sentence(name, counts[name]), counts[name], parties(summit, lacks=name))
            for name in names
            if counts[name]
        ]
        for desk, names in LACKS.items()
    }
    own_tasks = [DeskTask(sentence(counts[name]), counts[name], url) for name, sentence, url in rows if counts[name]]
    duplicate_count = count_duplicates(request, summit)
    last_tasks = (
        [DeskTask(duplicates.sentence(duplicate_count), duplicate_count, alike_list(summit))]
        if duplicate_count
        else []
    )
    handover_count = handed(request, summit)
    if handover_count:
        own_tasks.append(DeskTask(open_handovers_message(handover_count), handover_count, handed_page(summit)))
    visa_count = waiting(request, summit)["visas"]
    if visa_count:
        own_tasks.append(DeskTask(visa_letters_sentence(visa_count), visa_count, visa_letters(summit)))
    desks[Role.PROTOCOL] = own_tasks + desks[Role.PROTOCOL] + last_tasks
    return desks


@desk_panel(12, works=(INVITE,))
def desks(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the tasks of each desk, or None if the user may not see parties and invite them.

    It takes at most three queries, which other parts of the page share.
    """
    if not allows(request.user, INVITE, summit) or not allows(request.user, "delegations.party.view", summit):
        return None
    tasks_by_desk = lines(request, summit)
    busy_count = sum(bool(entries) for entries in tasks_by_desk.values())
    title = (
        ngettext("%(n)d desk has something to do", "%(n)d desks have something to do", busy_count) % {"n": busy_count}
        if busy_count
        else _("No desk has anything to do")
    )
    rows = [(str(desk.label), entries) for desk, entries in tasks_by_desk.items()]
    return "admin/delegations/overview/desk_tasks_panel.html", {"title": title, "desks": rows}


@desk_panel(10, works=(INVITE, CHANGE))
def invitations(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the numbers of invitations and answers, or None if the user may not see parties."""
    if not allows(request.user, "delegations.party.view", summit):
        return None
    counts = numbers(request, summit)
    late = counts["open"] > 0 and summit.answer_by is not None and summit.answer_by <= now_of(request)
    may_invite = can_invite(request.user, summit) and counts["uninvited"] > 0
    may_see_calls = allows(request.user, "delegations.callnote.view", summit)
    waiting = _waiting(request, summit) if may_see_calls and counts["open"] else []
    return "admin/delegations/overview/invitations_panel.html", {
        **{name: counts[name] for name in STANDINGS},
        "late": late,
        "may_invite": may_invite,
        "may_see_calls": may_see_calls,
        "sheet": call_sheet(summit),
        "waiting": [(days, number, call_sheet(summit, days=days)) for days, number in waiting],
    }


def _waiting(request: HttpRequest, summit: Summit) -> list[tuple[int, int]]:
    return lately(request, ("waiting", summit.pk), lambda: phone_calls.waiting(summit, now_of(request)))


@source
def gauges() -> Iterable[Gauge]:
    """Yield the metric `summit_invitations`: the number of invitations by summit and state."""
    rows = (
        Invitation.objects.filter(occasion="")
        .order_by()
        .values("party__summit__slug", "state")
        .annotate(n=Count("pk"))
    )
    yield (
        "summit_invitations",
        "Invitations by state",
        [({"summit": row["party__summit__slug"], "state": row["state"]}, float(row["n"])) for row in rows],
    )
