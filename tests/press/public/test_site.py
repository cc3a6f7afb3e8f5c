"""The pages of the press site: what is not out looks like nothing, and what is out says all that readers need."""

import re
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree, html
from PIL import Image

from press.public import sitemap
from press.public.views import lists
from press.texts.markdown_to_html import to_blocks, to_html
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextKind
from press.texts.selectors.rendered_editions import contents_of
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.sessions import Session
from summit.public import share_picture
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import PersonFactory, ReleaseFactory, SessionFactory, SlotFactory, SummitFactory, UserFactory
from tests.press.format_checks import grammar
from tests.press.helpers import add_edition, add_language, ago, make_embargo, make_text, officer, url_of
from tests.press.test_visibility import everything
from tests.sessions.conftest import release

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
        '<bdi lang="en">London</bdi> time',
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
    for ending in ("/", ".txt"):
        answer = client.get(f"{url}en{ending}")
        assert (answer.status_code, answer["Location"]) == (301, url[:-1] + ending)
        answer = client.get(f"{url}ar{ending}")
        assert (answer.status_code, answer["Content-Language"]) == (200, "en" if ending == "/" else "ar")
        assert client.get(f"{url}fr{ending}").status_code == 404
    listed = client.get(f"/{text.summit.slug}/press/").content.decode()
    assert ("English words" in listed, "كلمة الافتتاح" in listed) == (True, False)


def test_history_and_withdrawal(client: Client) -> None:
    note = "secret zero"
    edition = make_text(moment=ago(9), decided_at=ago(10), title="Old", withdrawn_at=ago(1), change_note=note)
    add_edition(edition.version, title="New", decided_at=ago(5), change_note="The sum was wrong.")
    page = client.get(url_of(edition.version.text)).content.decode()
    assert ("It was wrong." in page, "<title>Withdrawn: New" in page, note in page) == (True, True, False)
    assert "Withdrawn</span>" in page[page.index("<h1") : page.index("</h1>")]
    # At the top of the text, in its history, and for machines.
    assert (page.count('<li value="'), page.count("The sum was wrong.")) == (2, 3)


def test_pages_of_the_list(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    summit = SummitFactory()
    for number in range(4):
        make_text(summit=summit, moment=ago(9 - number), decided_at=ago(40), title=f"Statement {number}.")
    home = f"/{summit.slug}/press/"

    def listed(query: str) -> list[str]:
        return re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", client.get(home + query).content.decode())

    assert listed("?page=1") == listed("?page=zz") == ["Statement 3.", "Statement 2."]
    assert listed("?page=2") == ["Statement 1.", "Statement 0."]
    assert "3–4 of 4" in client.get(f"{home}?page=2").content.decode()


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
    page = settings.BASE_URL + url_of(text)
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


@pytest.mark.django_db
def test_the_page_leads_to_its_headings_and_to_a_mail(client: Client) -> None:
    edition = make_text(moment=ago(1), title="Tïtle & co", body=BODY)
    path = url_of(edition.version.text)
    page = html.fromstring(client.get(path).content.decode())
    links = [link.get("href") for link in page.xpath("//*[contains(@class, 'contents')]")[0].iter("a")]
    assert (len(links), {link[1:] for link in links} <= set(page.xpath("//@id"))) == (6, True)
    (mail,) = page.xpath("//a[starts-with(@href, 'mailto:')]/@href")
    assert unquote(mail) == f"mailto:?subject=Tïtle & co&body={settings.BASE_URL}{path}"
    assert page.xpath("string(//code[@class='to-copy'])") == settings.BASE_URL + path
    assert "1 minute to read" in page.text_content()
    plain = make_text(moment=ago(1), body="No heading.")
    assert b"contents" not in client.get(url_of(plain.version.text)).content.replace(b"#content", b"")


def debate(summit: Summit, number: int) -> Session:
    """Release a public session in which so many speak, whose texts are out."""
    session: Session = SessionFactory(summit=summit, title="General debate", visibility="public")
    embargo = make_embargo(summit, ago(1))
    for place in range(number):
        slot = SlotFactory(
            session=session, speaker=PersonFactory(summit=summit, name=f"Speaker {place}"), position=place
        )
        edition = make_text(summit=summit, embargo=embargo, title=f"Speech {place}")
        Text.objects.filter(pk=edition.version.text_id).update(
            slot=slot, kind=TextKind.TRANSCRIPT, wording="delivered"
        )
    release(summit)
    return session


@pytest.mark.parametrize(("most", "shown", "link"), [(3, 3, True), (9, 5, False)])
def test_a_session_with_many_texts_shows_some_and_leads_to_all(
    most: int, shown: int, link: bool, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.public.views.MOST", most)
    session = debate(summit, 5)
    page = Client().get(f"/{summit.slug}/agenda/{session.public_id}/").content.decode()
    assert page.count(f'href="/{summit.slug}/press/text-') == shown
    address = f"/{summit.slug}/press/?session={session.public_id}"
    assert (f'<a href="{address}">All 5 texts</a>' in page) is link
    assert Client().get(address).content.decode().count(">Speech ") >= 5


class TestWithdrawnAndRemoved:
    def test_the_api_says_that_a_removed_text_is_gone(self) -> None:
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


class TestPicture:
    def test_each_public_page_names_it(self) -> None:
        text = make_text(moment=ago(1)).version.text
        address = f"/{text.summit.slug}/picture.png"
        for path in ("", "agenda/", "press/", f"press/{text.slug}/"):
            page = Client().get(f"/{text.summit.slug}/{path}").content.decode()
            assert f'<meta property="og:image" content="{settings.BASE_URL}{address}">' in page, path
        answer = Client().get(address)
        picture = Image.open(BytesIO(answer.content))
        assert (answer["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))

    def test_it_says_the_summits_name(self) -> None:
        one, other = SummitFactory(name="One"), SummitFactory(name="Other")
        assert share_picture.draw(one) == share_picture.draw(one)
        assert share_picture.draw(one) != share_picture.draw(other)
        # Letters that no font prints are no empty boxes.
        other.name, other.language = "\U00012000\U00012001", "en"
        assert len(share_picture.draw(other)) > 1000


def test_the_desks_countdown_says_what_then_is_true(summit: Summit) -> None:
    client = signed_in(officer(summit))
    badge = 'data-badge="stands" data-badge-past="published"'
    for state, said in (("approved", "Published"), ("draft", "Publication time reached. Reload this page.")):
        edition = make_text(summit=summit, state=state, moment=ago(-1))
        page = client.get(f"/admin/press/text/{edition.version.text_id}/").content.decode()
        assert f'data-past="{said}"' in page
        # And so does what says where the text stands.
        assert (badge in page) == (state == "approved")
