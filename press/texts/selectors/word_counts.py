"""The length of a text: the number of its words, and the minutes that speaking it takes."""

import re
from dataclasses import dataclass

from press.texts.markdown_to_html import to_plain
from press.texts.selectors.tokens import UNSPACED

# Interpreted speeches are spoken at about 130 words a minute; 260 characters of Chinese or Japanese take as long.
WORDS_PER_MINUTE = 130
CHARACTERS_PER_MINUTE = 260
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True)
class Length:
    """The length of a text.

    `characters` counts the characters of scripts without spaces (Chinese, Japanese, Thai ...). `words` counts the
    words of other scripts.
    """

    words: int
    characters: int = 0

    @property
    def minutes(self) -> int:
        """The minutes that speaking the text takes, at least 1."""
        return max(1, round(self.words / WORDS_PER_MINUTE + self.characters / CHARACTERS_PER_MINUTE))

    @property
    def counted(self) -> int:
        """The number that readers see: the larger of `characters` and `words`."""
        return self.characters if self.by_characters else self.words

    @property
    def by_characters(self) -> bool:
        """Whether the text is mainly in a script without spaces."""
        return self.characters > self.words


def measure(body: str) -> Length:
    """Return the length of a Markdown text, without its markup."""
    plain = to_plain(body)
    characters = len(_UNSPACED.findall(plain))
    spaced = _UNSPACED.sub(" ", plain) if characters else plain
    return Length(sum(any(map(str.isalnum, word)) for word in spaced.split()), characters)
