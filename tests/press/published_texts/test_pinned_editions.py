"""Editions under their own addresses, paragraphs that keep theirs, and what stands beside a text."""

import json
import re
from typing import Any
from urllib.parse import quote as quoted

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree, html

from press.published_texts.quotations import place_of
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionAttachment, EditionState
from press.texts.models.texts import Text
from press.texts.selectors import paragraph_anchors
from press.texts.services import decisions, editions
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests.clients import read
from tests.factories import AttachmentFactory, SessionFactory, SummitFactory, UserFactory
from tests.module_fixtures import once_a_module
from tests.press import helpers as h
from tests.press.public.test_text_lists import speech as give_speech
from tests.press.public.test_text_lists import text_of
from tests.sessions.conftest import SILENTLY

pytestmark = pytest.mark.django_db

# --- addresses of paragraphs ----------------------------------------------------------------------------------------
KEPT: list[tuple[str, list[str], str, list[str], list[str]]] = [
    (h.FIRST, [], h.SECOND, [], ["p-4", "p-1", "p-2"]),
    (h.FIRST, [], h.FIRST, [], ["p-1", "p-2", "p-3"]),
    # What was taken out comes back under another address: a link to it led to nothing meanwhile.
    (h.SECOND, ["p-4", "p-1", "p-2"], h.FIRST, ["p-3"], ["p-1", "p-2", "p-5"]),
    ("A.\n\nB.", ["p-7", "p-2"], "B.\n\nA.", ["p-9"], ["p-10", "p-7"]),
    ("- item one\n- item two", [], "- item one\n- item new and different\n- item two", [], ["p-1", "p-3", "p-2"]),
    ("We go.", [], "We go soon.", [], ["p-1"]),
    # Without spaces between words, a letter that was wrong leaves the others as they are.
    (
        "我们将于十月举行会议。\n\n部长们感谢东道主。",
        [],
        "我们将于十一月举行会议。\n\n主席致词。",
        [],
        ["p-1", "p-3"],
    ),
    ("", [], "A.", [], ["p-1"]),
    ("A.", [], "", [], []),
]


def test_paragraphs_keep_their_addresses() -> None:
    for before, given, after, used, expected in KEPT:
        assert paragraph_anchors.follow(before=before, anchors=given, after=after, used=used) == expected
    # The control: counted anew, an address leads to other words.
    assert paragraph_anchors.counted(h.SECOND)[1] != KEPT[0][4][1]


def test_a_link_to_a_paragraph_is_pinned_and_says_what_became_of_it(client: Client) -> None:
    text = h.make_corrected()
    page = client.get(h.url_of(text)).content.decode()
    assert f'<p id="p-2"><a class="pin" href="{h.url_of(text)}edition/2/#p-2"' in page
    old = client.get(f"{h.url_of(text)}edition/1/").content.decode()
    assert "This is edition 1, which has since been replaced." in old
    marks = re.findall(r'<mark class="since">(.*?)</mark>', old)
    assert (sorted(marks), "five hundred" in old) == (["changed since", "since removed"], True)
    assert "This is edition 2, the latest." in client.get(f"{h.url_of(text)}edition/2/").content.decode()


def test_what_was_never_read_has_no_address(client: Client) -> None:
    edition = h.make_text(moment=h.ago(1), decided_at=h.ago(3))
    h.add_edition(edition.version, decided_at=h.ago(2))  # replaced the first before anybody read it
    h.add_edition(edition.version, state=EditionState.DRAFT)
    # A translation's editions have addresses below its language alone.
    h.add_language(edition.version.text, "fr")
    answers = {n: client.get(f"{h.url_of(edition.version.text)}edition/{n}/").status_code for n in (1, 2, 3)}
    assert answers == {1: 404, 2: 200, 3: 404}


# --- corrections ----------------------------------------------------------------------------------------------------
def test_what_replaces_words_that_were_read_says_why() -> None:
    for hours, out in ((1, True), (-1, False)):
        edition = h.make_text(moment=h.ago(hours), decided_at=h.ago(3))
        writer, reader = h.officer(edition.version.text.summit), h.approver(edition.version.text.summit)
        silent = editions.draft(version=edition.version, based_on=1, title="T", body="B", by=writer)
        decisions.submit(edition=silent, by=writer)
        if out:
            with pytest.raises(DecisionRefused, match="as a correction or clarification"):
                decisions.approve(edition=silent, by=reader)
            with pytest.raises(DecisionRefused, match="Enter what was wrong"):
                editions.draft(
                    version=edition.version, based_on=2, title="T", body="C", change_kind="correction", by=writer
                )
        else:
            decisions.approve(edition=silent, by=reader)
        assert silent.state == (EditionState.IN_REVIEW if out else EditionState.APPROVED)


def test_a_translation_knows_when_it_is_behind(client: Client) -> None:
    text = h.make_corrected()
    french = h.add_language(text, "fr", translates=1, title="Navires").version
    page = client.get(f"{h.url_of(text)}fr/").content.decode()
    assert "This translation is of edition 1 of the original, which has since been corrected." in page
    h.add_edition(french, translates=2, title="Navires")
    assert "corrected since" not in client.get(f"{h.url_of(text)}fr/").content.decode()


# --- files ----------------------------------------------------------------------------------------------------------
def test_a_file_is_read_by_whoever_may_read_an_edition_it_lies_beside(client: Client) -> None:
    edition = h.make_text(moment=h.ago(1), decided_at=h.ago(3))
    text = edition.version.text
    open_file, next_file, unused = (AttachmentFactory(text=text, title=f"Annex {n}") for n in "ABC")
    EditionAttachment.objects.create(edition=edition, attachment=open_file)
    draft = h.add_edition(edition.version, state=EditionState.DRAFT)
    EditionAttachment.objects.create(edition=draft, attachment=next_file)
    path = "{}files/{}/{}"
    answer = client.get(path.format(h.url_of(text), open_file.public_id, "annex.pdf"))
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"%PDF-1.7 annex", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="annex.pdf"'
    for file, name in ((next_file, "annex.pdf"), (unused, "annex.pdf"), (open_file, "other.pdf")):
        assert client.get(path.format(h.url_of(text), file.public_id, name)).status_code == 404
    page = client.get(h.url_of(text)).content.decode()
    assert ("Annex A" in page, "Annex B" in page, "Annex C" in page) == (True, False, False)


# --- withdrawn and removed ------------------------------------------------------------------------------------------
GONE = {"withdrawn_at": h.ago(2), "withdrawal_reason": "Wrong.", "removed_at": h.ago(1), "removal_reason": "A name."}


def test_what_was_read_and_removed_is_gone_everywhere(client: Client) -> None:
    by = UserFactory()
    text, never = (
        h.make_text(moment=h.ago(hours), decided_at=h.ago(9), title="Zebra").version.text for hours in (5, -5)
    )
    Text.objects.update(**GONE, withdrawn_by=by, removed_by=by)
    for ending in ("/", "/edition/1/", ".pdf"):
        answer = client.get(h.url_of(text)[:-1] + ending)
        assert (answer.status_code, b"A name." in answer.content, b"Zebra" in answer.content) == (410, True, False)
    assert client.get(f"{h.url_of(text)}fr/").status_code == 404
    assert "Zebra" not in client.get(f"/{text.summit.slug}/press/").content.decode()
    # What was removed before it was read was never there.
    assert client.get(h.url_of(never)).status_code == 404


# --- what stands beside ---------------------------------------------------------------------------------------------


@once_a_module
def session() -> Session:
    """A session of five speeches, all but the second with a text that is out."""
    made: Session = SessionFactory(summit=SummitFactory(), title="Opening", visibility=Visibility.PUBLIC)
    slots = [give_speech(made, position, name=f"Speaker {position}") for position in range(5)]
    for position, slot in enumerate(slots):
        moment = h.ago(-1) if position == 1 else h.ago(1)
        text_of(slot, slug=f"speech-{position}", title=f"Speech {position}.", moment=moment)
    releases.release(summit=made.summit, by=h.organiser(made.summit), tell=False)
    return made


def page(summit: Summit, number: int) -> str:
    return read(Client(), f"/{summit.slug}/press/speech-{number}/")


def around(content: str) -> tuple[list[str], list[str], list[str]]:
    """The speech before, the one after, and the others of the session."""
    before, after = (re.findall(rf'rel="{way}" [^>]*>([^<]+)<', content) for way in ("prev", "next"))
    others = re.findall(r">(Speech \d\.)</a>", content.partition("From the same session")[2])
    return before, after, others


def test_speeches_stand_in_the_order_of_the_released_agenda(session: Session) -> None:
    found = {number: around(page(session.summit, number)) for number in (0, 2, 4)}
    assert found == {
        0: ([], ["Speech 2."], ["Speech 2.", "Speech 3.", "Speech 4."]),
        2: (["Speech 0."], ["Speech 3."], ["Speech 0.", "Speech 3.", "Speech 4."]),
        4: (["Speech 3."], [], ["Speech 0.", "Speech 2.", "Speech 3."]),
    }
    # The draft is another matter; what was not out is passed over until it is.
    session.slots.update(position=0)
    embargo = Edition.objects.get(title="Speech 1.").version.text.embargo
    embargo.moment = h.ago(0.1)
    embargo.save()
    assert around(page(session.summit, 0))[1] == ["Speech 1."]


def test_a_session_of_which_the_public_does_not_know_tells_of_no_speech(session: Session) -> None:
    session.visibility = Visibility.PARTICIPANTS
    session.save()
    releases.release(summit=session.summit, by=h.organiser(session.summit), tell=False, decisions=SILENTLY)
    assert around(page(session.summit, 2)) == ([], [], [])


BODY = 'First *one* & <b>two</b>.\n\n- An item\n- Another "item"\n\nLast.'


def page_of(edition: Edition, number: int = 0, anchor: str = "") -> str:
    pin = f"edition/{number}/" if number else ""
    return f"{settings.BASE_URL}{h.url_of(edition.version.text)}{pin}{'#' if anchor else ''}{anchor}"


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
    return h.make_text(moment=h.ago(3), speech=True, title="On <borders>", body=BODY)


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
    h.add_edition(
        speech.version, decided_at=h.ago(1), body="First one, corrected.\n\nLast.", change_note="Two was wrong."
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
    edition = h.make_text(moment=h.ago(3), withdrawn_at=h.ago(1), title="Gone", body="words that go")
    answer = found(client, edition, page_of(edition, anchor="p-1"))
    assert (answer["title"], "It was wrong." in answer["html"]) == ("Withdrawn: Gone", True)
    assert "words that go" not in answer["html"]


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


def test_what_is_not_public_is_like_what_is_not_there(client: Client, speech: Edition) -> None:
    h.add_edition(speech.version, state="draft", body="secret")
    later = h.make_text(summit=speech.version.text.summit, slug="later", moment=h.ago(-1))
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
    summit, path = speech.version.text.summit, h.url_of(speech.version.text)
    wrong = [f"https://evil.example{path}", f"//evil.example{path}", f"{settings.BASE_URL}@evil.example{path}", path]
    wrong += ["", "javascript:alert(1)", "http://[", f"{settings.BASE_URL}/{summit.slug}/press/"]
    wrong += [f"{settings.BASE_URL}/{summit.slug}/agenda/", page_of(h.make_text(moment=h.ago(1)))]
    wrong += [page_of(speech, anchor="p-99"), page_of(speech, anchor="</blockquote>"), page_of(speech, 99)]
    assert [ask(client, speech, each).status_code for each in wrong] == [404] * len(wrong)
    assert place_of(summit, page_of(speech)) is not None
