"""An agenda narrowed by kind, room or language of interpretation, by links and a form that need no script."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sessions.models import Attendance, MediaAccess, ReleasedSession, SessionKind
from summit.languages import tongue
from summit.templatetags.marks import comma

BY = ("kind", "room", "language")


@dataclass(frozen=True)
class About:
    """What of a session narrows a list, by the name of the field each value and what it is called, and its facts."""

    values: dict[str, dict[str, str]]
    facts: str


class HasAbout(Protocol):
    """A session in a list."""

    @property
    def about(self) -> About:
        """What is said of it in the reader's language."""


@dataclass(frozen=True)
class Narrowing:
    """What the address asks for, by name; and what there is to ask for, each a value and what it is called."""

    asked: dict[str, str]
    choices: dict[str, list[tuple[str, str]]]

    @property
    def any(self) -> bool:
        """Whether the agenda is narrowed at all."""
        return bool(self.asked)

    @property
    def offered(self) -> bool:
        """Whether there is anything to choose between."""
        return any(len(found) > 1 for found in self.choices.values()) or self.any

    def fields(self) -> list[tuple[str, str, list[tuple[str, str]], str]]:
        """Return the fields of the form: name, label, choices and what is chosen."""
        labels = {"kind": _("Kind"), "room": _("Room"), "language": _("Interpreted into")}
        return [(name, labels[name], self.choices[name], self.asked.get(name, "")) for name in BY]

    def keeps(self, row: HasAbout) -> bool:
        """Return whether a session is one of those asked for."""
        return all(value in row.about.values[name] for name, value in self.asked.items())


def about(row: ReleasedSession) -> About:
    """Return what is said of a session in the reader's language."""
    return About({name: dict(values) for name, values in _values(row).items()}, facts(row))


def level(attendance: str) -> str:
    """Return what a level is called, "" for none."""
    return str(Attendance(attendance).label) if attendance else ""


def narrowing(request: HttpRequest, rows: Iterable[HasAbout]) -> Narrowing:
    """Return how the address narrows these sessions, which are all that its reader may know of: what one may not know
    is neither offered nor found."""
    found: dict[str, dict[str, str]] = {name: {} for name in BY}
    for row in rows:
        for name, values in row.about.values.items():
            found[name] |= values
    asked = {name: value for name in BY if (value := request.GET.get(name, ""))}
    choices = {name: sorted(values.items(), key=lambda pair: pair[1].casefold()) for name, values in found.items()}
    return Narrowing(asked, choices)


def _values(row: ReleasedSession) -> dict[str, list[tuple[str, str]]]:
    return {
        "kind": [kind(row)],
        "room": [(row.room_key or row.room_name, row.room_name)] if row.room_name else [],
        "language": [(target, capfirst(tongue(target))) for _source, target, _booth in row.languages],
    }


def kind(row: ReleasedSession) -> tuple[str, str]:
    """Return the kind of a session, the summit's own where it has one, and what it is called."""
    names = dict(row.kind_names)
    if not names:
        return row.kind, capfirst(str(SessionKind(row.kind).label))
    first = next(iter(names.values()))
    return f"own:{first}", names.get(get_language() or "") or first


def facts(row: ReleasedSession) -> str:
    """Return in a line what a list says of a session besides time, place and people: interpretation with its booths,
    media, papers."""
    said = []
    targets = {target: booth for _source, target, booth in row.languages}
    if targets:
        named = [
            _("%(language)s (booth %(booth)s)") % {"language": tongue(target), "booth": booth}
            if booth
            else tongue(target)
            for target, booth in targets.items()
        ]
        said.append(_("interpreted into %(languages)s") % {"languages": comma().join(named)})
    if row.media != MediaAccess.CLOSED:
        said.append(str(MediaAccess(row.media).label))
    if row.documents:
        number = len(row.documents)
        said.append(ngettext("%(n)d document", "%(n)d documents", number) % {"n": number})
    return capfirst(comma().join(said))
