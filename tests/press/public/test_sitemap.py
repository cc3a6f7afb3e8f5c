"""The maps of texts for search engines: what everybody may read, in each language, and nothing else."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from lxml import etree

from press.public import sitemap
from press.texts.models.editions import Edition
from summit.summits.models import Summit
from tests.factories import SummitFactory
from tests.press.format_checks import grammar
from tests.press.helpers import add_language, ago, make_text, url_of
from tests.press.test_visibility import everything

pytestmark = pytest.mark.django_db

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def ask(client: Client, path: str) -> Any:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = etree.fromstring(response.content)
    grammar("sitemap").assertValid(root)
    return root


def places(client: Client, path: str) -> list[str]:
    """The paths that a map names, each of them to be had."""
    found = [
        loc.removeprefix(configured.BASE_URL) for loc in ask(client, path).xpath("*/s:loc/text()", namespaces=NS)
    ]
    assert {client.get(each).status_code for each in found} <= {200}
    return found


def press_of(edition: Edition) -> str:
    return f"/{edition.version.text.summit.slug}/press/"


def test_each_language_of_a_text_names_the_others(client: Client) -> None:
    edition = make_text(moment=ago(3), slug="opening")
    text = edition.version.text
    add_language(text, "ar", decided_at=ago(1))
    add_language(text, "fr", state="draft")
    home = press_of(edition)
    homes = [home, f"{home}?lang=fr", f"{home}?lang=ar"]
    assert places(client, f"{home}sitemap.xml") == [*homes, url_of(text), f"{url_of(text)}ar/"]
    entries = ask(client, f"{home}sitemap.xml").findall("s:url", namespaces=NS)[3:]
    page = configured.BASE_URL + url_of(text)
    for entry in entries:
        links = [(link.get("hreflang"), link.get("href")) for link in entry.findall("x:link", namespaces=NS)]
        assert links == [("en", page), ("ar", f"{page}ar/")]
    first, second = (entry.findtext("s:lastmod", namespaces=NS) for entry in entries)
    assert first < second


def test_the_map_knows_what_everybody_may_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, summit: Summit
) -> None:
    make_text(summit=summit, slug="out", moment=ago(1))
    for slug, values in (("later", {"moment": ago(-1)}), ("draft", {"moment": ago(1), "state": "draft"})):
        make_text(summit=summit, slug=slug, **values)
    kept = make_text(summit=summit, slug="kept", moment=ago(3), withdrawn_at=ago(2))
    path = f"/{summit.slug}/press/sitemap.xml"
    named = [place for place in places(client, path) if "?" not in place]
    assert named == [f"/{summit.slug}/press/{slug}" for slug in ("", "out/", "kept/")]
    moment = ask(client, path).xpath("string(s:url[last()]/s:lastmod)", namespaces=NS)
    assert moment == f"{kept.version.text.withdrawn_at:%Y-%m-%dT%H:%M:%SZ}"
    # Control: without the predicate it knows the others too.
    settings.KEPT_PAGES = 0
    monkeypatch.setattr(sitemap, "public_editions", everything)
    assert client.get(path).content.count(b"<loc>") == 3 + 4


def test_long_maps_have_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "LENGTH", 2)
    summit = SummitFactory(public=True)
    for number in range(3):
        make_text(summit=summit, slug=f"text-{number}", moment=ago(1))
    path = f"/{summit.slug}/press/sitemap.xml"
    assert [place for place in places(client, "/sitemap.xml") if "press" in place] == [path, f"{path}?page=2"]
    assert places(client, f"{path}?page=2") == [f"/{summit.slug}/press/text-2/"]
    assert {client.get(f"{path}?page={page}").status_code for page in ("3", "0", "-1", "x", "٢", "9" * 50)} == {404}


def test_summits_that_nobody_may_see_have_no_map(client: Client) -> None:
    hidden = SummitFactory(public=False)
    make_text(summit=hidden, moment=ago(1))
    assert places(client, "/sitemap.xml") == []
    assert client.get(f"/{hidden.slug}/press/sitemap.xml").status_code == 404
    shown = SummitFactory()
    assert places(client, "/sitemap.xml") == [f"/{shown.slug}/sitemap.xml"]
    assert f"Sitemap: {configured.BASE_URL}/sitemap.xml\n" in client.get("/robots.txt").content.decode()
