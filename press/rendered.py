"""What editions are as HTML, as blocks and as plain text, made once in each process: an edition's words never change.

Whoever asks has found the edition through the predicate; nothing is decided here.
"""

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
