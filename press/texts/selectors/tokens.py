"""Split a text into the words that are compared. In scripts without spaces each letter is a word."""

import re
from dataclasses import dataclass

# Thai, Lao, Burmese, Khmer, Japanese and Chinese.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_POINTS = (
    "!-/:-@\\[-`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u060c\u061b\u061f\u06d4\u2010-\u2027\u2030-\u205e\u3000-\u303f"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_WORD = re.compile(f"([{UNSPACED}]|[^\\s{UNSPACED}{_POINTS}]+(?:['’.,:/-][^\\s{UNSPACED}{_POINTS}]+)*|\\S)(\\s*)")


@dataclass(frozen=True)
class Token:
    """A word or punctuation mark (`key`) and the space after it. Only `key` is compared."""

    key: str
    space: str


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text in order."""
    return [Token(match[1], match[0][len(match[1]) :]) for match in _WORD.finditer(text)]


def is_word(key: str) -> bool:
    """Return whether the key of a token is a word: whether it has a letter or digit."""
    return any(map(str.isalnum, key))


def split_words(text: str) -> list[str]:
    """Return the words of a text without punctuation."""
    return [token.key for token in tokens_of(text) if is_word(token.key)]
