"""What a text becomes as HTML, plain text, Akoma Ntoso, ninjs and PDF: its words, their order and addresses."""

import io
import json
import re
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from lxml import etree, html

from press.formats import feeds
from press.published_texts.selectors import listed
from press.texts.markdown_to_html import count_words, to_html, to_plain
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import Text
from summit.pdf import fonts, typst
from summit.summits.models import Summit
from tests.factories import AttachmentFactory, SummitFactory, UserFactory
from tests.languages import pseudo
from tests.press.format_checks import NS, akoma_ntoso, atom_faults, json_feed_faults
from tests.press.helpers import add_edition, add_language, ago, make_text, officer, url_of
from tests.schemas import needs_schemas

pytestmark = pytest.mark.django_db

AKN = {"akn": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}

RICH = """# A heading

One *two* **three** ~~four~~ `five` [six](https://six.example/?a=1&b=2) <b>seven</b>\\
eight & nine

- ten
- eleven
  1. twelve

5. thirteen

   fourteen

> fifteen

| sixteen | seventeen |
|---|---|
| eighteen | nineteen |

---

    twenty

#set page(fill: red) #sys.inputs $x$ @ref <label> // comment
"""
WORDS = ["One", "two", "three", "four", "five", "six", "<b>seven</b>", "eight", "nine", "ten", "eleven", "twelve"]
WORDS += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]


@pytest.fixture
def rich() -> Edition:
    edition = make_text(moment=ago(3), speech=True, title="Tïtle & <co> #1", summary="Sum <1>", body=RICH)
    return add_edition(
        edition.version, decided_at=ago(1), title="Tïtle & <co> #1", summary="Sum", body=RICH, change_note="Note & co"
    )


def get(client: Client, edition: Edition, ending: str) -> bytes:
    response = client.get(url_of(edition.version.text)[:-1] + ending)
    assert response.status_code == 200
    return bytes(response.content)


HTML = [
    ("[a](javascript:alert(1))", '<p id="p-1">[a](javascript:alert(1))</p>\n'),
    ("<img src=x onerror=alert(1)>", '<p id="p-1">&lt;img src=x onerror=alert(1)&gt;</p>\n'),
    ("![x](https://e.example/x)", '<p id="p-1">!<a href="https://e.example/x" rel="noopener noreferrer">x</a></p>\n'),
    ("[a](tel:1)", '<p id="p-1"><a rel="noopener noreferrer">a</a></p>\n'),
    # Headings step down and skip no level.
    ("# A\n\none", '<h2 id="s-a">A</h2>\n<p id="p-1">one</p>\n'),
    ("###### deep", '<h2 id="s-deep">deep</h2>\n'),
    ("- two\n- three\n\nfour", '<ul>\n<li id="p-1">two</li>\n<li id="p-2">three</li>\n</ul>\n<p id="p-3">four</p>\n'),
]  # fmt: skip


@pytest.mark.parametrize(("body", "html"), HTML)
def test_html_is_clean_and_its_paragraphs_have_addresses(body: str, html: str) -> None:
    assert to_html(body) == html


def test_plain_text() -> None:
    assert to_plain("# A\n\nb *c*\nd\n\n2. e\n3. f\n\n- g\n\n> h") == "A\n\nb c d\n\n2. e\n3. f\n\n– g\n\n> h\n"
    assert count_words("one *two*\n\nthree") == 3


@needs_schemas
def test_akoma_ntoso_is_valid(client: Client) -> None:
    edition = make_text(moment=ago(3), speech=True, withdrawn_at=ago(1), title="T & t", summary="S", body=RICH)
    for body in (RICH, "Only.", "---"):
        last = add_edition(edition.version, decided_at=ago(2), body=body, change_note="c")
        document = etree.fromstring(get(client, last, ".xml"))
        akoma_ntoso().assertValid(document)
    assert edition.version.text.withdrawal_reason in " ".join(document.itertext())


def test_akoma_ntoso_keeps_the_words_and_their_addresses(client: Client, rich: Edition) -> None:
    document = etree.fromstring(get(client, rich, ".xml"))
    text = " ".join("".join(document.itertext()).split())
    assert all(word in text for word in WORDS)
    within = "dbsect_1__speech_1__"
    ids = document.xpath("//akn:speech//*[self::akn:p or self::akn:li]/@eId", namespaces=AKN)
    assert {each.partition(within)[0] for each in ids} == {""}
    numbers = [f"p-{each.rpartition('_')[2]}" for each in ids]
    assert numbers == [anchor for anchor in re.findall(r'id="(p-\d+)"', to_html(RICH)) if anchor in numbers]
    assert document.xpath("string(//*[local-name()='from'])").startswith("Minister")


def test_a_pdf_is_readable_and_the_same_each_time(client: Client, rich: Edition) -> None:
    content = get(client, rich, ".pdf")
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert reader.metadata is not None
    assert reader.metadata.title == "Tïtle & <co> #1"
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert all(word in text for word in WORDS)
    # What would be source stands there as words.
    assert "#set page(fill: red) #sys.inputs $x$ @ref <label> // comment" in text
    assert content == get(client, rich, ".pdf")


class TestLettersWithoutAFont:
    @pytest.fixture
    def korean(self, monkeypatch: pytest.MonkeyPatch) -> Edition:
        monkeypatch.setattr(fonts, "machine", fonts.own)
        monkeypatch.setattr(fonts, "further", tuple)
        typst.lacking.cache_clear()
        return make_text(moment=ago(1), body="한글 and words")

    def test_who_prints_is_told_which_package_is_missing(
        self, client: Client, korean: Edition, request: pytest.FixtureRequest
    ) -> None:
        path = f"{url_of(korean.version.text)[:-1]}.pdf"
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (503, "text/html; charset=utf-8")
        page = answer.content.decode()
        assert "No font on this machine can print “한글”." in page
        assert "install the package fonts-noto-cjk" in page
        pseudo.install(request)
        assert "⟦No font on this machine can print “한글”.⟧" in client.get(f"{path}?lang=fr").content.decode()

    def test_the_press_desk_is_warned_before(self, client: Client, korean: Edition) -> None:
        text = korean.version.text
        client.force_login(officer(text.summit))
        page = client.get(f"/admin/press/text/{text.pk}/").content.decode()
        assert ("This edition has no PDF." in page, "install the package fonts-noto-cjk" in page) == (True, True)
        # The control: with a font nobody is warned.
        printed = make_text(summit=text.summit, moment=ago(1), body="كلمة Łódź Ελλάδα Україна")
        assert get(client, printed, ".pdf").startswith(b"%PDF-")
        page = client.get(f"/admin/press/text/{printed.version.text.pk}/").content.decode()
        assert "This edition has no PDF." not in page


# What schema.org has of the types that stand here: from a property to what its value may be, "" for words.
WORK = {
    "@id": "", "url": "", "identifier": "", "headline": "", "genre": "", "inLanguage": "", "datePublished": "",
    "dateModified": "", "version": 0, "creativeWorkStatus": "", "isAccessibleForFree": True, "description": "",
    "author": "Person Organization", "publisher": "Organization", "isPartOf": "WebSite", "encoding": "MediaObject",
    "correction": "CorrectionComment", "translationOfWork": "CreativeWork", "workTranslation": "CreativeWork",
    "recordedAt": "Event", "about": "Event Thing", "mentions": "Person", "associatedMedia": "MediaObject",
    "timeRequired": "", "mainEntityOfPage": "", "isBasedOn": "", "name": "", "text": "",
}  # fmt: skip
TYPES: dict[str, dict[str, Any]] = {
    "Article": WORK | {"wordCount": 0, "articleBody": ""},
    "NewsArticle": WORK | {"wordCount": 0, "articleBody": ""},
    "CreativeWork": WORK,
    "WebSite": WORK,
    "CorrectionComment": WORK,
    "Thing": {"name": ""},
    "Person": {"name": "", "jobTitle": "", "affiliation": "Organization"},
    "Organization": {"name": "", "url": ""},
    "Place": {"name": ""},
    "Event": {"name": "", "url": "", "startDate": "", "endDate": "", "location": "Place", "superEvent": "Event"},
    "MediaObject": {"name": "", "contentUrl": "", "encodingFormat": "", "contentSize": "", "inLanguage": ""},
}


def faults(found: dict[str, Any], allowed: str = "Article NewsArticle") -> list[str]:
    """Return which properties the vocabulary doesn't have, or has for other values."""
    kind = found.get("@type", "")
    if kind not in allowed.split():
        return [f"{kind} is none of {allowed}"]
    wrong = []
    for name, value in found.items():
        if name in ("@type", "@context"):
            continue
        wanted = TYPES[kind].get(name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                wrong += faults(each, str(wanted))
            elif wanted is None or (isinstance(wanted, str) and " " in wanted) or type(each) is not type(wanted):
                wrong.append(f"{kind}.{name}: {each!r}")
    return wrong


def in_page(client: Client, path: str) -> dict[str, Any]:
    """What a search engine takes from a page."""
    page = html.fromstring(client.get(path).content.decode())
    (element,) = page.xpath("//script[@type='application/ld+json']")
    found: dict[str, Any] = json.loads(element.text)
    assert found["@context"] == "https://schema.org"
    assert faults(found) == []
    return found


def alone(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path.rstrip("/") + ".jsonld")
    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    found: dict[str, Any] = json.loads(response.content)
    assert faults(found) == []
    return found


def graph(client: Client, path: str) -> dict[str, str]:
    page = html.fromstring(client.get(path).content.decode())
    return {each.get("property"): each.get("content") for each in page.xpath("//meta[@property]")}


def test_a_speech(client: Client) -> None:
    edition = make_text(moment=ago(3), speech=True, title="On </script><b>", summary="Sum", body="One two.\n\nThree.")
    path = url_of(edition.version.text)
    found = in_page(client, path)
    assert (found["@type"], found["headline"], found["inLanguage"]) == ("Article", "On </script><b>", "en")
    assert found["url"] == settings.BASE_URL + path
    assert found["author"]["affiliation"]["name"] == edition.version.text.slot.party.name
    assert (found["creativeWorkStatus"], found["wordCount"], found["timeRequired"]) == ("Published", 3, "PT1M")
    assert found["datePublished"] == found["dateModified"]
    assert alone(client, path) == found | {"articleBody": "One two.\n\nThree.\n"}
    assert b"</script><b>" not in client.get(path).content


def test_each_published_correction_and_no_other(client: Client) -> None:
    edition = make_text(moment=ago(5), title="Old", body="Old.", change_note="secret zero")
    add_edition(edition.version, decided_at=ago(3), change_note="The sum was wrong.", change_kind="correction")
    add_edition(edition.version, decided_at=ago(2), change_note="Euro, not dollar.", change_kind="clarification")
    add_edition(edition.version, state="in_review", title="Secret", change_note="secret note", body="secret body")
    path = url_of(edition.version.text)
    found = in_page(client, path)
    page = f"{settings.BASE_URL}{path}edition/"
    assert [(each["name"], each["text"], each["url"]) for each in found["correction"]] == [
        ("Clarified", "Euro, not dollar.", f"{page}3/"),
        ("Corrected", "The sum was wrong.", f"{page}2/"),
    ]
    assert found["dateModified"] == found["correction"][0]["datePublished"] > found["datePublished"]
    for address in (path, f"{path[:-1]}.jsonld"):
        assert b"secret" not in client.get(address).content.lower()


def test_a_withdrawn_text_says_why_and_gives_no_words(client: Client) -> None:
    edition = make_text(moment=ago(5), withdrawn_at=ago(1), title="Gone", body="words that go")
    path = url_of(edition.version.text)
    found = alone(client, path)
    assert (found["creativeWorkStatus"], found["headline"]) == ("Withdrawn", "Withdrawn: Gone")
    assert (found["correction"][0]["text"], "articleBody" in found) == ("It was wrong.", False)
    assert "This text was withdrawn on" in graph(client, path)["og:description"]


def test_control_the_vocabulary_is_asked(client: Client) -> None:
    found = in_page(client, url_of(make_text(moment=ago(1)).version.text))
    for wrong in ({"byline": "x"}, {"wordCount": "3"}, {"@type": "Speech"}, {"author": {"@type": "Place"}}):
        assert faults(found | wrong), wrong


BODY = "One *two*.\n\n- three & <four>\n"


@pytest.fixture
def corrected() -> Edition:
    edition = make_text(moment=ago(3), speech=True, title="Tïtle & <co>", summary="Sum <1>", body="One.")
    return add_edition(
        edition.version, decided_at=ago(1), title="Tïtle & <co>", summary="Sum", body=BODY, change_note="Note & co"
    )


def atom_of(client: Client, summit: Summit, query: str = "") -> Any:
    response = client.get(f"/{summit.slug}/press/feed.atom{query}")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert atom_faults(response.content) == []
    return etree.fromstring(response.content)


def json_of(client: Client, summit: Summit, query: str = "") -> Any:
    response = client.get(f"/{summit.slug}/press/feed.json{query}")
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert json_feed_faults(response.content) == []
    return json.loads(response.content)


def titles(client: Client, summit: Summit) -> list[str]:
    found: list[str] = atom_of(client, summit).xpath("a:entry/a:title/text()", namespaces=NS)
    assert [item["title"] for item in json_of(client, summit)["items"]] == found
    return found


def test_the_newest_change_comes_first(client: Client, corrected: Edition) -> None:
    summit = corrected.version.text.summit
    make_text(summit=summit, moment=ago(2), title="Between")
    make_text(summit=summit, moment=ago(9), withdrawn_at=ago(0.5), title="Gone", body="words that go")
    make_text(summit=summit, moment=ago(-2), title="Later")
    assert titles(client, summit) == ["Withdrawn: Gone", "Tïtle & <co>", "Between"]
    assert titles(client, SummitFactory()) == []


def test_a_correction_of_an_old_text_comes_back_into_a_full_feed(
    client: Client, corrected: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LENGTH", 2)
    summit = corrected.version.text.summit
    for hours in (2, 2.5):
        make_text(summit=summit, moment=ago(hours), title=f"{hours}")
    assert titles(client, summit) == ["Tïtle & <co>", "2"]
    # Control: by when they came out it would not be there.
    rows = listed(summit).order_by("-first_published_at")[:2]
    assert [edition.title for edition in rows] == ["2", "2.5"]


def test_an_entry(client: Client, corrected: Edition) -> None:
    summit, text = corrected.version.text.summit, corrected.version.text
    entry = atom_of(client, summit).find("a:entry", namespaces=NS)
    tag = f"tag:localhost,2025:text:{text.public_id}"
    assert entry.findtext("a:id", namespaces=NS) == tag
    updated, published = (entry.findtext(f"a:{name}", namespaces=NS) for name in ("updated", "published"))
    assert updated > published
    content = entry.find("a:content", namespaces=NS)
    head, _, words = content.text.partition("</p>\n")
    assert (content.get("type"), words) == ("html", to_html(BODY))
    assert "Corrected on " in head
    item = json_of(client, summit)["items"][0]
    assert (item["id"], item["content_html"]) == (tag, content.text)
    assert item["date_modified"] == updated
    assert item["_summit"] == {"edition": 2, "correction": {"at": updated, "reason": "Note & co"}}


def test_of_a_withdrawn_text_the_reason_and_no_words_all_in_its_language(client: Client) -> None:
    edition = make_text(moment=ago(2), withdrawn_at=ago(1), title="Discours", language="fr", body="words that go")
    summit = edition.version.text.summit
    root = atom_of(client, summit)
    entry = root.find("a:entry", namespaces=NS)
    assert (root.get(f"{{{NS['xml']}}}lang"), entry.get(f"{{{NS['xml']}}}lang")) == ("en", "fr")
    assert entry.findtext("a:title", namespaces=NS) == "Retiré\u00a0: Discours"
    content = entry.findtext("a:content", namespaces=NS)
    said = (escape("Ce texte a été retiré"), "It was wrong.", "words that go")
    assert [words in content for words in said] == [True, True, False]
    assert json_of(client, summit)["items"][0]["_summit"]["withdrawn"]["reason"] == "It was wrong."
    assert root.xpath("//at:deleted-entry", namespaces=NS) == []
    assert atom_of(client, summit, "?lang=fr").get(f"{{{NS['xml']}}}lang") == "fr"


def test_languages_and_files_of_an_entry(client: Client, corrected: Edition) -> None:
    summit, text = corrected.version.text.summit, corrected.version.text
    add_language(text, "ar", title="كلمة", body="نص.")
    add_language(text, "fr", title="Brouillon", state="draft")
    for title, edition in (("Annex & one", corrected), ("Old", corrected.version.editions.get(number=1))):
        EditionAttachment.objects.create(edition=edition, attachment=AttachmentFactory(text=text, title=title))
    (item,) = json_of(client, summit)["items"]
    page = f"{settings.BASE_URL}/{summit.slug}/press/{text.slug}/"
    assert item["_summit"]["languages"] == [{"language": "ar", "url": f"{page}ar/"}]
    (file,) = item["attachments"]
    assert file == {"url": file["url"], "mime_type": "application/pdf", "title": "Annex & one", "size_in_bytes": 14}
    assert client.get(file["url"].removeprefix(settings.BASE_URL)).status_code == 200
    entry = atom_of(client, summit).find("a:entry", namespaces=NS)
    links = entry.findall("a:link", namespaces=NS)
    addresses = [("en", page), ("ar", f"{page}ar/"), (None, file["url"])]
    assert [(link.get("hreflang"), link.get("href")) for link in links] == addresses


def test_removed_texts_are_buried(client: Client) -> None:
    edition = make_text(moment=ago(9), title="Kept")
    summit = edition.version.text.summit
    gone = {}
    for slug, moment in (("read", ago(5)), ("never-read", ago(-5)), ("read-twice", ago(6))):
        last = make_text(summit=summit, slug=slug, moment=moment, withdrawn_at=ago(2), body="words that go")
        if slug == "read-twice":
            add_edition(last.version, decided_at=ago(4), change_note="Note.")
        by = UserFactory()
        Text.objects.filter(slug=slug).update(removed_at=ago(1), removed_by=by, removal_reason="It was not ours.")
        gone[slug] = f"tag:localhost,2025:text:{last.version.text.public_id}"
    root = atom_of(client, summit)
    assert root.xpath("a:entry/a:title/text()", namespaces=NS) == ["Kept"]
    refs = root.xpath("at:deleted-entry/@ref", namespaces=NS)
    assert sorted(refs) == sorted([gone["read"], gone["read-twice"]])
    assert set(root.xpath("at:deleted-entry/at:comment/text()", namespaces=NS)) == {"It was not ours."}
    whens = root.xpath("at:deleted-entry/@when", namespaces=NS)
    assert root.findtext("a:updated", namespaces=NS) == max(whens)
    assert [each["id"] for each in json_of(client, summit)["_summit"]["removed"]] == refs


class TestPages:
    """What comes in bulk is all there, page by page."""

    @pytest.fixture
    def bulk(self, monkeypatch: pytest.MonkeyPatch) -> Summit:
        monkeypatch.setattr(feeds, "LENGTH", 2)
        summit: Summit = SummitFactory()
        for number in range(5):
            edition = make_text(summit=summit, moment=ago(number + 1), title=f"T{number}")
            kind = "notice" if number < 3 else "statement"
            Text.objects.filter(pk=edition.version.text_id).update(kind=kind)
        return summit

    def links(self, root: Any) -> dict[str, str]:
        """Return the pages to which one leads, each by its number; a feed's first page is 1."""
        found = {link.get("rel"): link.get("href") for link in root.findall("a:link", namespaces=NS)}
        del found["alternate"]
        return {rel: href.partition("feed.atom")[2].removeprefix("?page=") or "1" for rel, href in found.items()}

    def test_each_text_stands_on_one_of_them(self, client: Client, bulk: Summit) -> None:
        seen, query = [], ""
        while True:
            page = json_of(client, bulk, query)
            seen += [item["title"] for item in page["items"]]
            if "next_url" not in page:
                break
            query = "?" + page["next_url"].partition("?")[2]
        assert seen == ["T0", "T1", "T2", "T3", "T4"]
        pages = [atom_of(client, bulk, query) for query in ("", "?page=2", "?page=3")]
        assert [self.links(page) for page in pages] == [
            {"self": "1", "first": "1", "next": "2"},
            {"self": "2", "first": "1", "previous": "1", "next": "3"},
            {"self": "3", "first": "1", "previous": "2"},
        ]
        # They are one feed.
        assert len({page.findtext("a:id", namespaces=NS) for page in pages}) == 1

    @pytest.mark.parametrize("page", ["0", "4", "x", "-1"])
    def test_a_page_that_there_isnt_is_404(self, page: str, client: Client, bulk: Summit) -> None:
        assert client.get(f"/{bulk.slug}/press/feed.atom?page={page}").status_code == 404


def test_an_entry_of_a_long_text_has_its_summary_or_its_beginning(client: Client) -> None:
    long = "First paragraph. " * 40 + "\n\nSecond paragraph.\n\n" + "The rest of it. " * 900
    summit: Summit = SummitFactory()
    for hours, words in ((3, {"body": long}), (2, {"body": long, "summary": "What it <says>."}), (1, {"body": BODY})):
        make_text(summit=summit, moment=ago(hours), **words)
    short, summed_up, cut_off = (item["content_html"] for item in json_of(client, summit)["items"])
    assert short == to_html(BODY)
    assert (summed_up.startswith("<p>What it &lt;says&gt;.</p>"), "First paragraph." in summed_up) == (True, False)
    assert ("First paragraph." in cut_off, "The rest of it." in cut_off) == (True, False)
    assert ("Read the full text</a>" in cut_off, len(cut_off) < len(long) / 10) == (True, True)
    atom = atom_of(client, summit).xpath("a:entry/a:content/text()", namespaces=NS)
    assert atom == [short, summed_up, cut_off]


def test_control_the_rules_see_mistakes(client: Client, corrected: Edition) -> None:
    summit = corrected.version.text.summit
    content = client.get(f"/{summit.slug}/press/feed.atom").content
    entry = content[content.index(b"<entry") : content.index(b"</entry>") + 8]
    for old, new in ((b"<updated>", b"<updated>x"), (b"</entry>", b"</entry>" + entry)):
        assert atom_faults(content.replace(old, new, 1)), old
    good = json.loads(client.get(f"/{summit.slug}/press/feed.json").content)
    item = good["items"][0]
    for items in ([item | {"id": 5}], [item | {"slug": "x"}], [item, item]):
        assert json_feed_faults(json.dumps(good | {"items": items}).encode()), items
