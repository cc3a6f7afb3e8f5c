"""Write a text as JSON-LD (schema.org), for search engines and other programs.

A press notice or a media advisory is a NewsArticle, and any other text an Article. Search engines support these
types. Each published correction is a CorrectionComment, and `creativeWorkStatus` says whether the text is withdrawn.
"""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import pgettext

from press.formats.feeds import moment, title_of
from press.published_texts.selectors import Reading
from press.texts.models.texts import TextKind
from press.texts.selectors.rendered_editions import length_of, minutes_of, plain_of
from sessions.agenda.models.releases import ReleasedSession
from summit.summits.models import Summit

CONTEXT = "https://schema.org"
MEDIA_TYPE = "application/ld+json"
NEWS = frozenset({TextKind.NOTICE, TextKind.ADVISORY})
# From the suffix of URLs to the media type, for the formats that contain the same words.
ENCODINGS = {"txt": "text/plain", "pdf": "application/pdf", "xml": "application/akn+xml", "json": "application/json"}


def as_object(reading: Reading, *, words: bool = True) -> dict[str, Any]:
    """Return the text as a schema.org object. If `words` is false, the object doesn't contain the body.

    The text's page embeds the object without the body. The body of a withdrawn text is never included.
    """
    edition, text = reading.edition, reading.edition.version.text
    names = reading.summit.named(reading.language)
    site = settings.BASE_URL + reverse("press:list", args=[reading.summit.slug])
    host = {"@type": "Organization", "name": names.host, "url": settings.BASE_URL + reading.summit.get_absolute_url()}
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "NewsArticle" if text.kind in NEWS else "Article",
        "@id": reading.url,
        "url": reading.url,
        "mainEntityOfPage": reading.url,
        "identifier": reading.tag,
        "headline": title_of(reading),
        "genre": reading.what,
        "inLanguage": reading.language,
        "datePublished": moment(reading.first_published_at),
        "dateModified": moment(reading.changed_at),
        "version": edition.number,
        "creativeWorkStatus": "Withdrawn" if reading.withdrawn else "Published",
        "isAccessibleForFree": True,
        "author": _author(reading) or host,
        "publisher": host,
        "isPartOf": {"@type": "WebSite", "@id": site, "url": site, "name": names.name},
        "encoding": [
            {"@type": "MediaObject", "contentUrl": settings.BASE_URL + url, "encodingFormat": ENCODINGS[ending]}
            for ending, url in reading.formats()
            if ending in ENCODINGS
        ],
    }
    if words and not reading.withdrawn:
        data["articleBody"] = plain_of(edition)
    if not reading.withdrawn:
        data |= {"wordCount": length_of(edition).counted, "timeRequired": f"PT{minutes_of(edition)}M"}
    if edition.summary:
        data["description"] = edition.summary
    return data | _corrections(reading) | _languages(reading) | _occasion(reading) | _related(reading)


def _author(reading: Reading) -> dict[str, Any]:
    slot = reading.slot
    if slot is None:
        return {}
    person: dict[str, Any] = {"@type": "Person", "name": slot.speaker.name or slot.speaker.label}
    if slot.speaker.office:
        person["jobTitle"] = slot.speaker.office
    if reading.named:
        person["affiliation"] = {"@type": "Organization", "name": reading.named.name}
    return person


def _corrections(reading: Reading) -> dict[str, Any]:
    comments = [
        {
            "@type": "CorrectionComment",
            "name": change.said,
            "text": change.note or change.said,
            "datePublished": moment(change.at),
            "url": settings.BASE_URL + change.url,
        }
        for change in reading.corrections
    ]
    text = reading.edition.version.text
    if text.withdrawn_at is not None:
        withdrawal = {
            "@type": "CorrectionComment",
            "name": pgettext("state of a text", "Withdrawn"),
            "text": text.withdrawal_reason,
            "datePublished": moment(text.withdrawn_at),
        }
        comments.insert(0, withdrawal)
    return {"correction": comments} if comments else {}


def _languages(reading: Reading) -> dict[str, Any]:
    others = [
        {"@type": "CreativeWork", "@id": version.full_url, "url": version.full_url, "inLanguage": version.language}
        for version in reading.versions
        if not version.current
    ]
    if not others:
        return {}
    if reading.edition.version.authoritative:
        return {"workTranslation": others}
    # The authoritative version comes first in `versions`.
    return {"translationOfWork": others[0]}


def _occasion(reading: Reading) -> dict[str, Any]:
    summit, occasion = reading.summit, reading.occasion
    names = summit.named(reading.language)
    address = settings.BASE_URL + summit.get_absolute_url()
    summit_event: dict[str, Any] = {"@type": "Event", "name": names.name, "url": address}
    summit_event |= {"startDate": summit.starts_on.isoformat(), "endDate": summit.ends_on.isoformat()}
    summit_event["location"] = {"@type": "Place", "name": names.place}
    if occasion is None:
        return {"about": [summit_event, *_topics(reading)]}
    session: dict[str, Any] = {
        "@type": "Event",
        "name": occasion.words.title,
        "url": settings.BASE_URL + reverse("agenda:session", args=[summit.slug, occasion.session.public_id]),
        "startDate": _started(occasion, summit),
        "superEvent": summit_event,
    }
    place = ", ".join(filter(None, (occasion.room_name, occasion.venue_name)))
    session["location"] = {"@type": "Place", "name": place or names.place}
    # In schema.org a speech is recorded at its session. A text of another kind is about its session.
    if reading.slot:
        return {"recordedAt": session} | ({"about": topics} if (topics := _topics(reading)) else {})
    return {"about": [session, *_topics(reading)]}


def _started(occasion: ReleasedSession, summit: Summit) -> str:
    begins = occasion.starts_at.astimezone(summit.zone)
    return begins.isoformat(timespec="seconds") if occasion.times_known else begins.date().isoformat()


def _topics(reading: Reading) -> list[dict[str, Any]]:
    return [{"@type": "Thing", "name": name} for _key, name in reading.beside.topics]


def _related(reading: Reading) -> dict[str, Any]:
    beside, fields = reading.beside, dict[str, Any]()
    if beside.files:
        fields["associatedMedia"] = [
            {
                "@type": "MediaObject",
                "name": file.title,
                "contentUrl": settings.BASE_URL + file.url,
                "encodingFormat": file.content_type,
                "contentSize": str(file.size),
                "inLanguage": file.language,
            }
            for file in beside.files
        ]
    if beside.people:
        fields["mentions"] = [
            {"@type": "Person", "name": person.name or person.label}
            | ({"jobTitle": person.office} if person.office else {})
            for person in beside.people
        ]
    if beside.prepared:
        fields["isBasedOn"] = settings.BASE_URL + beside.prepared.url
    return fields


def write(reading: Reading) -> bytes:
    """Return the text as JSON-LD in UTF-8."""
    return (json.dumps(as_object(reading), ensure_ascii=False, indent=1) + "\n").encode()
