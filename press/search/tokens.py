"""Normalise words for search, in Python, so that every database finds the same rows.

A word is folded (summit.core.text_normalisation removes accents, vowel signs and capitals). Snowball stemmers reduce
the word to its stem in the language of the text. From Arabic words the article and attached particles are removed as
well. Words in scripts without spaces (Chinese, Japanese, Thai ...) become overlapping pairs of letters, in a text of
any language. Stems contain their language, so that words of different languages don't match.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

from summit.core.text_normalisation import fold

# From the language codes of summit.core.languages.tongues to the names of Snowball stemmers.
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
# Scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana and Han. Hangul is included, because Korean
# attaches particles to words.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
# In characters. Anything longer isn't a word. PostgreSQL's limit for a word is 2,046 bytes.
LONGEST = 64
# The most words and characters of a query; the rest is ignored.
MOST, LONGEST_QUERY = 12, 200
# In characters. Shorter words aren't searched as parts of other words, because they would match too much.
SHORTEST_PART = 4
# Two words are similar if the Dice coefficient of their trigrams is at least this.
ALIKE = 0.5

# The quotation marks of the languages of the interface, and others that people type.
_QUOTED = re.compile(r"[\"“”„«»‟「『]([^\"“”„«»‟「」『』]+)[\"“”„«»‟」』]")
_ARTICLE = re.compile(r"^[وف]?(?:[بكل]?ال|لل)(?=\w{2})")
_PARTICLE = re.compile(r"^[وف]?[وفبل](?=\w{3})")


@dataclass(frozen=True)
class Piece:
    """A word of a text, with its position. In scripts without spaces it is a letter or a pair of letters."""

    start: int
    end: int
    text: str
    spaceless: bool = False


@dataclass(frozen=True)
class Wanted:
    """A folded word of a query. Texts that have any of `terms` match."""

    word: str
    terms: frozenset[str]
    spaceless: bool = False


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern with two groups: consecutive letters of a script without spaces, or a word.

    A word consists of letters and digits, with their combining marks.
    """
    marks = "".join(char for char in map(chr, range(0x300, 0xFFFF)) if unicodedata.category(char) in ("Mn", "Mc"))
    return re.compile(rf"([{SPACELESS}]+)|((?:[^\W_{SPACELESS}][{marks}\u0640]*)+)")


@cache
def _stemmer(language: str) -> "snowballstemmer.basestemmer.BaseStemmer | None":
    return snowballstemmer.stemmer(STEMMERS[language]) if language in STEMMERS else None


@lru_cache(maxsize=30_000)
def forms(word: str, language: str, *, written: bool = True) -> frozenset[str]:
    """Return the terms in the index for a word of a language.

    With `written` the word is from a text. Otherwise it is from a query, and has fewer terms: the first letters of an
    Arabic word aren't removed as particles.
    """
    folded = fold(word)[:LONGEST]
    variants = {folded}
    if language == "ar":
        variants |= {_ARTICLE.sub("", folded)}
        if written:
            variants |= {_PARTICLE.sub("", folded)}
    stemmer = _stemmer(language)
    if stemmer is None:
        return frozenset(variants)
    # Queries often have no accents, and stemmers recognise fewer endings without them. So both spellings are stemmed.
    bases = {unicodedata.normalize("NFC", word).lower()[:LONGEST], *variants}
    return frozenset(f"{language}_{fold(stemmer.stemWord(base))}" for base in bases)


def pieces(text: str) -> Iterator[Piece]:
    """Yield the words of a text in order.

    For consecutive letters of a script without spaces, yield each single letter, and then each pair of letters.
    """
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
    """Return the folded words of a text in order, each between spaces, so that quoted phrases can be found in them.

    A line break separates the lines of the text, so that no phrase continues from one line to the next.
    """
    return " \n ".join(f" {' '.join(_folded(line))} " for line in text.splitlines() if line.strip())


def _folded(line: str) -> Iterator[str]:
    for match in _pattern().finditer(line):
        run, word = match.groups()
        yield _plain(run) if run else fold(word)


def phrases(query: str) -> list[str]:
    """Return the quoted phrases of a query, folded so that they can be found in the result of `plain`.

    Quoted single words, and quotations without a closing mark, are ignored.
    """
    found = []
    for match in _QUOTED.finditer(query[:LONGEST_QUERY]):
        phrase = " ".join(_folded(match[1]))
        # In scripts without spaces, a phrase has no spaces around it in the result of `plain`.
        if " " in phrase:
            found.append(f" {phrase} ")
        elif _pattern().match(phrase) and len(phrase) > 1 and _pattern().match(phrase)[1]:  # type: ignore[index]
            found.append(phrase)
    return list(dict.fromkeys(found))


def unquoted(query: str) -> str:
    """Return a query without its quotation marks."""
    return " ".join(re.sub(r"[\"“”„«»‟「」『』]", " ", query).split())


def terms_of(piece: Piece, language: str) -> frozenset[str]:
    """Return the terms in the index for a piece of a text."""
    return frozenset({_plain(piece.text)}) if piece.spaceless else forms(piece.text, language)


def _plain(run: str) -> str:
    """Return letters folded and recomposed, so that Korean syllables aren't split into their parts."""
    return unicodedata.normalize("NFC", fold(run))


def terms(text: str, language: str) -> set[str]:
    """Return the terms in the index for a text in a language."""
    return {term for piece in set(_bare(text)) for term in terms_of(piece, language)}


def _bare(text: str) -> Iterator[Piece]:
    return (Piece(0, 0, piece.text, piece.spaceless) for piece in pieces(text))


def wanted(query: str, languages: Iterable[str]) -> list[Wanted]:
    """Return at most MOST words of a query, with their terms in these languages."""
    shortened, codes = query[:LONGEST_QUERY], tuple(languages)
    found: dict[str, Wanted] = {}
    for match in _pattern().finditer(shortened):
        run, word = match.groups()
        if run:
            size = min(len(run), 2)
            for at in range(len(run) - size + 1):
                pair = _plain(run[at : at + size])
                found.setdefault(pair, Wanted(pair, frozenset({pair}), spaceless=True))
        elif len(word) > 1 or word.isdigit():
            found.setdefault(fold(word), Wanted(fold(word), _in_any(word, codes)))
    return list(found.values())[:MOST]


def _in_any(word: str, languages: Iterable[str]) -> frozenset[str]:
    return frozenset({fold(word)[:LONGEST]}).union(*(forms(word, code, written=False) for code in languages))


def correctable_words(text: str) -> set[str]:
    """Return the folded words of a text with which misspelt words of queries are compared.

    Numbers and short words are left out.
    """
    words = {piece.text for piece in pieces(text) if not piece.spaceless and not piece.text.isdigit()}
    return {folded for word in words if SHORTEST_PART <= len(folded := fold(word)) <= LONGEST}


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a folded word, padded at both ends: "__b", "_bo" ... "er_"."""
    padded = f"__{word}_"
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def telling(word: str) -> list[str]:
    """Return some trigrams of a folded word, enough to find every similar word by one of them.

    Trigrams in the middle of the word come first, since they are rarer than those at its beginning. About two thirds
    of the trigrams are enough: by the threshold ALIKE, a similar word shares at least a third of them.
    """
    padded = f"__{word}_"
    ordered = [padded[at : at + 3] for at in (*range(2, len(padded) - 2), 1, 0)]
    return ordered[: len(set(ordered)) * 2 // 3 + 1]


def alike(asked: str, words: Iterable[str]) -> Iterator[str]:
    """Yield the words that are similar to `asked`.

    A similar word has enough trigrams in common with `asked` (a Dice coefficient of at least ALIKE). If `asked` has
    at least SHORTEST_PART letters, two more kinds of words are similar. They contain `asked`, or have the same first
    letter and the same other letters in another order.
    """
    own, long, letters = trigrams(asked), len(asked) >= SHORTEST_PART, sorted(asked)
    for word in words:
        if long and (asked in word or (word[0] == asked[0] and len(word) == len(asked) and sorted(word) == letters)):
            yield word
        elif abs(len(word) - len(asked)) <= len(asked):
            word_trigrams = trigrams(word)
            if 2 * len(own & word_trigrams) >= ALIKE * (len(own) + len(word_trigrams)):
                yield word
