"""What each desk has to do with the delegations: a line for each thing, which opens exactly the parties it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.domain import duplicates, gaps
from delegations.todo import (
    INVITE,
    alike_list,
    call_sheet,
    handed,
    handed_page,
    handed_words,
    numbers,
    parties,
    requested,
    requests,
    twice,
    waiting,
)
from delegations.todo_of_visas import asked_words, letters
from summit.desk.today import desk_panel
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Summit


@dataclass(frozen=True)
class Line:
    """Something that a desk has to do."""

    sentence: str
    number: int
    address: str


def _open(number: int) -> str:
    said = ngettext("%(n)d party has not answered: call it.", "%(n)d parties have not answered: call them.", number)
    return said % {"n": number}


def _uninvited(number: int) -> str:
    said = ngettext("%(n)d party is not invited yet.", "%(n)d parties are not invited yet.", number)
    return said % {"n": number}


# By desk: what parties lack that it sees to (delegations.domain.gaps).
LACKS: dict[Role, tuple[str, ...]] = {
    Role.PROTOCOL: ("mailbox", "focal"),
    Role.ACCREDITATION: ("badge",),
    Role.VETTING: ("decision", "passport"),
    Role.PROGRAMME: ("head",),
}


def lines(request: HttpRequest, summit: Summit) -> dict[Role, list[Line]]:
    """Return by desk what it has to do, nothing where it has nothing."""
    found = numbers(request, summit)
    say: list[tuple[str, Callable[[int], str], str]] = [
        ("uninvited", _uninvited, parties(summit, answer="uninvited")),
        ("open", _open, call_sheet(summit)),
        (gaps.REQUESTS, requested, requests(summit)),
    ]
    desks = {
        desk: [
            Line(gaps.sentence(name, found[name]), found[name], parties(summit, lacks=name))
            for name in names
            if found[name]
        ]
        for desk, names in LACKS.items()
    }
    own = [Line(words(found[name]), found[name], address) for name, words, address in say if found[name]]
    alike = twice(request, summit)
    last = [Line(duplicates.sentence(alike), alike, alike_list(summit))] if alike else []
    things = handed(request, summit)
    if things:
        own.append(Line(handed_words(things), things, handed_page(summit)))
    asked = waiting(request, summit)["visas"]
    if asked:
        own.append(Line(asked_words(asked), asked, letters(summit)))
    desks[Role.PROTOCOL] = own + desks[Role.PROTOCOL] + last
    return desks


@desk_panel(12, works=(INVITE,))
def desks(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Show protocol what each desk has to do. Three queries at most, which other parts of the page share."""
    if not allows(request.user, INVITE, summit) or not allows(request.user, "delegations.party.view", summit):
        return None
    found = lines(request, summit)
    busy = sum(bool(entries) for entries in found.values())
    title = (
        ngettext("%(n)d desk has something to do", "%(n)d desks have something to do", busy) % {"n": busy}
        if busy
        else _("No desk has anything to do")
    )
    rows = [(str(desk.label), entries) for desk, entries in found.items()]
    return "admin/delegations/desks.html", {"title": title, "desks": rows}
