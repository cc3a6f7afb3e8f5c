"""How long a text is: its words, and the minutes that it takes to speak."""

import re
from dataclasses import dataclass

from press.texts.markdown import to_plain
from press.texts.selectors.tokens import UNSPACED

# A speech that is interpreted is spoken at some 130 words a minute; of Chinese and Japanese 260 characters take as
# long.
WORDS_PER_MINUTE = 130
CHARACTERS_PER_MINUTE = 260
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True)
class Length:
    """Words, and characters of scripts that set no spaces between words (Chinese, Japanese, Thai ...)."""

    words: int
    characters: int = 0

    @property
    def minutes(self) -> int:
        """The minutes that it takes to speak, at least 1."""
        return max(1, round(self.words / WORDS_PER_MINUTE + self.characters / CHARACTERS_PER_MINUTE))

    @property
    def counted(self) -> int:
        """What is told of a text: its characters where it has more of them than words, else its words."""
        return self.characters if self.by_characters else self.words

    @property
    def by_characters(self) -> bool:
        """Whether the text is in a script that sets no spaces."""
        return self.characters > self.words


def measure(body: str) -> Length:
    """Return how long a Markdown text is, without its marks."""
    plain = to_plain(body)
    characters = len(_UNSPACED.findall(plain))
    spaced = _UNSPACED.sub(" ", plain) if characters else plain
    return Length(sum(any(map(str.isalnum, word)) for word in spaced.split()), characters)
