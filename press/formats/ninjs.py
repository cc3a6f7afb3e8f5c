"""News in JSON (IPTC ninjs 3.1)."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from press.domain.markdown import to_html, to_plain, words
from press.reading import Reading

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"


def moment(value: datetime) -> str:
    """Return a moment in UTC as RFC 3339 writes it, to the second."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def as_object(reading: Reading) -> dict[str, Any]:
    """Return the text as a ninjs object."""
    edition = reading.edition
    plain = to_plain(edition.body)
    html = to_html(edition.body)
    found: dict[str, Any] = {
        "uri": reading.tag,
        "representationType": "full",
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "version": str(edition.number),
        "firstCreated": moment(reading.first_published_at),
        "versionCreated": moment(reading.changed_at),
        "pubStatus": "canceled" if reading.withdrawn else "usable",
        "language": reading.language,
        "title": edition.title,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": edition.title}],
        "bodies": [
            {"role": "main", "contentType": "text/html", "value": html, "charCount": len(html)},
            {"role": "main", "contentType": "text/plain", "value": plain, "wordCount": words(edition.body)},
        ],
        "genres": [{"name": reading.what}],
        "events": [
            {
                "name": reading.summit.named(reading.language).name,
                "uri": settings.BASE_URL + reading.summit.get_absolute_url(),
            }
        ],
        "altIds": [{"role": "web", "value": reading.url}],
    }
    said = {"summary": edition.summary, "footnote": reading.note}
    described = [{"role": role, "contentType": "text/plain", "value": words} for role, words in said.items() if words]
    if described:
        found["descriptions"] = described
    return found | _people(reading) | _remarks(reading)


def _people(reading: Reading) -> dict[str, Any]:
    slot = reading.slot
    if slot is None:
        return {}
    found: dict[str, Any] = {"by": reading.who, "people": [{"name": slot.speaker.label, "rel": "speaker"}]}
    if slot.party:
        name = reading.named.name if reading.named else slot.party.name
        found["organisations"] = [{"name": name, "rel": "speaksFor"}]
    return found


def _remarks(reading: Reading) -> dict[str, Any]:
    if reading.withdrawn:
        return {"edNote": reading.edition.version.text.withdrawal_reason}
    return {"edNote": reading.edition.change_note} if reading.corrected and reading.edition.change_note else {}


def write(reading: Reading) -> bytes:
    """Return the text as JSON in UTF-8."""
    return (json.dumps(as_object(reading), ensure_ascii=False, indent=1) + "\n").encode()
