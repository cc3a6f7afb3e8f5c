"""A party's line on a page: its flag, its name, the mark of its footnote."""

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString

from delegations.domain.naming import NEUTRAL, Footnotes, Named

register = template.Library()


@register.filter
def flag_url(flag: str) -> str:
    """Return the address of a flag's picture: an ISO code's or "neutral"'s."""
    return static("flags/neutral.svg" if flag == NEUTRAL else f"flags/{flag.lower()}.gif")


def line(named: Named, notes: Footnotes | None = None) -> SafeString:
    """Return a party's line, with the mark of its footnote among those of its page."""
    mark = notes.mark(named) if notes is not None else ""
    return render_to_string("components/party.html", {"named": named, "mark": mark})


@register.simple_tag
def party_line(named: Named, notes: Footnotes | None = None) -> SafeString:
    """Render a party's line."""
    return line(named, notes)


@register.filter
def mark_of(named: Named | None, notes: Footnotes | None) -> str:
    """Return the mark of a party's footnote among those of its page."""
    return notes.mark(named) if notes is not None else ""
