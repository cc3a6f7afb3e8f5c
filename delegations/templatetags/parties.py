"""Template tags that show a party on a page: its flag, its name, and the mark of its footnote."""

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from delegations.parties.models.parties import Party
from delegations.parties.party_display import footnote_mark, line, marked_party
from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book, NamedParty
from summit.templatetags.text_direction import own

register = template.Library()


register.simple_tag(marked_party)


@register.simple_tag
def party_line(named: NamedParty, notes: Footnotes | None = None) -> SafeString:
    """Render a party's flag and name, with the mark of its footnote if the page has footnotes (`notes`)."""
    return line(named, notes)


@register.simple_tag
def party_words(named: NamedParty, notes: Footnotes | None = None) -> SafeString:
    """Render a party's name for use in a sentence: without the flag, with the mark of its footnote."""
    return format_html("{}{}", own(named.name, named.language), party_mark(named, notes))


@register.simple_tag
def party_mark(named: NamedParty | None, notes: Footnotes | None = None) -> SafeString | str:
    """Render only the mark of a party's footnote, for pages that name the party in another way."""
    return footnote_mark(notes.mark(named) if isinstance(notes, Footnotes) else "")


@register.simple_tag(takes_context=True)
def named_party(context: Context, party: Party | int | None, frozen: str = "") -> NamedParty | None:
    """Return a party's NamedParty from the page's names, or None if the page has no names or doesn't name the party.

    `frozen` is the short name in frozen content. The party is looked up by it if it isn't found by row or primary
    key.
    """
    names: Book | None = context.get("names")
    return names.of(party, frozen) if names is not None else None


@register.simple_tag(takes_context=True)
def named_place(context: Context, place: Any) -> NamedParty | None:
    """Return the NamedParty of the party that itself has a place in a session, or None if a person has the place."""
    person = getattr(place, "person_id", None) or getattr(place, "slot_key", "")
    return None if person else named_party(context, getattr(place, "party_id", None))


@register.simple_tag(takes_context=True)
def named_beside(context: Context, place: Any) -> NamedParty | None:
    """Return the NamedParty of the party to which the person in a place belongs, or None if the place has no such
    label.

    The party is returned even if the person's office names it already.
    """
    label = getattr(place, "party_label", "") or getattr(place, "party_beside", "")
    return named_party(context, getattr(place, "party_id", None), label) if label else None


@register.filter
def mark_of(named: NamedParty | None, notes: Footnotes | None) -> str:
    """Return the mark of a party's footnote in `notes`, the footnotes of the page, or "" if the page has none."""
    return notes.mark(named) if notes is not None else ""
