"""Normalise words for search, in Python, so that every database finds the same.

A word is folded (summit.core.text_normalisation: no accents, vowel signs, capitals) and reduced to its stem in the
language of its text, by the Snowball stemmers. From Arabic words the article and attached particles are removed as
well. Chinese, Japanese, Thai and other scripts without spaces become overlapping pairs of letters, whatever the
text's language. Stems contain their language, so that words of different languages don't match.
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
# Written without spaces between words: Thai, Lao, Burmese, Khmer; kana; Han; and Hangul, which attaches particles.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
# Anything longer isn't a word; PostgreSQL's limit is 2,046 bytes.
LONGEST = 64
# The most words and characters of a query; the rest is ignored.
MOST, LONGEST_QUERY = 12, 200
# Shorter parts of words would match too much.
SHORTEST_PART = 4
# Two words are similar if the Dice coefficient of their trigrams is at least this.
ALIKE = 0.5

# The quotation marks of the interface's languages and of those that people type.
_QUOTED = re.compile(r"[\"“”„«»‟「『]([^\"“”„«»‟「」『』]+)[\"“”„«»‟」』]")
_ARTICLE = re.compile(r"^[وف]?(?:[بكل]?ال|لل)(?=\w{2})")
_PARTICLE = re.compile(r"^[وف]?[وفبل](?=\w{3})")


@dataclass(frozen=True)
class Piece:
    """A word of a text with its position; in scripts without spaces, a letter or a pair of letters."""

    start: int
    end: int
    text: str
    spaceless: bool = False


@dataclass(frozen=True)
class Wanted:
    """A folded word of a query; a text that has any of `terms` matches."""

    word: str
    terms: frozenset[str]
    spaceless: bool = False


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of a run of letters without spaces, or of a word: letters and digits with their marks."""
    marks = "".join(char for char in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(char) in ("Mn", "Mc"))
    return re.compile(rf"([{SPACELESS}]+)|((?:[^\W_{SPACELESS}][{marks}\u0640]*)+)")


@cache
def _stemmer(language: str) -> "snowballstemmer.basestemmer.BaseStemmer | None":
    return snowballstemmer.stemmer(STEMMERS[language]) if language in STEMMERS else None


@lru_cache(maxsize=30_000)
def forms(word: str, language: str, *, written: bool = True) -> frozenset[str]:
    """Return the terms by which a word of a language is found.

    With `written` it is a word of a text. Otherwise it is one of a query, and fewer forms are tried, so that no part
    of it is taken for a particle.
    """
    folded = fold(word)[:LONGEST]
    found = {folded}
    if language == "ar":
        found |= {_ARTICLE.sub("", folded)}
        if written:
            found |= {_PARTICLE.sub("", folded)}
    stemmer = _stemmer(language)
    if stemmer is None:
        return frozenset(found)
    # A stemmer knows fewer endings without accents, so both spellings are stemmed: queries often lack accents.
    bases = {unicodedata.normalize("NFC", word).lower()[:LONGEST], *found}
    return frozenset(f"{language}_{fold(stemmer.stemWord(base))}" for base in bases)


def pieces(text: str) -> Iterator[Piece]:
    """Yield the words of a text in order; for a run without spaces its single letters, then its pairs of letters."""
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
    """Return the folded words of a text in order, each between spaces, so that quoted phrases can be searched in it.

    Paragraphs are separated by a line break.
    """
    return " \n ".join(f" {' '.join(_folded(line))} " for line in text.splitlines() if line.strip())


def _folded(line: str) -> Iterator[str]:
    for match in _pattern().finditer(line):
        run, word = match.groups()
        yield _plain(run) if run else fold(word)


def phrases(query: str) -> list[str]:
    """Return the quoted phrases of a query, in the form of `plain`.

    A quotation of a single word and one without a closing mark are ignored.
    """
    found = []
    for match in _QUOTED.finditer(query[:LONGEST_QUERY]):
        message = " ".join(_folded(match[1]))
        # In scripts without spaces the neighbouring letters can belong to other words, so no spaces are added.
        if " " in message:
            found.append(f" {message} ")
        elif _pattern().match(message) and len(message) > 1 and _pattern().match(message)[1]:  # type: ignore[index]
            found.append(message)
    return list(dict.fromkeys(found))


def unquoted(query: str) -> str:
    """Return a query without its quotation marks."""
    return " ".join(re.sub(r"[\"“”„«»‟「」『』]", " ", query).split())


def terms_of(piece: Piece, language: str) -> frozenset[str]:
    """Return the terms by which a piece of a text is found."""
    return frozenset({_plain(piece.text)}) if piece.spaceless else forms(piece.text, language)


def _plain(run: str) -> str:
    """Return folded letters recomposed, so that syllable letters aren't split into their parts."""
    return unicodedata.normalize("NFC", fold(run))


def terms(text: str, language: str) -> set[str]:
    """Return the terms by which a text is found."""
    return {term for piece in set(_bare(text)) for term in terms_of(piece, language)}


def _bare(text: str) -> Iterator[Piece]:
    return (Piece(0, 0, piece.text, piece.spaceless) for piece in pieces(text))


def wanted(query: str, languages: Iterable[str]) -> list[Wanted]:
    """Return the words of a query with their terms in these languages, at most MOST words."""
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


def correctable_words(text: str) -> set[str]:
    """Return the folded words of a text that are long enough to be corrected if misspelt."""
    words = {piece.text for piece in pieces(text) if not piece.spaceless and not piece.text.isdigit()}
    return {folded for word in words if SHORTEST_PART <= len(folded := fold(word)) <= LONGEST}


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a folded word, padded at both ends: "__b", "_bo" ... "er_"."""
    padded = f"__{word}_"
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def telling(word: str) -> list[str]:
    """Return enough trigrams of a folded word that every word that is `alike` has one of them.

    Trigrams of the middle come first, since they are rarer than those of the beginning. Of n trigrams a similar word
    shares at least a third, since it has at least as many as it shares.
    """
    padded = f"__{word}_"
    ordered = [padded[at : at + 3] for at in (*range(2, len(padded) - 2), 1, 0)]
    return ordered[: len(set(ordered)) * 2 // 3 + 1]


def alike(asked: str, words: Iterable[str]) -> Iterator[str]:
    """Yield the words that are similar to the wanted one.

    A similar word contains it, shares most trigrams with it, or has the same letters in another order from the second
    on.
    """
    own, long, letters = trigrams(asked), len(asked) >= SHORTEST_PART, sorted(asked)
    for word in words:
        if long and (asked in word or (word[0] == asked[0] and len(word) == len(asked) and sorted(word) == letters)):
            yield word
        elif abs(len(word) - len(asked)) <= len(asked):
            other = trigrams(word)
            if 2 * len(own & other) >= ALIKE * (len(own) + len(other)):
                yield word
