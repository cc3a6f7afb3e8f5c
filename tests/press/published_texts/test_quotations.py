"""What other sites embed of a text (oEmbed): a paragraph with who said it, and what became of it since."""

import json
from typing import Any
from urllib.parse import quote as quoted

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree, html

from press.published_texts.quotations import place_of
from press.texts.models.editions import Edition
from tests.press.helpers import add_edition, add_language, ago, make_text, url_of

pytestmark = pytest.mark.django_db

BODY = 'First *one* & <b>two</b>.\n\n- An item\n- Another "item"\n\nLast.'


def page_of(edition: Edition, number: int = 0, anchor: str = "") -> str:
    pin = f"edition/{number}/" if number else ""
    return f"{settings.BASE_URL}{url_of(edition.version.text)}{pin}{'#' if anchor else ''}{anchor}"


def ask(client: Client, edition: Edition, url: str, rest: str = "") -> Any:
    return client.get(f"/{edition.version.text.summit.slug}/press/oembed?url={quoted(url, safe='')}{rest}")


def found(client: Client, edition: Edition, url: str, rest: str = "") -> dict[str, Any]:
    response = ask(client, edition, url, rest)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json; charset=utf-8")
    answer: dict[str, Any] = json.loads(response.content)
    # What the standard wants of a rich answer, and nothing that it doesn't know.
    kinds = {"html": str, "width": int, "height": int, "title": str, "author_name": str, "author_url": str}
    kinds |= {"provider_name": str, "provider_url": str, "cache_age": int, "version": str, "type": str}
    assert {name: type(value) for name, value in answer.items()} == kinds
    return answer


@pytest.fixture
def speech() -> Edition:
    return make_text(moment=ago(3), speech=True, title="On <borders>", body=BODY)


def test_a_paragraph_with_who_said_it_and_where_it_stands(client: Client, speech: Edition) -> None:
    answer = found(client, speech, page_of(speech, anchor="p-1"))
    page = html.fragment_fromstring(answer["html"], create_parent="div")
    (block,) = page.findall("blockquote")
    pin = page_of(speech, 1, "p-1")
    assert dict(block.attrib) == {"cite": pin, "lang": "en", "dir": "ltr"}
    assert etree.tostring(block[0], encoding="unicode") == "<p>First <em>one</em> &amp; &lt;b&gt;two&lt;/b&gt;.</p>"
    assert page.xpath("//a/@href") == [pin]
    assert page.xpath("string(//cite)") == answer["title"] == "On <borders>"
    assert ("Minister" in answer["author_name"], answer["author_name"] in page.text_content()) == (True, True)
    assert page.xpath("//strong | //@id | //@style | //@onclick | //script") == []


def test_an_item_of_a_list_and_a_whole_text(client: Client, speech: Edition) -> None:
    assert '<p>Another "item"</p>' in found(client, speech, page_of(speech, anchor="p-3"))["html"]
    assert "First" in found(client, speech, page_of(speech) + "?lang=fr")["html"]


def test_after_a_correction_the_link_goes_on_saying_what_was_quoted(client: Client, speech: Edition) -> None:
    add_edition(
        speech.version, decided_at=ago(1), body="First one, corrected.\n\nLast.", change_note="Two was wrong."
    )
    current = found(client, speech, page_of(speech, anchor="p-1"))["html"]
    assert "corrected." in current
    assert page_of(speech, 2, "p-1") in current
    assert "<strong>" not in current
    for anchor, said in (("p-1", "has changed since"), ("p-3", "has since been removed")):
        old = found(client, speech, page_of(speech, 1, anchor))["html"]
        assert page_of(speech, 1, anchor) in old
        assert "The text was changed after this edition, most recently on " in old
        assert said in old
    assert "First <em>one</em>" in found(client, speech, page_of(speech, 1, "p-1"))["html"]


def test_of_a_withdrawn_text_the_reason_and_no_words(client: Client) -> None:
    edition = make_text(moment=ago(3), withdrawn_at=ago(1), title="Gone", body="words that go")
    answer = found(client, edition, page_of(edition, anchor="p-1"))
    assert (answer["title"], "It was wrong." in answer["html"]) == ("Withdrawn: Gone", True)
    assert "words that go" not in answer["html"]


def test_in_the_language_of_the_text(client: Client, speech: Edition) -> None:
    add_language(speech.version.text, "ar", title="كلمة", body="هذا نص عربي.")
    answer = found(client, speech, f"{page_of(speech)}ar/#p-1")
    assert 'lang="ar" dir="rtl"><p>هذا نص عربي.</p></blockquote>' in answer["html"]
    assert f"{page_of(speech)}ar/edition/1/#p-1" in answer["html"]


def test_as_xml_and_in_no_other_format(client: Client, speech: Edition) -> None:
    url = page_of(speech, anchor="p-1")
    response = ask(client, speech, url, "&format=xml")
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert response["Access-Control-Allow-Origin"] == "*"
    root = etree.fromstring(response.content)
    answer = found(client, speech, url)
    assert {each.tag: each.text for each in root} == {name: str(value) for name, value in answer.items()}
    assert ask(client, speech, url, "&format=yaml").status_code == 501
    assert client.get(f"/{speech.version.text.summit.slug}/press/oembed").status_code == 400


def test_no_wider_and_no_higher_than_asked(client: Client, speech: Edition) -> None:
    def size(rest: str) -> tuple[int, int]:
        answer = found(client, speech, page_of(speech, anchor="p-1"), rest)
        return answer["width"], answer["height"]

    assert size("") == size("&maxwidth=9000") == size("&maxwidth=x&maxheight=-1") == (600, size("")[1])
    assert (size("&maxwidth=320&maxheight=100"), size("&maxwidth=50")[0]) == ((320, 100), 50)


def test_what_is_not_public_is_like_what_is_not_there(client: Client, speech: Edition) -> None:
    add_edition(speech.version, state="draft", body="secret")
    later = make_text(summit=speech.version.text.summit, slug="later", moment=ago(-1))
    for one, mark, other in (
        (page_of(later), "later", "never"),
        (page_of(later, 1, "p-1"), "later", "never"),
        (page_of(speech, 2), "edition/2", "edition/9"),
    ):
        with CaptureQueriesContext(connection) as first:
            answer = ask(client, speech, one)
        with CaptureQueriesContext(connection) as second:
            nowhere = ask(client, speech, one.replace(mark, other))
        assert (answer.status_code, nowhere.status_code) == (404, 404)
        told = answer.content.replace(quoted(mark, safe="").encode(), quoted(other, safe="").encode())
        assert (told, dict(answer.headers), len(first)) == (nowhere.content, dict(nowhere.headers), len(second))
    # Control: what is public is told.
    assert ask(client, speech, page_of(speech, 1)).status_code == 200


def test_only_addresses_of_this_summits_texts(speech: Edition, client: Client) -> None:
    summit, path = speech.version.text.summit, url_of(speech.version.text)
    wrong = [f"https://evil.example{path}", f"//evil.example{path}", f"{settings.BASE_URL}@evil.example{path}", path]
    wrong += ["", "javascript:alert(1)", "http://[", f"{settings.BASE_URL}/{summit.slug}/press/"]
    wrong += [f"{settings.BASE_URL}/{summit.slug}/agenda/", page_of(make_text(moment=ago(1)))]
    wrong += [page_of(speech, anchor="p-99"), page_of(speech, anchor="</blockquote>"), page_of(speech, 99)]
    assert [ask(client, speech, each).status_code for each in wrong] == [404] * len(wrong)
    assert place_of(summit, page_of(speech)) is not None
