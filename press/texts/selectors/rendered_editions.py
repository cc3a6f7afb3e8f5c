"""What editions are as HTML, as blocks and as plain text, made once in each process: an edition's words never change.

Whoever asks has found the edition through the predicate; nothing is decided here.
"""

from dataclasses import dataclass

from press.texts.markdown import TOP, Block, to_blocks, to_html, to_plain
from press.texts.models.editions import Edition
from press.texts.selectors.lengths import Length, measure
from summit.core.process_cache import Memory

# About 20 kB each: a full feed in each of several languages, and what is read most.
MOST = 512
# With fewer headings a text needs no contents.
FEWEST = 2
_html: Memory[str] = Memory(MOST)
_plain: Memory[str] = Memory(MOST)
_lengths: Memory[Length] = Memory(MOST)
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


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its address, its words, and how deep it stands, from 0."""

    anchor: str
    words: str
    depth: int


def contents_of(edition: Edition) -> list[Heading]:
    """Return the headings of an edition, but for those inside quotations and lists; none where there is but one."""
    found = [block for block in blocks_of(edition) if block.kind == "h" and block.text.strip()]
    if len(found) < FEWEST:
        return []
    return [Heading(block.anchor, block.text, block.level - TOP) for block in found if block.level <= TOP + 1]


# What is read silently in a minute: words (Brysbaert 2019: 238 in English), and characters of scripts that set no
# spaces.
WORDS_PER_MINUTE, CHARACTERS_PER_MINUTE = 238, 400


def length_of(edition: Edition) -> Length:
    """Return how long an edition is."""
    return _lengths.ask(edition.public_id, lambda: measure(edition.body))


def minutes_of(edition: Edition) -> int:
    """Return in about how many minutes an edition is read silently, at least one."""
    length = length_of(edition)
    return max(1, round(length.words / WORDS_PER_MINUTE + length.characters / CHARACTERS_PER_MINUTE))
