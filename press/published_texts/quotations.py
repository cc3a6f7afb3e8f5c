"""One paragraph, to be quoted elsewhere: found by an address of ours, and told when its text has changed since.

What isn't public is not found, whatever the address says: editions come from the predicate alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import etree, html

from delegations.parties.selectors.party_names import Books
from press.published_texts.pinned_editions import find_edition, since
from press.published_texts.reader_notices import notices
from press.published_texts.selectors import Reading, brief, find
from press.texts.addresses import pinned
from press.texts.models.editions import Edition
from press.texts.selectors.rendered_editions import html_of
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

PAGES = frozenset({"press:text", "press:language", "press:edition", "press:language-edition"})
# Elements that stand for themselves in an item of a list.
BLOCKS = frozenset({"p", "ul", "ol", "blockquote", "pre", "table"})


@dataclass(frozen=True)
class Place:
    """What an address of ours names: a text, in a language other than its first, an edition, a paragraph."""

    slug: str
    language: str | None
    number: int | None
    anchor: str


@dataclass(frozen=True)
class Quote:
    """A paragraph of an edition that has been read, with the newest edition of its text as `reading`. `words` are
    safe HTML, and empty where the text has been withdrawn."""

    reading: Reading
    edition: Edition
    anchor: str
    words: SafeString

    @property
    def url(self) -> str:
        """The absolute address of these words, which goes on showing them when they have been corrected."""
        path = pinned(self.reading.summit, self.reading.edition.version, self.edition.number)
        return f"{settings.BASE_URL}{path}{'#' if self.anchor else ''}{self.anchor}"

    @property
    def remarks(self) -> list[str]:
        """What whoever reads the quotation has to know, in the language that is active: that the text was withdrawn,
        or that it has changed since, when, and whether this paragraph has."""
        reading = self.reading
        if reading.withdrawn:
            return [notice.line for notice in notices(reading)]
        if self.edition.number == reading.edition.number:
            return []
        became = since(self.edition, reading.edition).get(self.anchor, "")
        said = {
            "changed": _("This paragraph reads otherwise now."),
            "gone": _("This paragraph is no longer in it."),
            "": _("This paragraph reads the same now."),
        }
        moment = day_clock(reading.published_at, reading.summit)
        return [_("The text was changed after this edition, last on %(moment)s.") % {"moment": moment}, said[became]]


def place_of(summit: Summit, url: str) -> Place | None:
    """Return what an address names of this summit's texts; None for any other address, and for other sites'."""
    try:
        asked, ours = urlsplit(url), urlsplit(settings.BASE_URL)
        found = resolve(asked.path)
    except (ValueError, Resolver404):
        return None
    if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc) or found.view_name not in PAGES:
        return None
    given = found.kwargs
    if given["summit"] != summit.slug:
        return None
    return Place(given["slug"], given.get("language"), given.get("number"), asked.fragment)


def find_quote(summit: Summit, url: str) -> Quote | None:
    """Return what to quote of the text at an address: the paragraph that it names, or else the first. None for what
    isn't public, isn't there or isn't ours."""
    place = place_of(summit, url)
    current = find(summit, place.slug, place.language) if place else None
    if place is None or current is None:
        return None
    edition: Edition | None = current
    if place.number is not None and place.number != current.number:
        edition = find_edition(summit, place.slug, place.language, place.number)
    found = _paragraph(edition, place.anchor) if edition else None
    if edition is None or found is None:
        return None
    anchor, words = found
    reading = brief(summit, current, Books(summit, [current.version.language]))
    return Quote(reading, edition, anchor, SafeString("") if reading.withdrawn else words)


def _paragraph(edition: Edition, anchor: str) -> tuple[str, SafeString] | None:
    """Return a paragraph's address with its HTML: the first one's where none is asked for."""
    page = html.fragment_fromstring(html_of(edition), create_parent="div")
    for element in page.iter():
        name = element.get("id", "")
        if name == anchor or (not anchor and name.startswith("p-")):
            return name, _alone(element)
    return None if anchor else ("", SafeString(""))


def _alone(element: html.HtmlElement) -> SafeString:
    """Return an element as it stands in other pages: without addresses, an item of a list as a paragraph."""
    for each in element.iter():
        each.attrib.pop("id", None)
    if element.tag == "li":
        element.tag = "div" if any(child.tag in BLOCKS for child in element) else "p"
    element.tail = None
    # Cleaned by nh3 as it was made.
    return mark_safe(etree.tostring(element, method="html", encoding="unicode"))  # noqa: S308
