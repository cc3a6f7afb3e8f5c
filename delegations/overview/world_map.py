"""A map of who has answered: coastlines, and a mark for each delegation where its government sits.

There are no frontiers, because maps draw contested ones. All marks have one size, so that small states are as visible
as large ones; marks that would cover each other are moved apart. The file of the coastlines has the same projection.
"""

import functools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import COMING, InvitationState
from delegations.invitations.selectors import invitation_status
from delegations.overview.dashboard import parties
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from delegations.parties.selectors.seats import SEATS
from summit.admin_base.detail_pages import detail_url
from summit.permissions.rules import allows
from summit.summits.models import Summit

# The drawing's size, the longitude of its left edge and the latitude of its upper edge.
WIDTH, HEIGHT = 1000, 434
LEFT, TOP = -169, 80
# How much higher a degree of latitude is than a degree of longitude is wide.
STRETCH = 1.15
# The least distance of two marks, and how often marks are moved apart.
APART, ROUNDS = 15.0, 60
# The answers as the map shows them, in the order of its key.
ATTENDING, REGRETS, OPEN, UNINVITED = "attending", "regrets", "open", "uninvited"


@dataclass(frozen=True)
class Mark:
    """A delegation on the map: its name, its answer and its page. `x` and `y` are None if no place is known."""

    name: str
    answer: str
    word: str
    url: str
    x: float | None
    y: float | None


@dataclass(frozen=True)
class Line:
    """A line of the map's key and table: an answer in words, the delegations with it, and the URL of their list."""

    answer: str
    word: str
    names: list[str]
    url: str


@dataclass(frozen=True)
class WorldMap:
    """The map: its title, a mark for each delegation, those without a place among them, and the lines of its key."""

    title: str
    marks: list[Mark]
    lines: list[Line]

    @property
    def placed(self) -> list[Mark]:
        """The marks on the drawing."""
        return [mark for mark in self.marks if mark.x is not None]

    @property
    def elsewhere(self) -> list[Mark]:
        """The marks beside the drawing."""
        return [mark for mark in self.marks if mark.x is None]


def world_map(request: HttpRequest, summit: Summit) -> WorldMap | None:
    """Return the map of a summit's delegations, or None if the user may not see them or there are none.

    The host is left out. Makes two queries.
    """
    if not allows(request.user, "delegations.party.view", summit):
        return None
    rows: list[Any] = list(invitation_status.with_standing(Party.objects.filter(summit=summit, is_host=False)))
    if not rows:
        return None
    names, words = party_names.book(summit, get_language() or ""), _words()
    places = places_of(tuple(row.iso_code for row in rows))
    marks = []
    for row, place in zip(rows, places, strict=True):
        answer, named = _answer(row), names.of(row)
        x, y = place or (None, None)
        marks.append(Mark(named.name if named else row.name, answer, words[answer], detail_url(row), x, y))
    marks.sort(key=lambda mark: mark.name)
    lines = [
        Line(answer, word, [mark.name for mark in marks if mark.answer == answer], parties(summit, answer=answer))
        for answer, word in words.items()
    ]
    return WorldMap(_title(marks), marks, [line for line in lines if line.names])


def _words() -> dict[str, str]:
    return {
        ATTENDING: _("attending"),
        REGRETS: _("regrets"),
        OPEN: _("awaiting answer"),
        UNINVITED: _("not invited"),
    }


def _answer(row: Any) -> str:
    """Return the answer of a party annotated by `invitation_status.with_standing`."""
    if row.standing == InvitationState.ANSWERED:
        return ATTENDING if row.replied in COMING else REGRETS
    return OPEN if row.standing == InvitationState.SENT else UNINVITED


def _title(marks: Sequence[Mark]) -> str:
    numbers = Counter(mark.answer for mark in marks)
    answered, invited = numbers[ATTENDING] + numbers[REGRETS], len(marks) - numbers[UNINVITED]
    if not invited:
        message = ngettext("%(n)d delegation, not invited yet", "%(n)d delegations, none invited yet", len(marks))
        return message % {"n": len(marks)}
    return ngettext(
        "%(answered)d of %(invited)d invited delegations has answered",
        "%(answered)d of %(invited)d invited delegations have answered",
        answered,
    ) % {"answered": answered, "invited": invited}


@functools.lru_cache(maxsize=16)
def places_of(codes: tuple[str, ...]) -> list[tuple[float, float] | None]:
    """Return where the marks of delegations with these ISO codes are, or None for those without a known place."""
    known = [code for code in codes if code in SEATS]
    found = iter(spread([position(*SEATS[code]) for code in known]))
    return [next(found) if code in SEATS else None for code in codes]


def position(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the place of a point on the drawing. It may be outside of it, far in the south or north."""
    scale = WIDTH / 360
    return ((longitude - LEFT) % 360) * scale, (TOP - latitude) * scale * STRETCH


def spread(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points moved apart, so that hardly two of them are nearer to each other than `APART`."""
    found = [list(point) for point in points]
    for _round in range(ROUNDS):
        if not sum(_part(found[one], found[other], one) for one in range(len(found)) for other in range(one)):
            break
    return [(round(min(max(x, 6), WIDTH - 6), 1), round(min(max(y, 6), HEIGHT - 6), 1)) for x, y in found]


def _part(first: list[float], second: list[float], turn: int) -> bool:
    """Move two points apart if they are too near to each other, and return whether they were."""
    across, down = first[0] - second[0], first[1] - second[1]
    if abs(across) >= APART or abs(down) >= APART:
        return False
    distance = math.hypot(across, down)
    if distance >= APART:
        return False
    # Points at one place part in directions that differ.
    angle = math.atan2(down, across) if distance else float(turn)
    push = (APART - distance) / 2 + 0.01
    for point, sign in ((first, 1), (second, -1)):
        point[0] += sign * push * math.cos(angle)
        point[1] += sign * push * math.sin(angle)
    return True
