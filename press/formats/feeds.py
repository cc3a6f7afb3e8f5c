"""Feeds: Atom (RFC 4287) and JSON Feed 1.1."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from lxml import etree

from press.domain.markdown import to_html
from press.reading import STAR, Reading, authority
from summit.models import Summit

NS = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
# How many texts a feed holds.
LENGTH = 50


def _add(parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
    found = etree.SubElement(parent, f"{{{NS}}}{name}", attributes)
    found.text = text or None
    return found


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def feed_tag(summit: Summit) -> str:
    """Return the feed's name for ever (RFC 4151)."""
    return f"tag:{authority()},{summit.starts_on:%Y}:press:{summit.public_id}"


def changed_at(summit: Summit, readings: Sequence[Reading]) -> datetime:
    """Return when the feed last changed: with its newest text, or else when the summit was set up."""
    return max((reading.changed_at for reading in readings), default=summit.created_at)


def title_of(reading: Reading) -> str:
    """Return the title, marked where the text has been withdrawn."""
    if reading.withdrawn:
        return _("Withdrawn: %(title)s") % {"title": reading.edition.title}
    return reading.edition.title


def _content(reading: Reading) -> str:
    note = format_html("<p>{} {}</p>\n", STAR, reading.note) if reading.note else ""
    if reading.withdrawn:
        said = to_html(_("This text has been withdrawn.")) + to_html(reading.edition.version.text.withdrawal_reason)
        return said + note
    return to_html(reading.edition.body) + note


def atom(summit: Summit, readings: Sequence[Reading]) -> bytes:
    """Return the Atom feed of texts, newest first."""
    root = etree.Element(f"{{{NS}}}feed", {f"{{{XML}}}lang": summit.language}, nsmap={None: NS})  # type: ignore[dict-item]
    home, names = settings.BASE_URL + reverse("press:list", args=[summit.slug]), summit.reads_as
    _add(root, "id", feed_tag(summit))
    _add(root, "title", _("%(summit)s: press") % {"summit": names.name})
    _add(root, "updated", _moment(changed_at(summit, readings)))
    _add(_add(root, "author"), "name", names.host)
    _add(root, "link", rel="self", type="application/atom+xml", href=home + "feed.atom")
    _add(root, "link", rel="alternate", type="text/html", href=home)
    for reading in readings:
        _entry(root, reading)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _entry(root: etree._Element, reading: Reading) -> None:
    entry = _add(root, "entry", **{f"{{{XML}}}lang": reading.language})
    _add(entry, "id", reading.tag)
    _add(entry, "title", title_of(reading))
    _add(entry, "published", _moment(reading.first_published_at))
    _add(entry, "updated", _moment(reading.changed_at))
    _add(entry, "link", rel="alternate", type="text/html", href=reading.url)
    _add(_add(entry, "author"), "name", reading.who_marked or reading.summit.named(reading.language).host)
    _add(entry, "category", term=reading.edition.version.text.kind, label=reading.what)
    if reading.edition.summary:
        _add(entry, "summary", reading.edition.summary)
    _add(entry, "content", _content(reading), type="html")


def json_feed(summit: Summit, readings: Sequence[Reading]) -> bytes:
    """Return the JSON Feed of texts, newest first."""
    home, names = settings.BASE_URL + reverse("press:list", args=[summit.slug]), summit.reads_as
    found: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _("%(summit)s: press") % {"summit": names.name},
        "home_page_url": home,
        "feed_url": home + "feed.json",
        "language": summit.language,
        "authors": [{"name": names.host}],
        "items": [_item(reading) for reading in readings],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def _item(reading: Reading) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": reading.tag,
        "url": reading.url,
        "title": title_of(reading),
        "content_html": _content(reading),
        "date_published": _moment(reading.first_published_at),
        "date_modified": _moment(reading.changed_at),
        "language": reading.language,
        "authors": [{"name": reading.who_marked or reading.summit.named(reading.language).host}],
        "tags": [reading.edition.version.text.kind],
    }
    return item | ({"summary": reading.edition.summary} if reading.edition.summary else {})
