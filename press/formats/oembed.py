"""Build oEmbed 1.0 responses (https://oembed.com): a paragraph as a quotation that other sites embed."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from lxml import etree

from press.formats.feeds import title_of
from press.published_texts.quotations import Quote
from summit.core.languages import spoken
from summit.templatetags.moments import day_clock

JSON, XML = "application/json; charset=utf-8", "text/xml; charset=utf-8"
# In seconds. A site may cache a quotation for this time, so it shows a correction at most this much later.
AGE = 300
# In pixels. The height of the embedded quotation is estimated from the width of a letter and the height of a line.
WIDTH, NARROWEST, LETTER, LINE, AROUND = 600, 200, 8, 28, 120


def answer(quote: Quote, *, width: int | None = None, height: int | None = None) -> dict[str, Any]:
    """Return the data of an oEmbed response for a quotation. `width` and `height` are its largest size in pixels."""
    reading, summit = quote.reading, quote.reading.summit
    with translation.override(spoken(reading.language)):
        html, names = _html(quote), summit.named(reading.language)
        wide = max(NARROWEST, min(WIDTH, width or WIDTH))
        wide = min(wide, width) if width else wide
        high = AROUND + LINE * (len(strip_tags(html)) * LETTER // wide + 1)
        return {
            "version": "1.0",
            "type": "rich",
            "title": title_of(reading),
            "author_name": reading.who or names.host,
            "author_url": quote.url,
            "provider_name": names.name,
            "provider_url": settings.BASE_URL + reverse("press:list", args=[summit.slug]),
            "cache_age": AGE,
            "html": html,
            "width": wide,
            "height": min(high, height) if height else high,
        }


def _html(quote: Quote) -> SafeString:
    reading = quote.reading
    quotation = format_html(
        '<blockquote cite="{}" lang="{}" dir="{}">{}</blockquote>\n',
        quote.url,
        reading.language,
        reading.direction,
        quote.words,
    )
    values = {"moment": day_clock(reading.first_published_at, reading.summit)}
    source = format_html(
        '<p dir="{}">— {}<a href="{}"><cite>{}</cite></a>, {}</p>\n',
        reading.direction,
        format_html("{}, ", reading.who) if reading.who else "",
        quote.url,
        title_of(reading),
        values["moment"],
    )
    remarks = format_html_join("", '<p dir="{}"><strong>{}</strong></p>\n', _remarks(quote))
    return remarks + (quotation if quote.words else SafeString("")) + source


def _remarks(quote: Quote) -> list[tuple[str, str]]:
    return [(quote.reading.direction, remark) for remark in quote.remarks]


def as_json(found: dict[str, Any]) -> bytes:
    """Return the data of an oEmbed response as JSON in UTF-8."""
    return (json.dumps(found, ensure_ascii=False) + "\n").encode()


def as_xml(found: dict[str, Any]) -> bytes:
    """Return the data of an oEmbed response as XML in UTF-8."""
    root = etree.Element("oembed")
    for name, value in found.items():
        etree.SubElement(root, name).text = str(value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
