"""The pages of the press site: what is not out looks like nothing, and what is out says all that readers need."""

import re
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from PIL import Image

from press.public import sitemap
from press.texts.markdown_to_html import to_blocks, to_html
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.selectors.rendered_editions import contents_of
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from summit.summits.models import Summit
from tests.factories import ReleaseFactory, SummitFactory, UserFactory
from tests.press.format_checks import grammar
from tests.press.helpers import add_language, ago, make_text, url_of
from tests.press.test_visibility import everything

pytestmark = pytest.mark.django_db

ENDINGS = ("/", ".txt", ".pdf", ".xml", ".json")
HIDDEN: list[dict[str, Any]] = [
    {"moment": ago(-1)},
    {"moment": ago(1), "state": "draft"},
    {"moment": ago(1), "held": True},
    {"moment": ago(1), "withdrawn_at": ago(2)},
    {},
]


def test_what_is_under_embargo_looks_like_what_is_not_there(client: Client, summit: Summit) -> None:
    @cache
    def ask(slug: str, ending: str, header: str = "", value: str = "") -> tuple[Any, ...]:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/{summit.slug}/press/{slug}{ending}", headers={header: value} if header else {})
        statements = [query["sql"].replace(slug, "slug") for query in captured]
        return answer.status_code, answer.content.replace(slug.encode(), b"slug"), dict(answer.headers), statements

    every: list[tuple[str, ...]] = [(f"{language}{ending}",) for language in ("", "/fr") for ending in ENDINGS]
    every += [("/", "if-none-match", "*"), ("/", "range", "bytes=0-10")]
    for number, values in enumerate(HIDDEN):
        slug = f"hidden-{number}"
        edition = make_text(summit=summit, slug=slug, **values)
        add_language(edition.version.text, "fr", state=edition.state)
        # Each is asked for its page, and the first in every way.
        for asked in every[:1] if number else every:
            hidden = ask(slug, *asked)
            assert hidden[0] == 404
            assert hidden == ask("never-written", *asked), (values, asked)
    # The control: what is published is told from it.
    make_text(summit=summit, slug="there", moment=ago(1))
    assert ask("there", "/") != ask("never-written", "/")


def test_same_bytes_for_everybody() -> None:
    edition = make_text(moment=ago(1), speech=True)
    text = edition.version.text
    home = f"/{text.summit.slug}/press/"
    signed_in = Client(headers={"accept-language": "ar", "user-agent": "x"})
    signed_in.force_login(UserFactory(is_superuser=True))
    pages = [url_of(text)[:-1] + ending for ending in ("/", ".txt", ".pdf")]
    for path in [home, *(home + name for name in ("feed.atom", "sitemap.xml")), *pages]:
        nobody, somebody = Client().get(path), signed_in.get(path)
        assert (nobody.status_code, nobody.content) == (200, somebody.content)
        # How long caches may keep it is counted from each answer on.
        ours, theirs = ({**answer.headers, "Cache-Control": ""} for answer in (nobody, somebody))
        assert ours == theirs
        assert "Set-Cookie" not in nobody.headers
        again = Client().get(path, headers={"if-none-match": nobody["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_page_says_who_what_where_when(client: Client) -> None:
    edition = make_text(moment=ago(1), speech=True, title="On borders", body="First.\n\nSecond <script>x</script>.")
    text = edition.version.text
    text.contact = "press@host.example"
    text.save()
    assert text.slot is not None
    page = client.get(url_of(text)).content.decode()
    for said in (
        "On borders",
        str(text.slot.speaker.label),
        str(text.slot.party),
        "check against delivery",
        "Second &lt;script&gt;x&lt;/script&gt;.</p>",
        "press@host.example",
    ):
        assert said in page
    # What is data for machines is never run.
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts == ['<script type="application/ld+json">', '<script src="/static/js/header.js" defer>']
    assert "style=" not in page


def test_where_a_speech_was_given_comes_from_the_released_agenda_alone(client: Client) -> None:
    edition = make_text(moment=ago(1), speech=True)
    text = edition.version.text
    assert text.slot is not None
    session = text.slot.session
    assert session.title not in client.get(url_of(text)).content.decode()
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    values = {"session": session, "fingerprint": "f", "kind": session.kind, "title": "Opening plenary", **times}
    # A session that is everybody's and doesn't tell everybody who speaks is not told beside the speech.
    cases = (("accredited", 1, True, False), ("public", 0, False, False), ("public", 0, True, True))
    for number, (visibility, low, names, shown) in enumerate(cases, start=2):
        released = ReleasedSession.objects.create(
            visibility=visibility, sequence=number, room_name="Long Gallery", **values
        )
        if names:
            released.participants.create(role="speaker", slot_key=text.slot.public_id, label="Minister")
        release = ReleaseFactory(summit=text.summit, number=number)
        rows = {"session": session, "released_session": released, "full": released, "low": low}
        ReleaseEntry.objects.create(release=release, **rows)
        page = client.get(url_of(text)).content.decode()
        assert ("Opening plenary" in page, "Long Gallery" in page) == (shown, shown)


def test_languages(client: Client) -> None:
    edition = make_text(moment=ago(1), title="English words")
    text = edition.version.text
    add_language(text, "ar", title="كلمة الافتتاح", body="نص.")
    url = url_of(text)
    page = client.get(f"{url}ar/").content.decode()
    assert ('<div class="prose" lang="ar" dir="rtl">' in page, f'<a href="{url}" lang="en"' in page) == (True, True)
    for language, path in (("en", url), ("ar", f"{url}ar/")):
        assert f'<link rel="alternate" hreflang="{language}" href="{settings.BASE_URL}{path}">' in page
    alternates = re.findall(r'<link rel="alternate"[^>]*hreflang[^>]*>', page)
    assert len(alternates) > 2
    assert all(f'href="{settings.BASE_URL}/' in link for link in alternates)
    for ending in ("/", ".txt"):
        answer = client.get(f"{url}en{ending}")
        assert (answer.status_code, answer["Location"]) == (301, url[:-1] + ending)
        answer = client.get(f"{url}ar{ending}")
        assert (answer.status_code, answer["Content-Language"]) == (200, "en" if ending == "/" else "ar")
        assert client.get(f"{url}fr{ending}").status_code == 404
    listed = client.get(f"/{text.summit.slug}/press/").content.decode()
    assert ("English words" in listed, "كلمة الافتتاح" in listed) == (True, False)


NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def ask(client: Client, path: str) -> Any:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = etree.fromstring(response.content)
    grammar("sitemap").assertValid(root)
    return root


def places(client: Client, path: str) -> list[str]:
    """The paths that a map names, each of them to be had."""
    found = [loc.removeprefix(settings.BASE_URL) for loc in ask(client, path).xpath("*/s:loc/text()", namespaces=NS)]
    assert {client.get(each).status_code for each in found} <= {200}
    return found


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
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml\n" in client.get("/robots.txt").content.decode()


BODY = "## One\n\na\n\n### Two & <2>\n\nb\n\n## One\n\n> ## Quoted\n\n## الحدود بين الدول\n\n## 國界\n\n## ...\n"


def test_headings_have_addresses_made_of_their_words() -> None:
    anchors = [block.anchor for block in to_blocks(BODY) if block.kind == "h"]
    assert anchors == ["s-one", "s-two-2", "s-one-2", "s-الحدود-بين-الدول", "s-國界", "s-0"]
    assert '<h2 id="s-one">One</h2>' in to_html(BODY)
    # They stay when another comes before them, and a long one is cut.
    assert [block.anchor for block in to_blocks("## New\n\n" + BODY) if block.kind == "h"][1:] == anchors
    assert len(to_blocks("# " + "word " * 40)[0].anchor) <= 62


def test_contents_of_a_text() -> None:
    found = [(heading.words, heading.depth) for heading in contents_of(Edition(body=BODY))]
    assert found == [("One", 0), ("Two & <2>", 1), ("One", 0), ("الحدود بين الدول", 0), ("國界", 0), ("...", 0)]
    assert contents_of(Edition(body="## One\n\nwords")) == []


def test_the_api_says_that_a_removed_text_is_gone() -> None:
    edition = make_text(moment=ago(3), withdrawn_at=ago(2))
    text = edition.version.text
    base = f"/api/v1/summits/{text.summit.slug}/texts/{text.slug}"
    addresses = [f"{base}/", f"{base}/editions/1/", f"{base}/?language=en"]
    assert [Client().get(address).status_code for address in addresses] == [200] * 3
    removed: dict[str, Any] = {"removed_at": ago(1), "removed_by": UserFactory(), "removal_reason": "Not ours."}
    Text.objects.filter(pk=text.pk).update(**removed)
    for address in addresses:
        answer = Client().get(address)
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (410, "gone")
        assert answer.json()["detail"] == "The press office removed this text: Not ours."
    # What nobody had read was never there.
    hidden = make_text(summit=text.summit, slug="hidden", moment=ago(-1), withdrawn_at=ago(1))
    Text.objects.filter(pk=hidden.version.text_id).update(**removed)
    for address in (f"{base.rpartition('/')[0]}/hidden/", f"{base}/?language=fr"):
        assert Client().get(address).status_code == 404


def test_each_public_page_names_its_picture() -> None:
    text = make_text(moment=ago(1)).version.text
    address = f"/{text.summit.slug}/picture.png"
    for path in ("", "agenda/", "press/", f"press/{text.slug}/"):
        page = Client().get(f"/{text.summit.slug}/{path}").content.decode()
        assert f'<meta property="og:image" content="{settings.BASE_URL}{address}">' in page, path
    answer = Client().get(address)
    picture = Image.open(BytesIO(answer.content))
    assert (answer["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))
