"""Write a text as News in JSON (IPTC ninjs 3.1).

For changes, the standard has a version and a note to editors, but no list of corrections. So each correction is a
description with the role "correction" or "clarification". The newest one is also in the note to editors.
"""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from press.formats.feeds import moment
from press.published_texts.reader_notices import notices
from press.published_texts.related import Other
from press.published_texts.selectors import Reading
from press.texts.selectors.rendered_editions import html_of, length_of, plain_of

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
# From the suffix of URLs to the media type, for the other formats.
RENDITIONS = {"txt": "text/plain", "pdf": "application/pdf", "xml": "application/akn+xml"}
RENDITIONS |= {"jsonld": "application/ld+json"}


def as_object(reading: Reading) -> dict[str, Any]:
    """Return the text as a ninjs object, with its body as HTML and as plain text. Withdrawn texts are "canceled"."""
    edition, text = reading.edition, reading.edition.version.text
    names = reading.summit.named(reading.language)
    return {
        "uri": reading.tag,
        "type": "text",
        "representationType": "full",
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "version": str(edition.number),
        "firstCreated": moment(reading.first_published_at),
        "versionCreated": moment(reading.changed_at),
        "pubStatus": "canceled" if reading.withdrawn else "usable",
        "language": reading.language,
        "title": edition.title,
        "slugline": text.slug,
        "located": names.place,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": edition.title}],
        "bodies": _bodies(reading),
        "genres": [{"name": reading.what, "literal": text.kind}],
        "infoSources": [_source(reading)],
        "altIds": [{"role": "web", "value": reading.url}],
        "renditions": [
            {"name": ending, "href": settings.BASE_URL + url, "contentType": RENDITIONS[ending]}
            for ending, url in reading.formats()
            if ending in RENDITIONS
        ],
        **_remarks(reading),
        **_people(reading),
        **_occasion(reading),
        **_associations(reading),
    }


def _bodies(reading: Reading) -> list[dict[str, Any]]:
    html, plain = html_of(reading.edition), plain_of(reading.edition)
    count = length_of(reading.edition).counted
    return [
        {"role": "main", "contentType": "text/html", "value": html, "charCount": len(html)},
        {
            "role": "main",
            "contentType": "text/plain",
            "value": plain,
            "wordCount": count,
        },
    ]


def _source(reading: Reading) -> dict[str, Any]:
    names, contact = reading.summit.named(reading.language), reading.edition.version.text.contact
    source: dict[str, Any] = {"name": names.host, "role": "publisher"}
    return source | ({"contactInfo": [{"role": "press", "value": contact}]} if contact else {})


def _remarks(reading: Reading) -> dict[str, Any]:
    """Return the fields for texts other than the body: summary, footnote, withdrawal, and each correction."""
    remarks = [("summary", reading.edition.summary), ("footnote", reading.note)]
    shown_notices = notices(reading)
    remarks += [(notice.kind, notice.line) for notice in shown_notices if notice.kind == "withdrawn"]
    remarks += [(change.kind or "correction", f"{moment(change.at)} {change.note}") for change in reading.corrections]
    rows = [{"role": role, "contentType": "text/plain", "value": text} for role, text in remarks if text]
    note = {"edNote": " ".join(notice.line for notice in shown_notices)} if shown_notices else {}
    return note | ({"descriptions": rows} if rows else {})


def _people(reading: Reading) -> dict[str, Any]:
    slot = reading.slot
    people = [{"name": slot.speaker.label, "rel": "speaker"}] if slot else []
    people += [{"name": person.label, "rel": "concerned"} for person in reading.beside.people]
    fields: dict[str, Any] = {"people": people} if people else {}
    if slot:
        fields["by"] = reading.who
    if reading.named:
        fields["organisations"] = [{"name": reading.named.name, "rel": "speaksFor"}]
    if reading.beside.topics:
        fields["subjects"] = [{"name": name, "literal": key} for key, name in reading.beside.topics]
    return fields


def _occasion(reading: Reading) -> dict[str, Any]:
    """Return the fields for the summit, the session and the places.

    For a media advisory they include the place and time where the media gather.
    """
    summit, occasion, text = reading.summit, reading.occasion, reading.edition.version.text
    names = summit.named(reading.language)
    events = [{"name": names.name, "uri": settings.BASE_URL + summit.get_absolute_url(), "rel": "summit"}]
    fields: dict[str, Any] = {"events": events}
    places = []
    if occasion:
        path = reverse("agenda:session", args=[summit.slug, occasion.session.public_id])
        events.append({"name": occasion.words.title, "uri": settings.BASE_URL + path, "rel": "session"})
        places += [name for name in (occasion.room_name, occasion.venue_name) if name]
        if reading.slot and occasion.times_known:
            fields["contentCreated"] = moment(occasion.starts_at)
    if text.gather_at:
        fields["eventDetails"] = {"dates": {"startDate": moment(text.gather_at)}}
    if text.gather_place:
        places.append(text.gather_place)
    return fields | ({"places": [{"name": name} for name in places]} if places else {})


def _associations(reading: Reading) -> dict[str, Any]:
    """Return the field for related texts: other languages, attachments, and the other text of the same speech."""
    beside = reading.beside
    associations: list[dict[str, Any]] = [
        {"name": each.name, "uri": each.full_url, "rel": "translation", "language": each.language, "type": "text"}
        for each in reading.versions
        if not each.current
    ]
    for file in beside.files:
        url = settings.BASE_URL + file.url
        rendition = {"name": "file", "href": url, "contentType": file.content_type, "sizeInBytes": file.size}
        association = {"name": file.title, "uri": url, "rel": "attachment", "language": file.language}
        associations.append(association | {"renditions": [rendition]})
    associations += [
        _other(rel, other) for rel, other in (("prepared", beside.prepared), ("delivered", beside.delivered)) if other
    ]
    return {"associations": associations} if associations else {}


def _other(rel: str, other: Other) -> dict[str, Any]:
    return {"name": other.title, "uri": settings.BASE_URL + other.url, "rel": rel, "language": other.language}


def write(reading: Reading) -> bytes:
    """Return the text as ninjs, in JSON in UTF-8."""
    return (json.dumps(as_object(reading), ensure_ascii=False, indent=1) + "\n").encode()
