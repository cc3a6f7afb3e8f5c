"""The rules of standards beyond what is well-formed, for tests of feeds and formats."""

import json
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


@cache
def akoma_ntoso() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / "akomantoso30.xsd")))


def ninjs_faults(found: dict[str, Any]) -> list[str]:
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


def _object(required: str, **known: Any) -> dict[str, Any]:
    """What JSON Feed calls an object, by its names and their types. The name of an extension begins with an
    underscore, and it holds an object, no dot in its names."""
    names = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in known.items()}
    extension = {"type": "object", "propertyNames": {"pattern": r"^[^.]*$"}}
    own = {"properties": names, "patternProperties": {"^_": extension}, "additionalProperties": False}
    return {"type": "object", "required": required.split(), **own}


def _strings(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "string")


def _many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
_AUTHORS = _many(_object("", **_strings("name url avatar")) | {"minProperties": 1})
_SIZES = {"size_in_bytes": "integer", "duration_in_seconds": "integer"}
_ITEM = _object(
    "id",
    **_strings("url external_url title content_html content_text summary image banner_image language"),
    id={"type": "string", "minLength": 1},
    date_published=_MOMENT,
    date_modified=_MOMENT,
    authors=_AUTHORS,
    tags=_many({"type": "string"}),
    attachments=_many(_object("url mime_type", **_strings("url mime_type title"), **_SIZES)),
) | {"anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}]}
JSON_FEED = _object(
    "version title items",
    **_strings("title home_page_url feed_url description next_url icon favicon language"),
    version={"const": "https://jsonfeed.org/version/1.1"},
    authors=_AUTHORS,
    expired="boolean",
    hubs="array",
    items=_many(_ITEM),
)


def json_feed_faults(content: bytes) -> list[str]:
    """Return what is wrong with a JSON Feed by its version 1.1: https://www.jsonfeed.org/version/1.1/."""
    feed = json.loads(content)
    found = [error.message for error in jsonschema.Draft202012Validator(JSON_FEED).iter_errors(feed)]
    ids = Counter(str(item.get("id")) for item in feed.get("items", []))
    return found + [f"id {ref} stands {number} times" for ref, number in ids.items() if number > 1]
