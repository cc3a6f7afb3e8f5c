"""What a summit is called in languages other than its first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from summit.core.validators import validate_printable, validate_text

# The texts of a summit that a reader's language may have, with the most characters that each has.
TEXTS = {"name": 200, "short_name": 60, "place": 60, "host": 200}


@dataclass(frozen=True)
class Names:
    """A summit as it is called for readers of a language. What it isn't called in that language stands in the
    summit's first; `languages` says of each text in which it is."""

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
    """Return a summit's names for readers of a language: `own` are those in its first, `others` those in others, by
    language and text."""
    theirs: Mapping[str, str] = {} if language == first else others.get(language, {})
    said = {text: theirs.get(text) or own[text] for text in TEXTS}
    return Names(**said, languages={text: language if theirs.get(text) else first for text in TEXTS})


def validate_names(value: object) -> None:
    """Refuse what isn't texts by language, in languages that the system knows, as long as the summit's own may be."""
    validate_texts(value, TEXTS)


def validate_texts(value: object, texts: Mapping[str, int], *, several: Collection[str] = ()) -> None:
    """Refuse what isn't some of these texts by language, each with no more than so many characters, and in one line
    but for `several`."""
    known = dict(settings.LANGUAGES)
    if not isinstance(value, dict) or not all(isinstance(said, dict) for said in value.values()):
        raise ValidationError(_("Give the names by language, and for each language by what they name."), code="form")
    for language, said in value.items():
        if language not in known:
            refused = _("Names aren’t kept in “%(language)s”. Use one of: %(known)s.")
            raise ValidationError(refused, code="language", params={"language": language, "known": ", ".join(known)})
        for text, words in said.items():
            _check(text, words, texts)
            (validate_text if text in several else validate_printable)(words)


def _check(text: object, words: object, texts: Mapping[str, int]) -> None:
    if text not in texts:
        said = _("There is no “%(text)s” by language. There are: %(known)s.")
        raise ValidationError(said, code="text", params={"text": text, "known": ", ".join(texts)})
    if not isinstance(words, str) or not words.strip():
        raise ValidationError(_("A name is empty. Write it, or leave its language out."), code="empty")
    most = texts[str(text)]
    if len(words) > most:
        said = _("“%(words)s” has more than %(most)d characters. Shorten it.")
        raise ValidationError(said, code="long", params={"words": words, "most": most})
