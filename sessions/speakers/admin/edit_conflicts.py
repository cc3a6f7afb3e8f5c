"""What was typed into the speakers' list: the places and minutes that differ from what its page showed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sessions.speakers.services.speakers import Line, SpeakersRefused
from summit.admin_base.row_keys import key_of


@dataclass
class Typed:
    """Numbers by the primary keys of speeches. `was` is what the page showed, as it carries it; `words` are what was
    typed, where the page is shown once more."""

    places: dict[int, int] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    was: str = ""
    words: dict[str, str] = field(default_factory=dict)


class Shown:
    """A speech as a row of the page: what stands in its fields, where its buttons move it, and which of them has the
    focus."""

    def __init__(self, line: Line, typed: Typed, last: int, focus: str) -> None:
        key = line.slot.pk
        self.line = line
        self.place = typed.words.get(f"place-{key}", str(line.place))
        self.minutes = typed.words.get(f"minutes-{key}", str(line.slot.minutes))
        self.up = line.place - 1
        self.down = line.place + 1 if line.place < last else 0
        how, _sep, wanted = focus.partition("-")
        mine = wanted == str(key)
        # At an end of the list the one button stands for the other.
        self.focus_up = mine and bool(self.up) and (how == "up" or not self.down)
        self.focus_down = mine and bool(self.down) and not self.focus_up


def shown(lines: Iterable[Line]) -> str:
    """Return what the page carries of what it shows: key, place and minutes of each speech."""
    return " ".join(f"{line.slot.pk}:{line.place}:{line.slot.minutes}" for line in lines)


def read(posted: Mapping[str, str], *, keep: bool = False) -> Typed:
    """Return what was typed, or with `keep` the words alone, for the page to show once more. Raises SpeakersRefused
    for what is no number."""
    was = posted.get("was", "")
    if keep:
        words = {name: value for name, value in posted.items() if name.startswith(("place-", "minutes-"))}
        return Typed(was=was, words=words)
    found = Typed(was=was)
    for each in was.split():
        key, *shown = (key_of(part) for part in each.split(":"))
        if key is None or len(shown) != 2:
            continue
        for numbers, name, before in ((found.places, "place", shown[0]), (found.minutes, "minutes", shown[1])):
            said = posted.get(f"{name}-{key}", "").strip()
            number = key_of(said)
            if said and number is None:
                raise SpeakersRefused(
                    _("“%(said)s” is no number. Give places and minutes in digits.") % {"said": said}
                )
            if number is not None and number != before:
                numbers[key] = number
    return found
