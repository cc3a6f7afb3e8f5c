"""The feeds of the press site, held against their standards: what stands in them, in which order and words."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape
from lxml import etree

from press.formats import feeds
from press.published_texts.selectors import listed
from press.texts.markdown_to_html import to_html
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import Text
from summit.summits.models import Summit
from tests.factories import AttachmentFactory, SummitFactory, UserFactory
from tests.press.format_checks import NS, atom_faults, json_feed_faults
from tests.press.helpers import add_edition, add_language, ago, make_text

pytestmark = pytest.mark.django_db

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
            {"self": "1", "first": "1", "next": "2", "last": "3"},
            {"self": "2", "first": "1", "previous": "1", "next": "3", "last": "3"},
            {"self": "3", "first": "1", "previous": "2", "last": "3"},
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
