"""What people have written, on pages in any language: it stands in an element with its own language and direction."""

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
    """Return a name, an office or a title marked with its language: a code, "" where nobody knows it, or a summit's.

    `bdi` keeps its direction apart from that of the words around it. Nothing stays nothing.
    """
    code = language if isinstance(language, str) else getattr(language, "language", "")
    return format_html('<bdi lang="{}">{}</bdi>', code, written) if str(written or "") else ""


@register.filter
def called(summit: "Summit", text: str) -> SafeString | str:
    """Return what a summit is called in the reader's language, or else in its first, marked with that: its "name",
    "short_name", "place" or "host"."""
    names = summit.reads_as
    return own(getattr(names, text), names.languages[text])


@register.simple_tag(takes_context=True)
def named(context: Context, written: object, words: int = 0) -> SafeString | str:
    """Return a row of the admin by its name, in the language of the page's summit or of the one worked for; at most
    so many words of it. What `reads_as` something for the reader is called so, in the language of that."""
    called: Any = getattr(written, "reads_as", None)
    name = str(written if called is None else called.name)
    language = (context.get("summit") or context.get("desk_summit")) if called is None else called.language
    return own(Truncator(name).words(words) if words else name, language)
