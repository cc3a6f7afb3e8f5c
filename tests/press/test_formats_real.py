"""Speeches of a real debate in every format: what people say is longer and stranger than what tests make up."""

import io
import json
import unicodedata

import pypdf
import pytest
from django.test import Client
from lxml import etree

from press.domain import incoming
from press.rendered import plain_of
from tests.factories import SummitFactory
from tests.press.checks import akoma_ntoso, atom_faults, json_feed_faults, ninjs_faults
from tests.press.helpers import ago, make_text, url_of
from tests.press.test_linked_data import faults
from tests.schemas import DATA, needs_data, needs_schemas

SPEECHES = DATA / "unga-77" / "speeches"
# The first of the alphabet, the longest, the shortest, and two others.
CODES = ("AGO", "CIV", "MLI", "RWA", "UKR")


@pytest.mark.django_db
@pytest.mark.broad("writes long speeches in every format; test_formats_whole.py writes short texts")
@needs_data
@needs_schemas
def test_five_speeches_of_a_real_debate(client: Client) -> None:
    summit = SummitFactory()
    for code in CODES:
        path = SPEECHES / f"{code}.txt"
        taken = incoming.read(filename=path.name, content=path.read_bytes())
        edition = make_text(summit=summit, moment=ago(1), speech=True, title=f"Address of {code}", body=taken.body)
        base, words = url_of(edition.version.text)[:-1], set(plain_of(edition).split())
        given = {ending: client.get(f"{base}.{ending}").content for ending in ("txt", "pdf", "xml", "json", "jsonld")}
        assert plain_of(edition).rstrip() in given["txt"].decode()
        document = etree.fromstring(given["xml"])
        akoma_ntoso().assertValid(document)
        assert words <= set("\n".join(document.itertext()).split())
        assert ninjs_faults(json.loads(given["json"])) == []
        assert faults(json.loads(given["jsonld"])) == []
        reader = pypdf.PdfReader(io.BytesIO(given["pdf"]))
        text = unicodedata.normalize("NFKC", " ".join(page.extract_text() for page in reader.pages))
        found = sum(unicodedata.normalize("NFKC", word) in text for word in words)
        # A word that is broken at a line's end is two there.
        assert found >= 0.97 * len(words)
    assert atom_faults(client.get(f"/{summit.slug}/press/feed.atom").content) == []
    assert json_feed_faults(client.get(f"/{summit.slug}/press/feed.json").content) == []
    assert client.get(f"/{summit.slug}/press/feed.atom").content.count(b"<entry ") == len(CODES)
