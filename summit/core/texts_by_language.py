"""A short text that the desk writes in each language in which people are written to.

It is a column with the text in the summit's first language, and a JSON column with the others by language.
"""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from summit.core.validators import validate_printable

LONGEST = 300


def validate_texts(value: object) -> None:
    """Raise ValidationError unless `value` is a dict from known languages to texts of one line."""
    known = dict(settings.LANGUAGES)
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValidationError(_("Enter one text for each language."), code="form")
    for language, text in value.items():
        if language not in known:
            params = {"language": language, "known": ", ".join(known)}
            raise ValidationError(
                _("“%(language)s” isn’t a language here. Use: %(known)s.") % params, code="language"
            )
        validate_printable(text)
        if len(text) > LONGEST:
            message = _("Shorten “%(words)s” to %(most)d characters.") % {"words": text, "most": LONGEST}
            raise ValidationError(message, code="long")


def text_in(language: str, *, first: str, text: str, others: Mapping[str, str] | None) -> str:
    """Return a text in a language, or "" if it isn't written in it: nobody reads it in another one.

    `text` is in the language `first`, `others` are those in other languages.
    """
    return text if language == first else (others or {}).get(language, "")
