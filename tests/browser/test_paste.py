"""What is pasted from a word processor keeps its headings, lists, links and paragraphs, and what it can't keep is
said."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import Make
from tests.browser.test_drafts import open_text

STATIC = Path(__file__).resolve().parents[2] / "static"
EDITOR = """<!doctype html><form><textarea name="body"></textarea><div data-pasted="body" hidden>
<p data-left="pictures" hidden><span data-number></span></p><p data-left="notes" hidden><span data-number></span></p>
<p data-left="links" hidden><span data-number></span></p></div></form>"""
PASTE = """([html, plain]) => {
  const field = document.querySelector("textarea[name=body]");
  field.focus();
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", plain);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  return field.dispatchEvent(event);
}"""


def listed(words: str, sign: str, depth: int = 1) -> str:
    """A paragraph as Word writes an item of a list."""
    ignored = f"<span style='mso-list:Ignore'>{sign}<span style='font:7pt'>&nbsp;&nbsp; </span></span>"
    return (
        f"<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level{depth} lfo1'>"
        f"<!--[if !supportLists]-->{ignored}<!--[endif]-->{words}<o:p></o:p></p>"
    )


WORD = (
    "<html xmlns:o='urn:o'><head><style>p{margin:0}</style><!--[if gte mso 9]><xml><w/></xml><![endif]--></head>"
    "<body style='tab-interval:36pt'><!--StartFragment-->{}<!--EndFragment--></body></html>"
)
FRAGMENTS = {
    "headings and paragraphs": (
        "<p class=MsoTitle>Borders</p><h2>One<o:p></o:p></h2><p class=MsoNormal>First\nline.</p><p>Second.</p>",
        "# Borders\n\n## One\n\nFirst line.\n\nSecond.",
    ),
    "marks": (
        "<p>A <b>bold</b>, <i>leaning</i>, <s>struck</s> and <span style='font-weight:700'>heavy</span> word.</p>"
        "<p>b</p>",
        "A **bold**, *leaning*, ~~struck~~ and **heavy** word.\n\nb",
    ),
    "what Google Docs wraps": (
        "<b style='font-weight:normal'><p><span style='font-style:italic'>a</span></p><ul><li>b</li></ul></b>",
        "*a*\n\n- b",
    ),
    "links": (
        "<p>See <a href='https://a.example/x'>this</a>, <a href='file:///c:/x'>that</a>.</p><p>b</p>",
        "See [this](https://a.example/x), that.\n\nb",
    ),
    "lists": (
        listed("one", "·") + listed("two", "·") + "<p>Then:</p>" + listed("a", "3.") + listed("b", "4."),
        "- one\n- two\n\nThen:\n\n3. a\n4. b",
    ),
    "lists in lists": (
        listed("one", "·") + listed("in it", "o", 2) + listed("two", "·"),
        "- one\n  - in it\n- two",
    ),
    "lists of pages": ("<ol start=2><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "2. a\n3. b\n   - c"),
    "tables": (
        "<table><tr><td><p>Who</p></td><td>What</td></tr><tr><td>A|B</td><td><b>c</b></td></tr></table>",
        "| Who | What |\n| --- | --- |\n| A\\|B | **c** |",
    ),
    "breaks": ("<p>one<br>two</p><p>three</p>", "one\\\ntwo\n\nthree"),
    "words that look like Markdown": ("<p>1. *a* [b]</p><p>c</p>", "1\\. \\*a\\* \\[b\\]\n\nc"),
    "nothing that runs": (
        "<p>a<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\"></p><p>b</p>",
        "a\n\nb",
    ),
}


def told(page: Page) -> bool:
    return page.locator("[data-pasted]:not([hidden])").count() == 1


def left(page: Page) -> dict[str, int]:
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-left]:not([hidden])')].map("
        "(each) => [each.dataset.left, Number(each.textContent)]))"
    )


@pytest.fixture
def editor(page: Page) -> Page:
    page.set_content(EDITOR)
    for name in ("vendor/turndown.js", "js/paste.js"):
        page.add_script_tag(path=STATIC / name)
    return page


@pytest.mark.parametrize("name", FRAGMENTS)
def test_it_becomes_markdown(name: str, editor: Page) -> None:
    html, words = FRAGMENTS[name]
    assert editor.evaluate(PASTE, [WORD.replace("{}", html), "plain"]) is False
    assert editor.locator("textarea").input_value() == words
    assert (told(editor), editor.title()) == (True, "")


def test_what_is_not_kept_is_said(editor: Page) -> None:
    html = (
        "<p>a<a href='#_ftn1' name=_ftnref1>[1]</a> <a href='mailto:a@b.example'>b</a> <a href='file:///x'>c</a>"
        "<img src='file:///x.png'><img src=data:></p><div style='mso-element:footnote-list'>"
        "<div style='mso-element:footnote'>[1] A note.</div></div>"
    )
    editor.evaluate(PASTE, [html, "a"])
    assert editor.locator("textarea").input_value() == "a [b](mailto:a@b.example) c"
    assert left(editor) == {"pictures": 2, "notes": 1, "links": 1}


@pytest.mark.parametrize(
    ("html", "plain"), [("", "plain"), ("<p>One line.</p>", "One line."), ("<span>a_b</span>", "a_b")]
)
def test_plain_words_are_the_browsers_own(html: str, plain: str, editor: Page) -> None:
    assert editor.evaluate(PASTE, [html, plain]) is True
    assert not told(editor)


def test_it_is_undone_as_what_is_typed(editor: Page) -> None:
    editor.locator("textarea").press_sequentially("Before. ")
    editor.evaluate(PASTE, ["<h2>a</h2><p>b</p>", "a b"])
    assert editor.locator("textarea").input_value() == "Before. ## a\n\nb"
    editor.keyboard.press("Control+z")
    assert editor.locator("textarea").input_value() == "Before. "


def test_at_the_desk_the_preview_shows_it(visitor: Make) -> None:
    page: Any = open_text(visitor())
    page.get_by_label("Text", exact=True).fill("")
    page.evaluate(PASTE, [WORD.replace("{}", "<h2>What was agreed</h2>" + listed("a border", "·")), "x"])
    expect(page.get_by_text("The pasted text was converted to Markdown")).to_be_visible()
    expect(page.locator("[data-preview] h3, [data-preview] h2").filter(has_text="What was agreed")).to_be_visible()
    expect(page.locator("[data-preview] li")).to_have_text("a border")
