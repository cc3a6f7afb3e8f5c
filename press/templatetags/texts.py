"""Template tags and filters for the page of a text: metadata for programs, headings, sharing and reading time."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from press.formats import WRITERS, jsonld
from press.formats.feeds import moment, title_of
from press.published_texts.reader_notices import notices
from press.published_texts.related import RelatedContent
from press.published_texts.selectors import Reading
from press.texts.models.editions import Edition
from press.texts.selectors.rendered_editions import contents_of, length_of, minutes_of, plain_of
from summit.core.languages import spoken

register = template.Library()
register.filter("minutes_of", minutes_of)
register.filter("length_of", length_of)


@register.filter
def titled(edition: Edition) -> SafeString:
    """Return an edition's title as HTML, with the language in the attribute `lang`.

    Callers load the edition with `select_related("version")`.
    """
    return format_html('<bdi lang="{}">{}</bdi>', edition.version.language, edition.title)


# From language codes to main countries, for OpenGraph's locales. Other languages have no og:locale.
COUNTRIES = {
    "ar": "AR", "zh": "CN", "en": "GB", "fr": "FR", "ru": "RU", "es": "ES", "de": "DE", "it": "IT", "nl": "NL",
    "pl": "PL", "pt": "PT", "ja": "JP", "ko": "KR", "tr": "TR", "uk": "UA", "fa": "IR", "he": "IL", "sv": "SE",
}  # fmt: skip
# The names of the formats. All but the first are proper names, which aren't translated.
FORMAT_NAMES: dict[str, Any] = {
    "txt": gettext_lazy("Plain text"),
    "pdf": "PDF",
    "xml": "Akoma Ntoso (XML)",
    "json": "ninjs (JSON)",
    "jsonld": "JSON-LD",
}
# Escapes characters that could end the script element, as Django's json_script does.
ESCAPES = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&"}
DESCRIBED = 200


@register.simple_tag
def linked_data(reading: Reading, beside: RelatedContent) -> SafeString:
    """Return the text as JSON-LD without the body, in a script element that browsers don't run.

    Labels are in the language of the text.
    """
    with translation.override(spoken(reading.language)):
        data = jsonld.as_object(replace(reading, beside=beside), words=False)
    written = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    # The same characters are escaped as in Django's json_script, so the content can't end the element.
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308


def _described(reading: Reading) -> str:
    if reading.withdrawn:
        return notices(reading)[0].line
    plain = reading.edition.summary or plain_of(reading.edition)
    return Truncator(" ".join(plain.split())).chars(DESCRIBED)


def _graph(reading: Reading) -> list[tuple[str, str]]:
    """Return the names and values of a text's OpenGraph metadata (https://ogp.me)."""
    properties = [
        ("og:type", "article"),
        ("og:title", title_of(reading)),
        ("og:description", _described(reading)),
        ("og:url", reading.url),
        ("og:site_name", reading.summit.named(reading.language).name),
        ("og:locale", _locale(reading.language)),
        *(("og:locale:alternate", _locale(each.language)) for each in reading.versions if not each.current),
        ("article:published_time", moment(reading.first_published_at)),
        ("article:modified_time", moment(reading.changed_at)),
    ]
    return [(name, value) for name, value in properties if value]


def _locale(language: str) -> str:
    return f"{language}_{COUNTRIES[language]}" if language in COUNTRIES else ""


@register.inclusion_tag("press/metadata.html")
def text_meta(reading: Reading, edition: Edition) -> dict[str, Any]:
    """Return the template context of a text's metadata: OpenGraph, description, oEmbed and other formats.

    If the page shows an earlier `edition`, oEmbed quotes this edition.
    """
    with translation.override(spoken(reading.language)):
        graph, described = _graph(reading), _described(reading)
    number = edition.number if edition.number != reading.edition.number else None
    address = (
        reading.url
        if number is None
        else next(
            (settings.BASE_URL + change.url for change in reading.history if change.number == number), reading.url
        )
    )
    provider = settings.BASE_URL + reverse("press:oembed", args=[reading.summit.slug])
    return {
        "graph": graph,
        "described": described,
        "language": reading.language,
        "oembed": f"{provider}?url={quote(address, safe='')}&format=",
        "title": title_of(reading),
        "formats": [
            (WRITERS[ending][0].partition(";")[0], settings.BASE_URL + url) for ending, url in reading.formats()
        ],
    }


@register.inclusion_tag("press/table_of_contents.html")
def contents(edition: Edition, reading: Reading, place: str) -> dict[str, Any]:
    """Return the template context of a text's table of contents.

    `place` is "aside" for pages with a margin, and "text" for pages without a margin.
    """
    return {"headings": contents_of(edition), "reading": reading, "place": place}


@register.inclusion_tag("press/share.html", takes_context=True)
def share(context: Context, reading: Reading) -> dict[str, Any]:
    """Return the template context of the links to other formats, and of the links that share the URL of a text.

    They share the URL by mail or by copying, without JavaScript.
    """
    formats = [(FORMAT_NAMES[ending], url) for ending, url in reading.formats()]
    return {"reading": reading, "known": formats, "language": context.get("language")}


@register.simple_tag
def mail_link(reading: Reading) -> SafeString:
    """Return a mailto URL with the text's title as the subject, and the URL of the text's page as the body."""
    return format_html("mailto:?subject={}&body={}", quote(title_of(reading)), quote(reading.url))
