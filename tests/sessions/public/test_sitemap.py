import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from sessions.visibility.models import Visibility
from tests.factories import SessionFactory, SummitFactory
from tests.press.format_checks import grammar
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_the_map_knows_the_sessions_that_everybody_may_know_of(client: Client) -> None:
    summit = SummitFactory()
    rows = {level: SessionFactory(summit=summit, visibility=level) for level in Visibility.values}
    path = f"/{summit.slug}/agenda/sitemap.xml"
    assert client.get(path).content.count(b"<loc>") == 3
    release(summit)
    root = etree.fromstring(client.get(path).content)
    grammar("sitemap").assertValid(root)
    named = [loc.removeprefix(settings.BASE_URL) for loc in root.xpath("*/s:loc/text()", namespaces=NS)]
    pages = [f"/{summit.slug}/agenda/", f"/{summit.slug}/agenda/{rows['public'].public_id}/"]
    assert named == [page + query for page in pages for query in ("", "?lang=fr", "?lang=ar")]
    assert {client.get(each).status_code for each in named} == {200}
    for entry in root:
        assert entry.findtext("s:lastmod", namespaces=NS)
        languages = [link.get("hreflang") for link in entry.findall("x:link", namespaces=NS)]
        assert languages == ["en", "fr", "ar"]
    assert f"{settings.BASE_URL}{path}</loc>" in client.get("/sitemap.xml").content.decode()
