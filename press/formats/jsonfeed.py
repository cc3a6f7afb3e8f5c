"""Write a feed as JSON Feed 1.1.

The format has no fields for corrections, withdrawals and removed texts, so they are in the extension `_summit`.
"""

import json
from typing import Any

from django.conf import settings
from django.utils import translation

from press.formats.feeds import Feed, Tombstone, content_of, moment, title_of
from press.published_texts.reader_notices import notices
from press.published_texts.related import File
from press.published_texts.selectors import Reading
from summit.core.languages import spoken

VERSION = "https://jsonfeed.org/version/1.1"
MEDIA_TYPE = "application/feed+json; charset=utf-8"


def write(feed: Feed) -> bytes:
    """Return the feed as JSON in UTF-8.

    The title of the feed is in the active language. Each item is in the language of its text.
    """
    language = translation.get_language() or feed.summit.language
    data: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address("press:json-feed"),
        "language": language,
        "authors": [{"name": feed.summit.reads_as.host}],
        "items": [_item(reading) for reading in feed.readings],
    }
    if following := feed.others("press:json-feed").get("next"):
        data["next_url"] = following
    if feed.hub:
        data["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    if feed.gone:
        data["_summit"] = {"removed": [_removed_item(each) for each in feed.gone]}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _item(reading: Reading) -> dict[str, Any]:
    with translation.override(spoken(reading.language)):
        item: dict[str, Any] = {
            "id": reading.tag,
            "url": reading.url,
            "title": title_of(reading),
            "content_html": content_of(reading),
            "date_published": moment(reading.first_published_at),
            "date_modified": moment(reading.changed_at),
            "language": reading.language,
            "authors": [{"name": reading.who_marked or reading.summit.named(reading.language).host}],
            "tags": [reading.edition.version.text.kind],
            "_summit": _ours(reading),
        }
    if reading.beside.files:
        item["attachments"] = [_attachment(file) for file in reading.beside.files]
    return item | ({"summary": reading.edition.summary} if reading.edition.summary else {})


def _attachment(file: File) -> dict[str, Any]:
    url = settings.BASE_URL + file.url
    return {"url": url, "mime_type": file.content_type, "title": file.title, "size_in_bytes": file.size}


def _removed_item(tombstone: Tombstone) -> dict[str, str]:
    return {"id": tombstone.ref, "at": moment(tombstone.at), "reason": tombstone.reason}


def _ours(reading: Reading) -> dict[str, Any]:
    """Return the value of an item's extension `_summit`: the edition number, notices and other languages."""
    extension: dict[str, Any] = {"edition": reading.edition.number}
    extension |= {each.kind: {"at": moment(each.at), "reason": each.reason} for each in notices(reading)}
    others = [each for each in reading.versions if not each.current]
    if others:
        extension["languages"] = [{"language": each.language, "url": each.full_url} for each in others]
    return extension
