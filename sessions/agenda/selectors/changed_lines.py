"""Changes as lines with an old and a new value.

For a change of participants, the lines name only the people who differ.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.differences import ROLES, Aspect
from sessions.agenda.selectors.snapshots import ParticipantSnapshot
from summit.core.punctuation import pair, semicolon

# How many added, removed, changed or moved people a line names. If only one more is left, that person is named too.
FEW = 5
Places = tuple[ParticipantSnapshot, ...]
T = TypeVar("T")
# Places by (label, party label, number). The number tells places with the same name apart.
_Keyed = dict[tuple[str, str, int], ParticipantSnapshot]


@dataclass(frozen=True)
class ChangedLine:
    """One change with its old and new value. If people were added or removed, one of the two values is ""."""

    what: str
    old: str
    new: str
    # Whether people wrote the text. Pages then mark its language.
    old_written: bool = field(default=False, compare=False)
    new_written: bool = field(default=False, compare=False)
    # The language, if it isn't the summit's.
    old_language: str = field(default="", compare=False)
    new_language: str = field(default="", compare=False)


@dataclass(frozen=True)
class Differ:
    """The differences between two lists of places.

    `gone` has the removed places, `come` the added ones, and `changed` (old place, new place) pairs. `moved` has
    (new position, place) pairs, for speeches only. Speeches that merely made room for others are not in `moved`.
    """

    gone: Places
    come: Places
    changed: tuple[tuple[ParticipantSnapshot, ParticipantSnapshot], ...]
    moved: tuple[tuple[int, ParticipantSnapshot], ...]

    @property
    def named(self) -> Iterable[ParticipantSnapshot]:
        """The places that the description of the difference names."""
        pairs = [place for states in _few(self.changed) for place in states]
        return [*_few(self.gone), *_few(self.come), *pairs, *(place for _number, place in _few(self.moved))]


def several(aspect: Aspect) -> bool:
    """Return whether an aspect has more than one person or party before the change, or after it."""
    return aspect.what in ROLES and max(len(aspect.old), len(aspect.new)) > 1  # type: ignore[arg-type]


def differ(aspect: Aspect) -> Differ:
    """Return the differences between the old and the new places of an aspect."""
    before, after = _keyed(aspect.old), _keyed(aspect.new)  # type: ignore[arg-type]
    numbers = {key: number for number, key in enumerate(after, start=1)}
    remaining = [key for key in before if key in after]
    in_order = _rising([numbers[key] for key in remaining])
    speeches = ROLES[aspect.what] == ReleasedRole.SPEAKER
    return Differ(
        gone=tuple(place for key, place in before.items() if key not in after),
        come=tuple(place for key, place in after.items() if key not in before),
        changed=tuple((before[key], after[key]) for key in remaining if before[key].reads != after[key].reads),
        moved=tuple((numbers[key], after[key]) for key in after if key in before and numbers[key] not in in_order)
        if speeches
        else (),
    )


def of_people(
    people: str, aspect: Aspect, say: Callable[[ParticipantSnapshot], str], tongue: Callable[[Places], str]
) -> list[ChangedLine]:
    """Return the differences between two lists of people as lines.

    `people` is the label of the role. `say` is called to describe a place, `tongue` to find the language of several
    places.
    """
    difference = differ(aspect)
    lines = []
    make_line = partial(ChangedLine, old_written=True, new_written=True)
    if difference.gone:
        label = _("%(people)s – removed") % {"people": people}
        lines.append(make_line(label, _some(difference.gone, say), "", old_language=tongue(difference.gone)))
    if difference.come:
        label = _("%(people)s – added") % {"people": people}
        lines.append(make_line(label, "", _some(difference.come, say), new_language=tongue(difference.come)))
    if difference.changed:
        sides = tuple(zip(*difference.changed, strict=True))
        texts, languages = [_some(side, say) for side in sides], [tongue(side) for side in sides]
        label = _("%(people)s – changed") % {"people": people}
        lines.append(make_line(label, *texts, old_language=languages[0], new_language=languages[1]))
    if difference.moved:
        label = _("%(people)s – moved") % {"people": people}
        moved = _some(difference.moved, lambda each: _at(*each, say))
        lines.append(make_line(label, "", moved))
    return lines or [ChangedLine(people, "", _("order changed"))]


def _at(number: int, place: ParticipantSnapshot, say: Callable[[ParticipantSnapshot], str]) -> str:
    """Return a speaker in words with their new position, without the subject of the speech."""
    return pair(say(replace(place, title="", minutes=None, level="")), _("position %(place)d") % {"place": number})


def _few(items: tuple[T, ...]) -> tuple[T, ...]:
    return items if len(items) <= FEW + 1 else items[:FEW]


def _some(items: tuple[T, ...], say: Callable[[T], str]) -> str:
    """Return the first few places in words, with the number of the places left out."""
    shown = _few(items)
    rest = len(items) - len(shown)
    more = [ngettext("and %(number)d more", "and %(number)d more", rest) % {"number": rest}] if rest else []
    return semicolon().join([*map(say, shown), *more])


def _keyed(places: Places) -> _Keyed:
    counts: Counter[tuple[str, str]] = Counter()
    found: _Keyed = {}
    for place in places:
        found[*place.name, counts[place.name]] = place
        counts[place.name] += 1
    return found


def _rising(numbers: list[int]) -> set[int]:
    """Return the numbers of a longest rising subsequence, which are the places that kept their order."""
    ends: list[int] = []
    tails: list[int] = []
    previous: list[int | None] = []
    for position, number in enumerate(numbers):
        length = bisect_left(ends, number)
        previous.append(tails[length - 1] if length else None)
        ends[length:] = [number, *ends[length + 1 :]]
        tails[length:] = [position, *tails[length + 1 :]]
    found: set[int] = set()
    current = tails[-1] if tails else None
    while current is not None:
        found.add(numbers[current])
        current = previous[current]
    return found
