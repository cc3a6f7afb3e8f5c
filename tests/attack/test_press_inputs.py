"""A press officer who means harm, or pastes it: what can't be published is refused on save, the rest is harmless."""

import io
import json
import re
from typing import Any

import pypdf
import pytest
import typst
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.html import escape
from lxml import etree

from press.embargoes.services import embargoes
from press.formats.feeds import BEGINNING
from press.texts.admin.forms import EditionContentForm
from press.texts.errors import DecisionRefused
from press.texts.markdown_to_html import to_html
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.selectors import edition_validation
from press.texts.services import decisions, editions, texts
from summit.summits.models import Summit
from tests.press.helpers import ago, approver, make_text, officer, url_of

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

LINE = "Enter a single line. Remove the line break."
UNCLOSED = "An invisible mark of writing direction is not closed. Type this text instead of pasting it."
EMPTY = "Enter at least one letter or digit."
ENTITY = "An entity such as &#12; is a control character that can’t be printed. Remove it."
DEEP = "Quotations and lists are nested more than 8 deep. Remove some levels."
MARKS = "The text has too many paragraphs, formatting marks and links. Publish it in parts, or with less formatting."
CONTROL = "Character 2 is a control character and can’t be printed. Remove it."
UNSEEN = "This text is invisible. Type it again, or leave it blank."
LONG = "The text has 1000002 characters. The limit is 200000: publish it in parts."
LINK = "A link has more than 2000 characters. Use a short address."
TURNED = "Character 2 is invisible and reverses the text after it. Remove it."

REFUSED = {
    "NUL in title": ("title", "a\0b", CONTROL),
    "escape in summary": ("summary", "a\x1b[2J", CONTROL),
    "U+FFFE": ("body", "a\ufffeb", CONTROL),
    "half a pair": ("body", "a\ud800b", CONTROL),
    "override": ("body", "a\u202eb", TURNED),
    "override as entity": ("body", "a&#x202e;b", ENTITY),
    "form feed as entity": ("body", "a&#12;b", ENTITY),
    "form feed in a link's title": ("body", '[a](http://a.example "&#12;")', ENTITY),
    "isolate left open": ("title", "a\u2067b", UNCLOSED),
    "isolate closed wrongly": ("title", "a\u2067b\u202c", UNCLOSED),
    "embedding left open": ("summary", "a\u202bb", UNCLOSED),
    "title of two lines": ("title", "Title\nBcc: everybody@x.example", LINE),
    "title with a line separator": ("title", "Title\u2028Second", LINE),
    "title of nothing": ("title", "\u200b\u2060\ufeff\u200d", UNSEEN),
    "text of spaces": ("body", " \n \n", EMPTY),
    "text of rules": ("body", "---\n\n***", EMPTY),
    "huge title": ("title", "a" * 201, "Ensure this value has at most 200 characters (it has 201)."),
    "1 MB": ("body", "word\n\n" * 166_667, LONG),
    "10,000 quotations": ("body", ">" * 10_000 + " a", DEEP),
    "deep lists": ("body", "".join("  " * depth + "- a\n" for depth in range(12)), DEEP),
    "20,000 columns": ("body", "|a" * 20_000 + "\n" + "|-" * 20_000 + "\n", MARKS),
    "20,000 marks": ("body", "**a" * 20_000, MARKS),
    "link without end": ("body", "[a](http://a.example/" + "x" * 9_000 + ")", LINK),
}

HARMLESS = {
    "script": "<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- c --> <![CDATA[ x ]]>",
    "javascript": "[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) [c](java&Tab;script:x) <javascript:x>",
    "data": "![a](data:image/svg+xml;base64,xx) [b](data:text/html,x) [c](vbscript:x) [d](file:///etc/passwd)",
    "breaking out": '[a](http://a.example/"onmouseover="x) [b](http://a.example "x\\" onfocus=\\"y") `"><script>`',
    "typst": '#read("/etc/passwd") #import "@preview/a:1.0.0" #while true {} $ x $ @x <x> \\u{0} ```typst #x```',
    "empty": "[](http://a.example) a\n\n#\n\n- \n\n1.\n\n>\n\n| a |\n|---|\n\n```\n```\n\n~~~~",
    "8 deep": "> " * 4 + "- " * 4 + "a",
    "10,000 brackets": "[" * 10_000 + "a",
    "numbers": "999999999. a\n1000000000. b\n\n0. c",
    "cdata": "a ]]> b &lt;/content&gt; &amp;lt; <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]> &y;",
    "isolates": "\u2067שלום\u2069 \u200f \u200e a\u200db",
    "letters": "a\ue000\U000f0000 \u0301\u0301\u0301 \ufffd \U0001f3f3\ufe0f\u200d\U0001f308",
}


def words(case: str) -> dict[str, str]:
    field, value, _sentence = REFUSED[case]
    return {"title": "Title", "summary": "", "body": "Body", field: value}


def test_what_cannot_be_published_is_refused_with_a_sentence_at_its_field(summit: Summit) -> None:
    edition, by, said = make_text(summit=summit), officer(summit), {}
    for case in REFUSED:
        with pytest.raises(ValidationError) as problem:
            editions.draft(version=edition.version, based_on=1, by=by, **words(case))
        said[case] = problem.value.message_dict
    assert said == {case: {field: [sentence]} for case, (field, _value, sentence) in REFUSED.items()}
    assert Edition.objects.get() == edition


def test_nothing_of_it_is_saved_in_any_way(summit: Summit) -> None:
    by, edition, refused = officer(summit), make_text(summit=summit), words("isolate left open")
    for act in (
        lambda: texts.create_text(summit=summit, kind="statement", language="en", by=by, slug="new-text", **refused),
        lambda: editions.draft(version=edition.version, based_on=1, by=by, **refused),
        lambda: texts.add_language(text=edition.version.text, language="fr", by=by, **refused),
    ):
        with pytest.raises(ValidationError) as problem:
            act()
        assert problem.value.message_dict == {"title": [UNCLOSED]}
    assert (Text.objects.count(), Edition.objects.count()) == (1, 1)
    form = EditionContentForm(refused)
    assert (form.is_valid(), dict(form.errors)) == (False, {"title": [UNCLOSED]})


def test_reasons_and_remarks_are_refused_alike(summit: Summit) -> None:
    by, edition = approver(summit), make_text(summit=summit, state="in_review")
    text = edition.version.text
    for value in ("a\0b", "a\ufffe", "a&#12;", "a" * 2_001, ">" * 30 + "a"):
        with pytest.raises(DecisionRefused):
            texts.withdraw(text=text, reason=value, by=by)
        with pytest.raises(DecisionRefused):
            decisions.ask_changes(edition=edition, note=value, by=by)
        with pytest.raises(DecisionRefused):
            embargoes.hold(embargo=text.embargo, reason=value, by=by)
    text.refresh_from_db()
    assert (text.withdrawn_at, text.embargo.held_at) == (None, None)


# Of these no font prints all: their PDF is refused in words, and everything else is as of any text.
UNPRINTED = {"letters"}


def every_way(edition: Edition, *, pdf: int = 200) -> dict[str, bytes]:
    """Return what is answered in every format and in the lists, by the end of its address."""
    base = url_of(edition.version.text)[:-1]
    root = base.rpartition("/")[0]
    paths = [base + ending for ending in ("/", ".txt", ".pdf", ".xml", ".json")]
    answers = {path: Client().get(path) for path in (*paths, f"{root}/", f"{root}/feed.atom", f"{root}/feed.json")}
    wanted = {path: pdf if path.endswith(".pdf") else 200 for path in answers}
    assert {path: answer.status_code for path, answer in answers.items()} == wanted
    return {path.removeprefix(base).removeprefix(root): answer.content for path, answer in answers.items()}


def harmful(html: str) -> list[str]:
    """Return what a browser would run or load of markup, as it parses it."""
    tree = etree.fromstring(f"<div>{html}</div>", etree.HTMLParser())
    found = [str(element.tag) for element in tree.iter("script", "img", "iframe", "object", "style", "base", "form")]
    for element in tree.iter(etree.Element):
        found += [name for name in element.attrib if name.startswith("on") or name in ("style", "src")]
        href = element.get("href", "")
        if re.match(r"[\x00-\x20]*[a-z][a-z0-9+.\-\s]*:", href, re.I) and not href.startswith(("http", "mailto:")):
            found.append(href)
    return found


def test_everything_else_is_harmless_as_html() -> None:
    for case, body in HARMLESS.items():
        edition_validation.check_content(title="Title", summary=body[:200], body=body)
        assert harmful(to_html(body)) == [], case


# Alone these are another text than among others.
ALONE = ("letters", "10,000 brackets", "8 deep")
ALL = "\n\n".join(body for case, body in HARMLESS.items() if case not in ALONE)
alone = pytest.mark.broad("writes each text in every format")


@pytest.mark.parametrize("case", ["all at once", *(pytest.param(case, marks=alone) for case in ALONE)])
def test_it_is_well_formed_and_harmless_in_every_format(case: str, summit: Summit) -> None:
    body = HARMLESS.get(case, ALL)
    title = f'</title><script>alert(1)</script> #read("x") ]]> & {case}'
    edition = make_text(summit=summit, moment=ago(1), title=title, summary=body[:200], body=body)
    found = every_way(edition, pdf=503 if case in UNPRINTED else 200)
    assert b"<script>alert" not in found["/"]
    entry = etree.fromstring(found["/feed.atom"])
    content = entry.findtext(".//{http://www.w3.org/2005/Atom}content")
    item = json.loads(found["/feed.json"])["items"][0]
    assert json.loads(found[".json"])["bodies"][0]["value"] == to_html(body)
    whole = to_html(body) if len(body) <= BEGINNING else f"<p>{escape(edition.summary)}</p>"
    assert content == item["content_html"]
    assert content.startswith(whole)
    assert harmful(content) == []
    hrefs: Any = etree.fromstring(found[".xml"]).xpath("//@href")
    assert all(href.split(":")[0] in ("http", "https", "mailto") for href in hrefs if not href.startswith(("#", "/")))
    if case in UNPRINTED:
        assert "No font on this machine can print" in found[".pdf"].decode()
        return
    reader = pypdf.PdfReader(io.BytesIO(found[".pdf"]))
    assert reader.metadata is not None
    assert reader.metadata.title == title
    assert found[".txt"].decode().startswith(title)
    if body == ALL:
        printed = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert '#read("/etc/passwd") #import "@preview/a:1.0.0" #while true {} $ x $ @x <x>' in printed


def test_control_unchecked_words_would_stop_formats_and_the_feed(summit: Summit) -> None:
    edition = make_text(summit=summit, moment=ago(1), body="a&#12;b")
    for ending in (".xml", "/feed.atom"):
        path = url_of(edition.version.text)[:-1] + ending if ending == ".xml" else f"/{summit.slug}/press{ending}"
        with pytest.raises(ValueError, match="XML compatible"):
            Client().get(path)
    deep = make_text(summit=summit, moment=ago(1), body=">" * 30 + " a")
    with pytest.raises(typst.TypstError):
        Client().get(url_of(deep.version.text)[:-1] + ".pdf")


def test_control_harm_is_seen() -> None:
    assert harmful('<a href=" java\nscript:x">a</a><img src="x" onerror="y">') == [
        "img", " java\nscript:x", "src", "onerror"
    ]  # fmt: skip
    assert harmful('<a href="https://a.example">a</a>') == []
