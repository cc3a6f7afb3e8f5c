"""Excerpts and marks of what was looked for."""

import pytest

from press.search import highlight, tokens

BODY = (
    "# On *borders*\n\nFirst we [thank you](https://x.example/borders). " + "Nothing happens here. " * 40
    + "Then **smugglers** were stopped at the border by officers. " + "Nothing happens there. " * 40
)  # fmt: skip


def excerpt(body: str, query: str, language: str = "en") -> str:
    return str(highlight.excerpt(body, language, tokens.wanted(query, [language])))


def test_the_words_of_markdown_without_its_marks() -> None:
    body = "## Title\n\n> A *fine* __day__ for [all](http://x.example 'y').\n\n1. **On**e\n- two `code` ~~three~~\n\n"
    body += "2 \\* 3 &amp; 4\n\n| a | b_c |\n|---|---|\n| d | e |"
    assert highlight.bare(body) == "Title A fine day for all. One two code three 2 * 3 & 4 a b_c d e"


def test_an_excerpt_shows_the_place_with_most_of_what_was_looked_for() -> None:
    shown = excerpt(BODY, "border smuggler")
    assert "<mark>smugglers</mark> were stopped at the <mark>border</mark> by officers." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < highlight.LENGTH + 120
    assert excerpt(BODY, "border").startswith("On <mark>borders</mark> First we thank you")
    assert excerpt(BODY, "xylophone") == ""


def test_an_excerpt_begins_and_ends_between_words() -> None:
    inside = excerpt(BODY, "officers").strip("…").replace("<mark>", "").replace("</mark>", "")
    assert f" {inside} " in f" {highlight.bare(BODY)} "


@pytest.mark.parametrize(
    ("text", "query", "language", "expected"),
    [
        ("我们讨论边境安全问题", "边境安全", "zh", "我们讨论<mark>边境安全</mark>问题"),
        ("إن أمن الْحُدُودِ لنا", "حدود", "ar", "إن أمن <mark>الْحُدُودِ</mark> لنا"),
        ("L’ÉTÉ <b>", "ete b", "fr", "L’<mark>ÉTÉ</mark> &lt;b&gt;"),
        ("A & B", "zz", "en", "A &amp; B"),
        ("border", "border", "en", "<mark>border</mark>"),
    ],
)
def test_marks(text: str, query: str, language: str, expected: str) -> None:
    assert highlight.marked(text, language, tokens.wanted(query, [language])) == expected


def test_a_long_text_without_spaces_is_cut() -> None:
    shown = excerpt("空" * 1000 + "边境" + "空" * 1000, "边境", "zh")
    assert "<mark>边境</mark>" in shown
    assert len(shown) < highlight.LENGTH + 60
