"""Write a feed as Atom (RFC 4287), with tombstones (RFC 6721) for removed texts.

A withdrawn text stays an entry and is marked as withdrawn, since its page gives the reason. A removed text is an
`at:deleted-entry`, which RFC 6721 defines for entries that no longer exist. A feed never has both for one text.
"""

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from lxml import etree

from press.formats.feeds import Feed, Tombstone, content_of, moment, title_of
from press.published_texts.selectors import Reading
from summit.core.languages import spoken

NS = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML = "http://www.w3.org/XML/1998/namespace"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"

Element = etree._Element


def _add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    element = etree.SubElement(parent, f"{{{NS}}}{name}", attributes)
    element.text = text or None
    return element


def write(feed: Feed) -> bytes:
    """Return the feed as XML in UTF-8.

    The title of the feed is in the active language. Each entry is in the language of its text.
    """
    namespaces = {None: NS, "at": TOMBSTONES} if feed.gone else {None: NS}
    language = {f"{{{XML}}}lang": translation.get_language() or feed.summit.language}
    root = etree.Element(f"{{{NS}}}feed", language, nsmap=namespaces)  # type: ignore[arg-type]
    _add(root, "id", feed.tag)
    _add(root, "title", feed.title)
    _add(root, "updated", moment(feed.changed_at))
    _add(_add(root, "author"), "name", feed.summit.reads_as.host)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address("press:atom"))
    if feed.hub:
        _add(root, "link", rel="hub", href=feed.hub)
    for rel, address in feed.others("press:atom").items():
        _add(root, "link", rel=rel, type="application/atom+xml", href=address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    for reading in feed.readings:
        with translation.override(spoken(reading.language)):
            _entry(root, reading)
    _tombstones(root, feed.gone)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _entry(root: Element, reading: Reading) -> None:
    entry = _add(root, "entry", **{f"{{{XML}}}lang": reading.language})
    _add(entry, "id", reading.tag)
    _add(entry, "title", title_of(reading))
    _add(entry, "published", moment(reading.first_published_at))
    _add(entry, "updated", moment(reading.changed_at))
    _add(entry, "link", rel="alternate", type="text/html", hreflang=reading.language, href=reading.url)
    for version in reading.versions:
        if not version.current:
            _add(entry, "link", rel="alternate", type="text/html", hreflang=version.language, href=version.full_url)
    for file in reading.beside.files:
        size, url = str(file.size), settings.BASE_URL + file.url
        _add(entry, "link", rel="enclosure", type=file.content_type, length=size, title=file.title, href=url)
    _add(_add(entry, "author"), "name", reading.who_marked or reading.summit.named(reading.language).host)
    _add(entry, "category", term=reading.edition.version.text.kind, label=reading.what)
    if reading.edition.summary:
        _add(entry, "summary", reading.edition.summary)
    _add(entry, "content", content_of(reading), type="html")


def _tombstones(root: Element, tombstones: Sequence[Tombstone]) -> None:
    for tombstone in tombstones:
        entry = etree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", ref=tombstone.ref, when=moment(tombstone.at))
        etree.SubElement(entry, f"{{{TOMBSTONES}}}comment").text = tombstone.reason
