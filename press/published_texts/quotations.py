"""Find one paragraph of a public text by its URL, so that other sites can quote it.

Only public editions are searched, so the URL of any other text finds nothing. A quotation says whether the text has
changed since the quoted edition.
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
from press.published_texts.selectors import Reading, brief, find_public_edition
from press.texts.addresses import pinned
from press.texts.models.editions import Edition
from press.texts.selectors.rendered_editions import html_of
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

PAGES = frozenset({"press:text", "press:language", "press:edition", "press:language-edition"})
# Block elements: a list item that contains one becomes a div, any other a paragraph.
BLOCKS = frozenset({"p", "ul", "ol", "blockquote", "pre", "table"})


@dataclass(frozen=True)
class QuotedPlace:
    """The parts of a text's URL: slug, language, edition number, and the anchor of a paragraph.

    `language` and `number` are None, and `anchor` is "", if the URL doesn't contain them.
    """

    slug: str
    language: str | None
    number: int | None
    anchor: str


@dataclass(frozen=True)
class Quote:
    """A paragraph of a published edition. `reading` has the public edition of the text.

    `words` is the paragraph as safe HTML. It is empty if the text has been withdrawn.
    """

    reading: Reading
    edition: Edition
    anchor: str
    words: SafeString

    @property
    def url(self) -> str:
        """The absolute URL of the quoted edition and paragraph. The page still shows them after a correction."""
        path = pinned(self.reading.summit, self.reading.edition.version, self.edition.number)
        return f"{settings.BASE_URL}{path}{'#' if self.anchor else ''}{self.anchor}"

    @property
    def remarks(self) -> list[str]:
        """Notices for readers of the quotation, in the active language.

        They say that the text was withdrawn. Or they say when the text was last changed after the quoted edition, and
        whether this paragraph has changed. The list is empty if the quoted edition is the current one.
        """
        reading = self.reading
        if reading.withdrawn:
            return [notice.line for notice in notices(reading)]
        if self.edition.number == reading.edition.number:
            return []
        became = since(self.edition, reading.edition).get(self.anchor, "")
        sentences = {
            "changed": _("This paragraph has changed since."),
            "gone": _("This paragraph has since been removed."),
            "": _("This paragraph is unchanged."),
        }
        moment = day_clock(reading.published_at, reading.summit)
        return [
            _("The text was changed after this edition, most recently on %(moment)s.") % {"moment": moment},
            sentences[became],
        ]


def place_of(summit: Summit, url: str) -> QuotedPlace | None:
    """Return the parts of the URL of a text of this summit, or None for any other URL. Makes no query."""
    try:
        requested, base = urlsplit(url), urlsplit(settings.BASE_URL)
        match = resolve(requested.path)
    except (ValueError, Resolver404):
        return None
    if (requested.scheme, requested.netloc) != (base.scheme, base.netloc) or match.view_name not in PAGES:
        return None
    kwargs = match.kwargs
    if kwargs["summit"] != summit.slug:
        return None
    return QuotedPlace(kwargs["slug"], kwargs.get("language"), kwargs.get("number"), requested.fragment)


def find_quote(summit: Summit, url: str) -> Quote | None:
    """Return the paragraph that a URL links to, or the first paragraph if the URL has no anchor.

    Returns None if there is no such public paragraph.
    """
    place = place_of(summit, url)
    current = find_public_edition(summit, place.slug, place.language) if place else None
    if place is None or current is None:
        return None
    edition: Edition | None = current
    if place.number is not None and place.number != current.number:
        edition = find_edition(summit, place.slug, place.language, place.number)
    paragraph = _paragraph(edition, place.anchor) if edition else None
    if edition is None or paragraph is None:
        return None
    anchor, content = paragraph
    reading = brief(summit, current, Books(summit, [current.version.language]))
    return Quote(reading, edition, anchor, SafeString("") if reading.withdrawn else content)


def _paragraph(edition: Edition, anchor: str) -> tuple[str, SafeString] | None:
    """Return the anchor and the HTML of the element with an anchor, or None if there is none.

    If `anchor` is empty, return those of the first paragraph, or two empty strings if the text has no paragraph.
    """
    page = html.fragment_fromstring(html_of(edition), create_parent="div")
    for element in page.iter():
        name = element.get("id", "")
        if name == anchor or (not anchor and name.startswith("p-")):
            return name, _alone(element)
    return None if anchor else ("", SafeString(""))


def _alone(element: html.HtmlElement) -> SafeString:
    """Return the HTML of an element for other pages: without ids, and with `p` or `div` in place of `li`."""
    for node in element.iter():
        node.attrib.pop("id", None)
    if element.tag == "li":
        element.tag = "div" if any(child.tag in BLOCKS for child in element) else "p"
    element.tail = None
    # html_of has cleaned it with nh3.
    return mark_safe(etree.tostring(element, method="html", encoding="unicode"))  # noqa: S308
