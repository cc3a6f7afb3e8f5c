"""Words made ready: what stands in a text and what is asked for meet."""

import itertools

import pytest

from press.search import highlight, tokens
from summit.core.languages import language_choices
from summit.core.text_normalisation import fold


def test_each_language_finds_its_own_words() -> None:
    texts = ("Border Straße d’été", "حدود الأمن", "границы", "边境", "σύνορα", "सीमा सुरक्षा", "국경 안보")
    for text, (language, _name) in itertools.product(texts, language_choices()):
        known = tokens.terms(text, language)
        assert all(not one.terms.isdisjoint(known) for one in tokens.wanted(text, [language]))
        assert all(" " not in term for term in known)


def test_a_query_has_an_end() -> None:
    assert len(tokens.wanted(" ".join(f"word{n}" for n in range(99)), ["en"])) == tokens.MOST
    assert tokens.wanted("", ["en"]) == tokens.wanted(" - ’ a", ["en"]) == []
    assert [one.word for one in tokens.wanted("x" * 500, ["en"])] == ["x" * tokens.LONGEST_QUERY]
    assert all(len(term) <= tokens.LONGEST + 3 for term in tokens.terms("x" * 5000, "en"))


@pytest.mark.parametrize(
    ("asked", "word", "expected"),
    [
        ("zelenski", "zelenskyy", True),
        ("volodimir", "volodymyr", True),
        ("securty", "security", True),
        ("ozturk", "oztruk", True),
        ("border", "borderland", True),
        ("uk", "ukraine", False),
        ("france", "romance", False),
        ("sudan", "jordan", False),
    ],
)
def test_words_are_alike_or_not(asked: str, word: str, expected: bool) -> None:
    assert list(tokens.alike(fold(asked), [word])) == ([word] if expected else [])


BODY = (
    "# On *borders*\n\nFirst we [thank you](https://x.example/borders). " + "Nothing happens here. " * 40
    + "Then **smugglers** were stopped at the border by officers. " + "Nothing happens there. " * 40
)  # fmt: skip


def excerpt(body: str, query: str, language: str = "en") -> str:
    return str(highlight.excerpt(body, language, tokens.wanted(query, [language])))


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
