"""Mapping of the event types of other conferences to kinds of session."""

from django.conf import settings
from django.utils.translation import override

from sessions.draft.models.kinds import CustomKind, SessionKind
from summit.core.text_normalisation import fold
from summit.summits.models import Summit

# Names that other systems use for the standard kinds.
_ALSO = {
    SessionKind.PLENARY: ("keynote", "opening", "closing", "ceremony", "plenary session"),
    SessionKind.WORKING_SESSION: ("session", "talk", "lecture", "presentation", "workshop", "meeting", "tutorial"),
    SessionKind.ROUNDTABLE: ("round table", "panel", "panel discussion", "podium", "discussion"),
    SessionKind.WORKING_LUNCH: ("lunch",),
    SessionKind.RECEPTION: ("social", "party", "dinner"),
    SessionKind.BREAK: ("coffee", "coffee break", "pause"),
    SessionKind.PRESS_CONFERENCE: ("press", "press briefing"),
}


class Kinds:
    """The kinds of one summit, by the names that a file may use for them. Makes one query."""

    def __init__(self, summit: Summit) -> None:
        self._known: dict[str, tuple[str, CustomKind | None]] = {}
        for kind, aliases in _ALSO.items():
            self._known |= dict.fromkeys(aliases, (kind.value, None))
        for language, _name in settings.LANGUAGES:
            with override(language):
                self._known |= {_key(str(label)): (value, None) for value, label in SessionKind.choices}
        self._known |= {_key(value): (value, None) for value in SessionKind.values}
        for custom_kind in CustomKind.objects.filter(summit=summit).order_by("pk"):
            for name in (custom_kind.name, *custom_kind.names.values()):
                self._known[_key(str(name))] = (custom_kind.like, custom_kind)

    def find(self, said: str) -> tuple[str, CustomKind | None] | None:
        """Return (standard kind, the summit's own kind or None) for a name; None for an unknown name."""
        return self._known.get(_key(said))


def _key(name: str) -> str:
    return fold(name).replace("_", " ").replace("-", " ").strip()
