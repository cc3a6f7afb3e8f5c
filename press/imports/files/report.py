"""Report what was left out or changed when a file was converted to Markdown."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# The most quotes of each kind, and the most characters of a quote. They are enough to find the places in the file,
# but aren't a second copy of the text.
QUOTED, LONGEST_QUOTE = 5, 160


class Unreadable(Exception):
    """The file can't be read as a text. The message tells the user what to do."""


class Heavy(Exception):
    """The file isn't small, so it must be read in a separate process."""


def nested() -> str:
    """Return the message for a file with elements that are nested too deeply."""
    return _("This file has too many nested elements. Copy the text into a new file.")


class NoteKind(StrEnum):
    """The parts of a file that may be left out of a text, or changed."""

    IMAGE = "image"
    DRAWING = "drawing"
    EMBEDDED = "embedded"
    EQUATION = "equation"
    MACROS = "macros"
    FOOTNOTE = "footnote"
    COMMENT = "comment"
    DELETED = "deleted"
    HIDDEN = "hidden"
    HEADER = "header"
    FOOTER = "footer"
    CONTENTS = "contents"
    FRONT = "front"
    HTML = "html"
    LINK = "link"
    SYMBOL = "symbol"
    CONTROL = "control"
    INSERTED = "inserted"
    TEXT_BOX = "text_box"
    COLOUR = "colour"
    UNDERLINE = "underline"
    NUMBERS = "numbers"
    HEADING_NUMBER = "heading_number"
    MERGED = "merged"
    NESTED = "nested"
    LINES = "lines"
    MARKS = "marks"
    WRAPPED = "wrapped"
    PARAGRAPHS = "paragraphs"
    LETTERS = "letters"
    TITLE = "title"


# The kinds that are left out of the text. All others are in the text, but changed.
DROPPED = frozenset(
    {
        *(
            NoteKind.IMAGE,
            NoteKind.DRAWING,
            NoteKind.EMBEDDED,
            NoteKind.EQUATION,
            NoteKind.MACROS,
            NoteKind.FOOTNOTE,
            NoteKind.COMMENT,
        ),
        *(
            NoteKind.DELETED,
            NoteKind.HIDDEN,
            NoteKind.HEADER,
            NoteKind.FOOTER,
            NoteKind.CONTENTS,
            NoteKind.FRONT,
            NoteKind.HTML,
            NoteKind.SYMBOL,
        ),
        *(NoteKind.CONTROL, NoteKind.HEADING_NUMBER),
    }
)


@dataclass(frozen=True)
class ImportNote:
    """The notes of one kind about a file: their number, a sentence about them, and quotes of the passages."""

    kind: NoteKind
    number: int
    said: str
    quotes: tuple[str, ...] = ()

    @property
    def dropped(self) -> bool:
        """Whether the passages were left out of the text. If not, they are in the text, but changed."""
        return self.kind in DROPPED


@dataclass
class FileReport:
    """Collects notes, by kind, on what is left out or changed while a file is read."""

    counts: Counter[NoteKind] = field(default_factory=Counter)
    quotes: dict[NoteKind, list[str]] = field(default_factory=dict)

    def note(self, kind: NoteKind, words: str = "", number: int = 1) -> None:
        """Add `number` to the count of a kind of note, and store a quote of `words`, up to QUOTED quotes."""
        self.counts[kind] += number
        quote = " ".join(words[: 10 * LONGEST_QUOTE].split())
        quotes = self.quotes.setdefault(kind, [])
        if quote and len(quotes) < QUOTED and quote not in quotes:
            quotes.append(quote if len(quote) <= LONGEST_QUOTE else quote[: LONGEST_QUOTE - 1].rstrip() + "…")

    def notes(self) -> list[ImportNote]:
        """Return the notes in the active language. Notes on what was left out come first."""
        import_notes = [
            ImportNote(kind, self.counts[kind], SENTENCES[kind](self.counts[kind]), tuple(self.quotes.get(kind, ())))
            for kind in NoteKind
            if self.counts[kind]
        ]
        return sorted(import_notes, key=lambda note: not note.dropped)


@dataclass(frozen=True)
class ParsedFile:
    """The result of reading a file. `body` is Markdown, and `title` is "" if the file has none."""

    body: str
    title: str = ""
    notes: tuple[ImportNote, ...] = ()


SENTENCES: dict[NoteKind, Callable[[int], str]] = {
    NoteKind.IMAGE: lambda n: ngettext("%(n)d picture left out.", "%(n)d pictures left out.", n) % {"n": n},
    NoteKind.DRAWING: lambda n: (
        ngettext("%(n)d drawing or chart left out.", "%(n)d drawings or charts left out.", n) % {"n": n}
    ),
    NoteKind.EMBEDDED: lambda n: (
        ngettext("%(n)d embedded file left out.", "%(n)d embedded files left out.", n) % {"n": n}
    ),
    NoteKind.EQUATION: lambda n: ngettext("%(n)d formula left out.", "%(n)d formulas left out.", n) % {"n": n},
    NoteKind.MACROS: lambda _n: _("The file has macros. They were not run and are left out."),
    NoteKind.FOOTNOTE: lambda n: ngettext("%(n)d footnote left out.", "%(n)d footnotes left out.", n) % {"n": n},
    NoteKind.COMMENT: lambda n: ngettext("%(n)d comment left out.", "%(n)d comments left out.", n) % {"n": n},
    NoteKind.DELETED: lambda n: (
        ngettext(
            "%(n)d tracked deletion applied: its text is left out.",
            "%(n)d tracked deletions applied: their text is left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.HIDDEN: lambda n: (
        ngettext("%(n)d hidden passage left out.", "%(n)d hidden passages left out.", n) % {"n": n}
    ),
    NoteKind.HEADER: lambda n: ngettext("%(n)d page header left out.", "%(n)d page headers left out.", n) % {"n": n},
    NoteKind.FOOTER: lambda n: ngettext("%(n)d page footer left out.", "%(n)d page footers left out.", n) % {"n": n},
    NoteKind.CONTENTS: lambda _n: _("Table of contents left out: it is generated from the headings."),
    NoteKind.FRONT: lambda _n: _("Metadata at the start of the file left out."),
    NoteKind.HTML: lambda n: (
        ngettext(
            "%(n)d HTML tag left out; its text is kept.",
            "%(n)d HTML tags left out; their text is kept.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.LINK: lambda n: (
        ngettext(
            "%(n)d link does not lead to a web page or email address: only its text is kept.",
            "%(n)d links do not lead to a web page or email address: only their text is kept.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.SYMBOL: lambda n: (
        ngettext(
            "%(n)d symbol font character left out.",
            "%(n)d symbol font characters left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.CONTROL: lambda n: (
        ngettext(
            "%(n)d non-printing control character left out.",
            "%(n)d non-printing control characters left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.INSERTED: lambda n: (
        ngettext(
            "%(n)d tracked insertion applied: its text is included.",
            "%(n)d tracked insertions applied: their text is included.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.TEXT_BOX: lambda n: (
        ngettext(
            "The text of %(n)d text box follows the paragraph it was beside.",
            "The text of %(n)d text boxes follows the paragraphs they were beside.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.COLOUR: lambda n: (
        ngettext(
            "Colour or highlighting removed from %(n)d passage.",
            "Colour or highlighting removed from %(n)d passages.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.UNDERLINE: lambda n: (
        ngettext(
            "Underlining removed from %(n)d passage.",
            "Underlining removed from %(n)d passages.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.NUMBERS: lambda n: (
        ngettext(
            "%(n)d list item with letters or other numbering now has a number.",
            "%(n)d list items with letters or other numbering now have numbers.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.HEADING_NUMBER: lambda n: (
        ngettext(
            "Automatic number left out of %(n)d heading.",
            "Automatic numbers left out of %(n)d headings.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.MERGED: lambda n: (
        ngettext(
            "%(n)d merged table cell is followed by empty cells.",
            "%(n)d merged table cells are followed by empty cells.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.NESTED: lambda n: (
        ngettext(
            "The text of %(n)d nested table is in the cell that held it.",
            "The text of %(n)d nested tables is in the cells that held them.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.LINES: lambda n: (
        ngettext(
            "Lines joined in %(n)d table cell.",
            "Lines joined in %(n)d table cells.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.MARKS: lambda n: (
        ngettext(
            "Bold or italics removed from %(n)d paragraph because Markdown can’t express them.",
            "Bold or italics removed from %(n)d paragraphs because Markdown can’t express them.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.WRAPPED: lambda _n: _("Line breaks within paragraphs removed."),
    NoteKind.PARAGRAPHS: lambda _n: _("Each line of the file is now a paragraph."),
    NoteKind.LETTERS: lambda _n: _(
        "The file doesn’t declare its character encoding. Check accents and foreign names."
    ),
    NoteKind.TITLE: lambda _n: _("The first heading is used as the title and removed from the text."),
}
