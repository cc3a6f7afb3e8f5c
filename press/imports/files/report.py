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
    return _("Too much stands in one another in this file. Take the text into a new one.")


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
    NoteKind.IMAGE: lambda n: ngettext("%(n)d picture is left out.", "%(n)d pictures are left out.", n) % {"n": n},
    NoteKind.DRAWING: lambda n: (
        ngettext("%(n)d drawing or chart is left out.", "%(n)d drawings or charts are left out.", n) % {"n": n}
    ),
    NoteKind.EMBEDDED: lambda n: (
        ngettext("%(n)d embedded file is left out.", "%(n)d embedded files are left out.", n) % {"n": n}
    ),
    NoteKind.EQUATION: lambda n: ngettext("%(n)d formula is left out.", "%(n)d formulas are left out.", n) % {"n": n},
    NoteKind.MACROS: lambda _n: _("The file carries macros. They were not run, and are left out."),
    NoteKind.FOOTNOTE: lambda n: (
        ngettext("%(n)d footnote is left out.", "%(n)d footnotes are left out.", n) % {"n": n}
    ),
    NoteKind.COMMENT: lambda n: ngettext("%(n)d comment is left out.", "%(n)d comments are left out.", n) % {"n": n},
    NoteKind.DELETED: lambda n: (
        ngettext(
            "%(n)d tracked deletion is carried out: its words are left out.",
            "%(n)d tracked deletions are carried out: their words are left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.HIDDEN: lambda n: (
        ngettext("%(n)d passage that was hidden is left out.", "%(n)d passages that were hidden are left out.", n)
        % {"n": n}
    ),
    NoteKind.HEADER: lambda n: (
        ngettext("%(n)d header of pages is left out.", "%(n)d headers of pages are left out.", n) % {"n": n}
    ),
    NoteKind.FOOTER: lambda n: (
        ngettext("%(n)d footer of pages is left out.", "%(n)d footers of pages are left out.", n) % {"n": n}
    ),
    NoteKind.CONTENTS: lambda _n: _("The table of contents is left out: a text has one by its headings."),
    NoteKind.FRONT: lambda _n: _("The lines about the file at its beginning are left out."),
    NoteKind.HTML: lambda n: (
        ngettext(
            "%(n)d mark of HTML is left out; the words in it are kept.",
            "%(n)d marks of HTML are left out; the words in them are kept.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.LINK: lambda n: (
        ngettext(
            "%(n)d link leads to no web page or mailbox: its words are kept without it.",
            "%(n)d links lead to no web page or mailbox: their words are kept without them.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.SYMBOL: lambda n: (
        ngettext(
            "%(n)d sign of a symbol font is left out.",
            "%(n)d signs of symbol fonts are left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.CONTROL: lambda n: (
        ngettext(
            "%(n)d control character, which can’t be printed, is left out.",
            "%(n)d control characters, which can’t be printed, are left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.INSERTED: lambda n: (
        ngettext(
            "%(n)d tracked insertion is carried out: its words are in the text.",
            "%(n)d tracked insertions are carried out: their words are in the text.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.TEXT_BOX: lambda n: (
        ngettext(
            "The words of %(n)d text box stand after the paragraph beside which it was.",
            "The words of %(n)d text boxes stand after the paragraphs beside which they were.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.COLOUR: lambda n: (
        ngettext(
            "%(n)d passage was coloured or highlighted: it is plain now.",
            "%(n)d passages were coloured or highlighted: they are plain now.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.UNDERLINE: lambda n: (
        ngettext(
            "%(n)d passage was underlined: it is plain now.",
            "%(n)d passages were underlined: they are plain now.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.NUMBERS: lambda n: (
        ngettext(
            "%(n)d item was numbered by letters or otherwise: it has a figure now.",
            "%(n)d items were numbered by letters or otherwise: they have figures now.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.HEADING_NUMBER: lambda n: (
        ngettext(
            "%(n)d heading was numbered by the word processor: the number is left out.",
            "%(n)d headings were numbered by the word processor: the numbers are left out.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.MERGED: lambda n: (
        ngettext(
            "%(n)d cell of a table was merged with others: these stand empty beside it.",
            "%(n)d cells of tables were merged with others: these stand empty beside them.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.NESTED: lambda n: (
        ngettext(
            "%(n)d table stood in another: its words are in that one’s cell.",
            "%(n)d tables stood in others: their words are in those cells.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.LINES: lambda n: (
        ngettext(
            "%(n)d cell of a table had several lines: they are one now.",
            "%(n)d cells of tables had several lines: they are one now.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.MARKS: lambda n: (
        ngettext(
            "In %(n)d paragraph bold or italics can’t be written in Markdown: the words are plain.",
            "In %(n)d paragraphs bold or italics can’t be written in Markdown: the words are plain.",
            n,
        )
        % {"n": n}
    ),
    NoteKind.WRAPPED: lambda _n: _("Lines that the file had broken for their length are joined to paragraphs."),
    NoteKind.PARAGRAPHS: lambda _n: _("Each line of the file is a paragraph now."),
    NoteKind.LETTERS: lambda _n: _(
        "The file didn’t say how its letters are written. Look at accents and foreign names."
    ),
    NoteKind.TITLE: lambda _n: _("The file’s first heading is offered as the title, and isn’t in the text."),
}
