"""What editions are as HTML, as blocks and as plain text, made once in each process: an edition's words never change.

Whoever asks has found the edition through the predicate; nothing is decided here.
"""

import re

from press.domain.markdown import Block, to_blocks, to_html, to_plain
from press.models import Edition
from summit.memory import Memory

# About 20 kB each: a full feed in each of several languages, and what is read most.
MOST = 512
_html: Memory[str] = Memory(MOST)
_plain: Memory[str] = Memory(MOST)
_blocks: Memory[tuple[Block, ...]] = Memory(MOST)


def html_of(edition: Edition) -> str:
    """Return an edition's words as HTML that is safe to show."""
    return _html.ask(edition.public_id, lambda: to_html(edition.body, edition.anchors))


def plain_of(edition: Edition) -> str:
    """Return an edition's words without marks."""
    return _plain.ask(edition.public_id, lambda: to_plain(edition.body))


def blocks_of(edition: Edition) -> tuple[Block, ...]:
    """Return an edition's blocks in order."""
    return _blocks.ask(edition.public_id, lambda: tuple(to_blocks(edition.body, edition.anchors)))


# Letters of scripts that put no space between words: one stands for a word, or for a fifth of one.
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
# Words that a reader reads silently in a minute (Brysbaert 2019: 238 in English), and ideographs.
PER_MINUTE, IDEOGRAPHS_PER_MINUTE, LETTERS_OF_A_WORD = 238, 260, 5


def _counted(edition: Edition) -> tuple[int, int]:
    """Return how many words and how many ideographs an edition has."""
    plain, ideographs = _IDEOGRAPH.subn(" ", plain_of(edition))
    plain, letters = _UNSPACED.subn(" ", plain)
    words = sum(any(letter.isalnum() for letter in word) for word in plain.split())
    return words + letters // LETTERS_OF_A_WORD, ideographs


def words_of(edition: Edition) -> int:
    """Return about how many words an edition has, an ideograph being one."""
    return sum(_counted(edition))


def minutes_of(edition: Edition) -> int:
    """Return in about how many minutes an edition is read silently, at least one."""
    words, ideographs = _counted(edition)
    return max(1, round(words / PER_MINUTE + ideographs / IDEOGRAPHS_PER_MINUTE))
