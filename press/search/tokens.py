"""Words made ready for search, in Python, so that every database finds the same.

A word is folded (summit.core.text_normalisation: no accents, vowel signs, capitals) and reduced to its stem in the
language of its text, by the stemmers of Snowball. Of Arabic the article and the particles that are written with their
word are taken off besides. Chinese, Japanese, Thai and others that put no spaces between words become pairs of
letters that overlap, in whatever text they stand. Stems carry their language, so that one of another language isn't
taken for it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

from summit.core.text_normalisation import fold

# By the codes of summit.core.languages.tongues.
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "prs": "persian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
# Written without spaces between words: Thai, Lao, Burmese, Khmer; kana; Han; Hangul, whose particles join their word.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
# Longer ones are no words; PostgreSQL takes 2,046 bytes.
LONGEST = 64
# A query has as many words as somebody types; what comes after is not looked for.
MOST, LONGEST_QUERY = 12, 200
# Shorter parts of words stand in too many.
SHORTEST_PART = 4
# How much of their trigrams two words share that are taken for one another, as a Dice coefficient.
ALIKE = 0.5

# What the languages of the system, and those that people type in, put around what was said.
_QUOTED = re.compile(r"[\"“”„«»‟「『]([^\"“”„«»‟「」『』]+)[\"“”„«»‟」』]")
_ARTICLE = re.compile(r"^[وف]?(?:[بكل]?ال|لل)(?=\w{2})")
_PARTICLE = re.compile(r"^[وف]?[وفبل](?=\w{3})")


@dataclass(frozen=True)
class Piece:
    """A word of a text, or a pair of letters or a letter where words aren't told apart: where it stands, and by what
    it is found."""

    start: int
    end: int
    text: str
    spaceless: bool = False


@dataclass(frozen=True)
class Wanted:
    """A word that is looked for, folded, and by what it is found in each text: any of `terms`."""

    word: str
    terms: frozenset[str]
    spaceless: bool = False


@cache
def _pattern() -> re.Pattern[str]:
    """Return what is a run without spaces, or a word: letters and figures with the marks that belong to them."""
    marks = "".join(char for char in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(char) in ("Mn", "Mc"))
    return re.compile(rf"([{SPACELESS}]+)|((?:[^\W_{SPACELESS}][{marks}\u0640]*)+)")


@cache
def _stemmer(language: str) -> "snowballstemmer.basestemmer.BaseStemmer | None":
    return snowballstemmer.stemmer(STEMMERS[language]) if language in STEMMERS else None


@lru_cache(maxsize=30_000)
def forms(word: str, language: str, *, written: bool = True) -> frozenset[str]:
    """Return the terms by which a word of a language is found. `written`: it stands in a text; else it is asked for,
    and fewer forms are tried, so that no part of it is taken for a particle."""
    folded = fold(word)[:LONGEST]
    found = {folded}
    if language == "ar":
        found |= {_ARTICLE.sub("", folded)}
        if written:
            found |= {_PARTICLE.sub("", folded)}
    stemmer = _stemmer(language)
    if stemmer is None:
        return frozenset(found)
    # Without accents a stemmer knows fewer endings: whoever types none is served too.
    bases = {unicodedata.normalize("NFC", word).lower()[:LONGEST], *found}
    return frozenset(f"{language}_{fold(stemmer.stemWord(base))}" for base in bases)


def pieces(text: str) -> Iterator[Piece]:
    """Yield the words of a text in order; of a run without spaces its single letters, then its pairs of letters."""
    for match in _pattern().finditer(text):
        run, word = match.groups()
        start = match.start()
        if run:
            for size in (1, 2):
                for at in range(len(run) - size + 1):
                    yield Piece(start + at, start + at + size, run[at : at + size], spaceless=True)
        elif len(word) > 1 or word.isdigit():
            yield Piece(start, match.end(), word)


def plain(text: str) -> str:
    """Return the words of a text in their order, folded, with a space before and after each: what stands in quotation
    marks is looked for in it as it is. Paragraphs are apart by a line break."""
    return " \n ".join(f" {' '.join(_folded(line))} " for line in text.splitlines() if line.strip())


def _folded(line: str) -> Iterator[str]:
    for match in _pattern().finditer(line):
        run, word = match.groups()
        yield _plain(run) if run else fold(word)


def phrases(query: str) -> list[str]:
    """Return what of a query stands in quotation marks, as it stands in `plain`: what has one word alone, or is open,
    is no phrase."""
    found = []
    for match in _QUOTED.finditer(query[:LONGEST_QUERY]):
        said = " ".join(_folded(match[1]))
        # Where no spaces part words the letters before and after belong to others.
        if " " in said:
            found.append(f" {said} ")
        elif _pattern().match(said) and len(said) > 1 and _pattern().match(said)[1]:  # type: ignore[index]
            found.append(said)
    return list(dict.fromkeys(found))


def unquoted(query: str) -> str:
    """Return a query without its quotation marks."""
    return " ".join(re.sub(r"[\"“”„«»‟「」『』]", " ", query).split())


def terms_of(piece: Piece, language: str) -> frozenset[str]:
    """Return by what a piece of a text in a language is found."""
    return frozenset({_plain(piece.text)}) if piece.spaceless else forms(piece.text, language)


def _plain(run: str) -> str:
    """Fold letters that stand for syllables: they are not to fall apart into their strokes."""
    return unicodedata.normalize("NFC", fold(run))


def terms(text: str, language: str) -> set[str]:
    """Return by what a text is found."""
    return {term for piece in set(_bare(text)) for term in terms_of(piece, language)}


def _bare(text: str) -> Iterator[Piece]:
    return (Piece(0, 0, piece.text, piece.spaceless) for piece in pieces(text))


def wanted(query: str, languages: Iterable[str]) -> list[Wanted]:
    """Return the words of a query, each made ready as in texts of these languages, at most MOST of them."""
    asked, known = query[:LONGEST_QUERY], tuple(languages)
    found: dict[str, Wanted] = {}
    for match in _pattern().finditer(asked):
        run, word = match.groups()
        if run:
            size = min(len(run), 2)
            for at in range(len(run) - size + 1):
                pair = _plain(run[at : at + size])
                found.setdefault(pair, Wanted(pair, frozenset({pair}), spaceless=True))
        elif len(word) > 1 or word.isdigit():
            found.setdefault(fold(word), Wanted(fold(word), _in_any(word, known)))
    return list(found.values())[:MOST]


def _in_any(word: str, languages: Iterable[str]) -> frozenset[str]:
    return frozenset({fold(word)[:LONGEST]}).union(*(forms(word, code, written=False) for code in languages))


def known_words(text: str) -> set[str]:
    """Return the words of a text, folded, that are long enough to be mistyped."""
    words = {piece.text for piece in pieces(text) if not piece.spaceless and not piece.text.isdigit()}
    return {folded for word in words if SHORTEST_PART <= len(folded := fold(word)) <= LONGEST}


def trigrams(word: str) -> set[str]:
    """Return the threes of letters of a folded word, with what begins and ends it: "__b", "_bo" ... "er_"."""
    padded = f"__{word}_"
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def telling(word: str) -> list[str]:
    """Return so many of a folded word's trigrams that each word which is `alike` has one of them; those of its
    middle, which are rarer than those of its beginning, first.

    Of n trigrams such a word shares at least a third, since it has at least as many as it shares.
    """
    padded = f"__{word}_"
    ordered = [padded[at : at + 3] for at in (*range(2, len(padded) - 2), 1, 0)]
    return ordered[: len(set(ordered)) * 2 // 3 + 1]


def alike(asked: str, words: Iterable[str]) -> Iterator[str]:
    """Yield those of folded words that are taken for the one that was asked for: they hold it, they share most
    trigrams with it, or they are the same letters in another order from the second on."""
    own, long, letters = trigrams(asked), len(asked) >= SHORTEST_PART, sorted(asked)
    for word in words:
        if long and (asked in word or (word[0] == asked[0] and len(word) == len(asked) and sorted(word) == letters)):
            yield word
        elif abs(len(word) - len(asked)) <= len(asked):
            other = trigrams(word)
            if 2 * len(own & other) >= ALIKE * (len(own) + len(other)):
                yield word
