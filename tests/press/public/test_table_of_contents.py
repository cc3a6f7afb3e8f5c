from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from press.texts.markdown_to_html import to_blocks, to_html
from press.texts.models.editions import Edition
from press.texts.selectors.rendered_editions import contents_of
from tests.press.helpers import ago, make_text, url_of

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
