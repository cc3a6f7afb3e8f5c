"""The rules of standards beyond what is well-formed, for tests of feeds and formats."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from lxml import etree

from tests.schemas import SCHEMAS

ATOM = "http://www.w3.org/2005/Atom"
NS = {"a": ATOM, "at": "http://purl.org/atompub/tombstones/1.0", "xml": "http://www.w3.org/XML/1998/namespace"}
GRAMMARS = Path(__file__).with_name("grammars")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


@cache
def akoma_ntoso() -> etree.XMLSchema:
    """Return the schema of Akoma Ntoso 3.0."""
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "akomantoso30.xsd")))


def ninjs_faults(found: dict[str, Any]) -> list[str]:
    """Return what is wrong with a ninjs document by its schema."""
    return [error.message for error in _ninjs().iter_errors(found)]


@cache
def _ninjs() -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / "ninjs-3.1.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def grammar(name: str) -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(str(GRAMMARS / f"{name}.rng")))


def atom_faults(content: bytes) -> list[str]:
    """Return what is wrong with an Atom feed: its grammar, and what RFC 4287 and 6721 say beside it."""
    root = etree.fromstring(content)
    schema = grammar("atom")
    schema.validate(root)
    found = [f"{error.line}: {error.message}" for error in schema.error_log]
    ids = Counter(root.xpath("//a:entry/a:id/text()", namespaces=NS))
    found += [f"4.2.6: {ref} stands {number} times" for ref, number in ids.items() if number > 1]
    gone = Counter(root.xpath("//at:deleted-entry/@ref", namespaces=NS))
    found += [f"RFC 6721: {ref} is gone and an entry" for ref in gone if ref in ids]
    for holder in [root, *root.iterfind(f"{{{ATOM}}}entry")]:
        links = holder.xpath("a:link[@rel='alternate']", namespaces=NS)
        kinds = Counter((link.get("type"), link.get("hreflang")) for link in links)
        found += [f"4.2.7: {kind} is an alternate {number} times" for kind, number in kinds.items() if number > 1]
        if holder is not root and not links:
            found.append("4.1.2: an entry without an alternate")
        published, updated = (holder.findtext(f"{{{ATOM}}}{name}") for name in ("published", "updated"))
        if published and updated and published > updated:
            found.append(f"updated {updated} before it was published {published}")
    if len(root.xpath("a:link[@rel='self']", namespaces=NS)) != 1:
        found.append("4.1.1: a feed names itself once")
    return found


_TOP = {
    "version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "next_url": str,
    "icon": str, "favicon": str, "authors": list, "language": str, "expired": bool, "hubs": list, "items": list,
}  # fmt: skip
_ITEM = {
    "id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str,
    "summary": str, "image": str, "banner_image": str, "date_published": str, "date_modified": str, "authors": list,
    "tags": list, "language": str, "attachments": list,
}  # fmt: skip
_AUTHOR = {"name": str, "url": str, "avatar": str}
_ATTACHMENT = {"url": str, "mime_type": str, "title": str, "size_in_bytes": int, "duration_in_seconds": int}


def json_feed_faults(content: bytes) -> list[str]:
    """Return what is wrong with a JSON Feed by its version 1.1: https://www.jsonfeed.org/version/1.1/."""
    feed = json.loads(content)
    found = _typed(feed, _TOP, "feed")
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("version")
    found += [f"feed: no {name}" for name in ("title", "items") if name not in feed]
    ids = Counter(item.get("id") for item in feed.get("items", []))
    found += [f"id {ref} stands {number} times" for ref, number in ids.items() if number > 1 or not ref]
    for author in feed.get("authors", []):
        found += _typed(author, _AUTHOR, "author")
    for item in feed.get("items", []):
        found += _item_faults(item)
    return found


def _item_faults(item: dict[str, Any]) -> list[str]:
    found = _typed(item, _ITEM, "item")
    if "content_html" not in item and "content_text" not in item:
        found.append("item: no content")
    moments = (item[name] for name in ("date_published", "date_modified") if name in item)
    found += [f"item: {moment} is no moment" for moment in moments if not MOMENT.match(moment)]
    found += [f"item: {tag!r} is no tag" for tag in item.get("tags", []) if not isinstance(tag, str)]
    for author in item.get("authors", []):
        found += _typed(author, _AUTHOR, "author")
        found += [] if author else ["author: empty"]
    for attachment in item.get("attachments", []):
        found += _typed(attachment, _ATTACHMENT, "attachment")
        found += [f"attachment: no {name}" for name in ("url", "mime_type") if name not in attachment]
    return found


def _typed(holder: dict[str, Any], known: dict[str, type], what: str) -> list[str]:
    """Names that the standard doesn't have begin with an underscore and hold an object, no dot in its names."""
    found = []
    for name, value in holder.items():
        if name.startswith("_"):
            if not isinstance(value, dict) or any("." in key for key in value):
                found.append(f"{what}: extension {name}")
        elif name not in known:
            found.append(f"{what}: {name} is not of the standard")
        elif type(value) is not known[name]:
            found.append(f"{what}: {name} is a {type(value).__name__}")
    return found
