"""Editions as HTML, blocks and plain text. Each process caches them, since the words of an edition never change.

Nothing here checks visibility: the caller passes an edition that the user may read.
"""

from dataclasses import dataclass

from press.texts.markdown_to_html import TOP, Block, to_blocks, to_html, to_plain
from press.texts.models.editions import Edition
from press.texts.selectors.word_counts import Length, measure
from summit.core.process_cache import Memory

# The most editions in each cache, at about 20 kB: enough for a full feed in several languages and for the texts that
# are read most.
MOST = 512
# A text with fewer headings needs no table of contents.
FEWEST = 2
_html: Memory[str] = Memory(MOST)
_plain: Memory[str] = Memory(MOST)
_lengths: Memory[Length] = Memory(MOST)
_blocks: Memory[tuple[Block, ...]] = Memory(MOST)


def html_of(edition: Edition) -> str:
    """Return the body of an edition as safe HTML."""
    return _html.ask(edition.public_id, lambda: to_html(edition.body, edition.anchors))


def plain_of(edition: Edition) -> str:
    """Return the body of an edition without markup."""
    return _plain.ask(edition.public_id, lambda: to_plain(edition.body))


def blocks_of(edition: Edition) -> tuple[Block, ...]:
    """Return the top-level blocks of an edition's body in order."""
    return _blocks.ask(edition.public_id, lambda: tuple(to_blocks(edition.body, edition.anchors)))


@dataclass(frozen=True)
class Heading:
    """A heading in a table of contents. `depth` is 0 for the highest level."""

    anchor: str
    words: str
    depth: int


def contents_of(edition: Edition) -> list[Heading]:
    """Return the headings of an edition's table of contents, or an empty list if the edition has only one.

    They are the headings of the two highest levels, without headings in quotations and lists.
    """
    headings = [block for block in blocks_of(edition) if block.kind == "h" and block.text.strip()]
    if len(headings) < FEWEST:
        return []
    return [Heading(block.anchor, block.text, block.level - TOP) for block in headings if block.level <= TOP + 1]


# The speed of silent reading: words a minute (Brysbaert 2019: 238 in English), and characters a minute in scripts
# without spaces.
WORDS_PER_MINUTE, CHARACTERS_PER_MINUTE = 238, 400


def length_of(edition: Edition) -> Length:
    """Return the length of an edition's body, without markup."""
    return _lengths.ask(edition.public_id, lambda: measure(edition.body))


def minutes_of(edition: Edition) -> int:
    """Return an estimate of the minutes that reading an edition silently takes, at least 1."""
    length = length_of(edition)
    return max(1, round(length.words / WORDS_PER_MINUTE + length.characters / CHARACTERS_PER_MINUTE))
