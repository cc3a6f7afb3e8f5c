"""Template tags that put texts which people have written into an element with the text's language and direction."""

from typing import TYPE_CHECKING, Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

if TYPE_CHECKING:
    from summit.summits.models import Summit

register = template.Library()


@register.filter
def own(written: object, language: "Summit | str | None") -> SafeString | str:
    """Return a text, such as a name or a title, in a `bdi` element with its language. Return "" for an empty text.

    `language` is the language's code, "" if it is unknown, or a summit, for the summit's first language. `bdi`
    isolates the direction of the text from the words around it.
    """
    code = language if isinstance(language, str) else getattr(language, "language", "")
    return format_html('<bdi lang="{}">{}</bdi>', code, written) if str(written or "") else ""


@register.filter
def called(summit: "Summit", text: str) -> SafeString | str:
    """Return a summit's name, short name, place or host in the active language, as HTML marked with the language.

    `text` says which: "name", "short_name", "place" or "host". If it isn't translated, it is in the summit's first
    language.
    """
    names = summit.reads_as
    return own(getattr(names, text), names.languages[text])


@register.simple_tag(takes_context=True)
def named(context: Context, written: object, words: int = 0) -> SafeString | str:
    """Return the name of a row of the admin, marked with the language of the page's or the desk's summit.

    If the row has `reads_as`, the name and its language come from there. `words` is the most words of the name to
    return, 0 for all.
    """
    reads_as: Any = getattr(written, "reads_as", None)
    name = str(written if reads_as is None else reads_as.name)
    language = (context.get("summit") or context.get("desk_summit")) if reads_as is None else reads_as.language
    return own(Truncator(name).words(words) if words else name, language)
