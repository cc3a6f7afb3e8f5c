"""The names of a summit in languages other than its first language."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from summit.core.validators import validate_printable, validate_text

# The most characters of the directions to a room in one language: two lines on a screen in the foyer.
DIRECTIONS_LENGTH = 120
# The most characters of a reason or a note that is sent to people.
NOTE_LENGTH = 300
# The texts of a summit that can be translated, with the most characters of each.
TEXTS = {"name": 200, "short_name": 60, "place": 60, "host": 200}


@dataclass(frozen=True)
class Names:
    """The names of a summit in a language.

    A name without a translation is in the summit's first language. `languages` is a dict from each text, such as
    "place", to the language that the text is in.
    """

    name: str
    short_name: str
    place: str
    host: str
    languages: Mapping[str, str]

    @property
    def language(self) -> str:
        """The language of the name."""
        return self.languages["name"]


def names_in(language: str, *, first: str, own: Mapping[str, str], others: Mapping[str, Any]) -> Names:
    """Return a summit's names in a language. A name without a translation is in the language `first`.

    `own` is a dict from texts (`TEXTS`) to names in the language `first`. `others` is a dict from other languages to
    such dicts.
    """
    translated: Mapping[str, str] = {} if language == first else others.get(language, {})
    names = {text: translated.get(text) or own[text] for text in TEXTS}
    return Names(**names, languages={text: language if translated.get(text) else first for text in TEXTS})


def validate_names(value: object) -> None:
    """Raise ValidationError unless `value` is a dict from known languages to dicts of names.

    Each name must be one of `TEXTS` and not longer than the number there.
    """
    validate_texts(value, TEXTS)


def validate_directions(value: object) -> None:
    """Raise ValidationError unless `value` is a dict from known languages to directions of one line."""
    _validate_lines(value, "directions", DIRECTIONS_LENGTH)


def validate_notes(value: object) -> None:
    """Raise ValidationError unless `value` is a dict from known languages to notes of one line."""
    _validate_lines(value, "note", NOTE_LENGTH)


def _validate_lines(value: object, text: str, most: int) -> None:
    by_text = {code: {text: words} for code, words in value.items()} if isinstance(value, dict) else value
    validate_texts(by_text, {text: most})


def note_in(language: str, *, first: str, note: str, others: Mapping[str, str] | None) -> str:
    """Return a note in a language, or "" if it isn't written in it: nobody reads a note in another language.

    `note` is in the language `first`, `others` has it in other languages.
    """
    return note if language == first else (others or {}).get(language, "")


def validate_texts(value: object, texts: Mapping[str, int], *, several: Collection[str] = ()) -> None:
    """Raise ValidationError unless `value` is a dict from known languages to dicts of texts.

    `texts` is a dict from the allowed texts to the most characters of each. A text must be one line, unless it is in
    `several`.
    """
    known = dict(settings.LANGUAGES)
    if not isinstance(value, dict) or not all(isinstance(names, dict) for names in value.values()):
        raise ValidationError(_("Group the names by language, then by field."), code="form")
    for language, names in value.items():
        if language not in known:
            message = _("Names can’t be saved in “%(language)s”. Use one of: %(known)s.")
            raise ValidationError(message, code="language", params={"language": language, "known": ", ".join(known)})
        for text, name in names.items():
            _check(text, name, texts)
            (validate_text if text in several else validate_printable)(name)


def _check(text: object, name: object, texts: Mapping[str, int]) -> None:
    if text not in texts:
        message = _("“%(text)s” can’t be translated. Choose from: %(known)s.")
        raise ValidationError(message, code="text", params={"text": text, "known": ", ".join(texts)})
    if not isinstance(name, str) or not name.strip():
        raise ValidationError(_("Enter a name, or leave out its language."), code="empty")
    most = texts[str(text)]
    if len(name) > most:
        message = _("Shorten “%(words)s” to %(most)d characters.")
        raise ValidationError(message, code="long", params={"words": name, "most": most})
