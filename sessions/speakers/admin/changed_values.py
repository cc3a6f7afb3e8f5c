"""The values typed into the speakers' list: the places and minutes that differ from the values on the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sessions.speakers.services.speakers_list import SpeakersRefused, SpeechLine
from summit.admin_base.row_keys import key_of


@dataclass
class Typed:
    """The numbers that a user typed. `places` and `minutes` are dicts from a speech's primary key.

    `was` is the state that the page showed, from its hidden field. `words` are the raw values, if the page is
    rendered again.
    """

    places: dict[int, int] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    was: str = ""
    words: dict[str, str] = field(default_factory=dict)


class SpeechSnapshot:
    """A speech as a row of the page: the values of its fields, the targets of its buttons, and which button has the
    focus."""

    def __init__(self, line: SpeechLine, typed: Typed, last: int, focus: str) -> None:
        key = line.slot.pk
        self.line = line
        self.place = typed.words.get(f"place-{key}", str(line.place))
        self.minutes = typed.words.get(f"minutes-{key}", str(line.slot.minutes))
        self.up = line.place - 1
        self.down = line.place + 1 if line.place < last else 0
        direction, _sep, focus_key = focus.partition("-")
        is_focused = focus_key == str(key)
        # At an end of the list, where the pressed button is missing, the other one gets the focus.
        self.focus_up = is_focused and bool(self.up) and (direction == "up" or not self.down)
        self.focus_down = is_focused and bool(self.down) and not self.focus_up


def list_state(lines: Iterable[SpeechLine]) -> str:
    """Return the state of the list for the page's hidden field: key, place and minutes of each speech."""
    return " ".join(f"{line.slot.pk}:{line.place}:{line.slot.minutes}" for line in lines)


def read(posted: Mapping[str, str], *, keep: bool = False) -> Typed:
    """Return the typed numbers that differ from the page, or with `keep` the raw values to render again.

    Raises SpeakersRefused for a value that isn't a number.
    """
    old_state = posted.get("was", "")
    if keep:
        values = {name: value for name, value in posted.items() if name.startswith(("place-", "minutes-"))}
        return Typed(was=old_state, words=values)
    typed = Typed(was=old_state)
    for entry in old_state.split():
        key, *stored_numbers = (key_of(part) for part in entry.split(":"))
        if key is None or len(stored_numbers) != 2:
            continue
        for numbers, name, stored in (
            (typed.places, "place", stored_numbers[0]),
            (typed.minutes, "minutes", stored_numbers[1]),
        ):
            text = posted.get(f"{name}-{key}", "").strip()
            number = key_of(text)
            if text and number is None:
                raise SpeakersRefused(
                    _("“%(said)s” is not a number. Enter positions and minutes in digits.") % {"said": text}
                )
            if number is not None and number != stored:
                numbers[key] = number
    return typed
