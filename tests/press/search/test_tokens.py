"""Words made ready: what stands in a text and what is asked for meet."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from press.search import tokens
from summit.core.languages import language_choices
from summit.core.text_normalisation import fold

LETTERS = st.text("abceinorst", min_size=4, max_size=12)


def test_a_text_falls_into_words_and_runs_into_letters_and_pairs() -> None:
    told = [piece.text for piece in tokens.pieces("L’Europe 7 (a), 边境安 Straße_2 وَلَد ไทย")]
    assert told == ["Europe", "7", "边", "境", "安", "边境", "境安", "Straße", "2", "وَلَد", "ไ", "ท", "ย", "ไท", "ทย"]


def test_pieces_stand_where_they_say() -> None:
    text = "On the 边境 “Ünïon’s” أَمْن."
    assert all(text[piece.start : piece.end] == piece.text for piece in tokens.pieces(text))


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Borders", "en", {"en_border"}),
        ("élections", "fr", {"fr_elect"}),
        ("Élections", "en", {"en_elect", "en_election"}),
        ("kufijve", "sq", {"kufijve"}),
        ("Çağrı", "tr", {"tr_cagri"}),
    ],
)
def test_forms(word: str, language: str, expected: set[str]) -> None:
    assert tokens.forms(word, language) == expected


def test_a_letter_of_what_is_asked_for_is_not_taken_for_a_particle() -> None:
    assert "ar_امن" in tokens.forms("وأمن", "ar")
    assert "ar_امن" not in tokens.forms("وأمن", "ar", written=False)
    assert "ar_امن" in tokens.forms("والأمن", "ar", written=False)


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


@given(LETTERS, LETTERS)
def test_telling_trigrams_miss_nothing_that_is_alike(asked: str, word: str) -> None:
    shared = 2 * len(tokens.trigrams(asked) & tokens.trigrams(word))
    if asked in word or shared >= tokens.ALIKE * (len(tokens.trigrams(asked)) + len(tokens.trigrams(word))):
        assert list(tokens.alike(asked, [word])) == [word]
        assert not tokens.trigrams(word).isdisjoint(tokens.telling(asked))


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
