"""Charts, drawn as SVG when the page is rendered: ink plus one colour, without scripts and styles.

Horizontal lengths are percentages, so that a chart fills its place while its text keeps its size. In right-to-left
languages the drawing is mirrored. To a screen reader, a drawing is an image with a name. A table below it has the
same numbers (templates/admin/chart.html).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi

# The styles of a part: the one colour, hatching, an outline. They differ without colour as well.
FULL, HATCHED, OPEN = "full", "hatched", "open"
LOOKS = (FULL, HATCHED, OPEN)

LINE = 20
BAR = 14
ROW = 44
PLOT = 160
# The most characters of a bar's label. The text at the end of the bar is on the same line, also on a phone.
LABEL = 36
# Isolates a label from the surrounding text, because the two may have different directions.
ISOLATED = "\u2068{}\u2069"


@dataclass(frozen=True)
class BarRow:
    """A row of a bar chart: its label, the value of each part, and the text at the end of the bar."""

    label: str
    values: Sequence[float]
    said: str


@dataclass(frozen=True)
class Column:
    """A column of a chart over time: its label and its height. `mark` is the height of a mark above it, or None."""

    label: str
    value: float
    mark: float | None = None


@dataclass(frozen=True)
class Chart:
    """A chart of a page.

    `title` states the chart's result. `head` and `rows` are the table below the drawing.
    """

    name: str
    title: str
    drawing: SafeString
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    # (look, label) of each part.
    key: Sequence[tuple[str, str]] = ()
    note: str = ""
    # The phase of a summit in which the chart is on the first screen of the home (summit.admin_base.dashboard.Phase).
    phase: str = ""


@dataclass
class _Canvas:
    """Collects the shapes of a drawing.

    Horizontal positions are shares of the width, from 0 to 1, in the reading direction. Heights are in pixels.
    """

    name: str
    height: int
    shapes: list[str] = field(default_factory=list)

    def _percent(self, share: float) -> str:
        return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"

    def _at(self, share: float) -> str:
        return self._percent(1.0 - share if get_language_bidi() else share)

    def rect(self, start: float, width: float, top: float, height: float, look: str) -> None:
        """Draw a part of a bar, or nothing if its width or height is 0."""
        if width <= 0 or height <= 0:
            return
        left = start + width if get_language_bidi() else start
        fill = {FULL: "currentColor", HATCHED: f"url(#{self.name}-hatch)", OPEN: "none"}[look]
        self.shapes.append(
            f'<rect class="chart-{look}" x="{self._at(left)}" y="{top:.1f}" width="{self._percent(width)}" '
            f'height="{height:.1f}" fill="{fill}" stroke="currentColor"/>'
        )

    def line(self, one: tuple[float, float], other: tuple[float, float], look: str) -> None:
        """Draw a line between two points."""
        (x1, y1), (x2, y2) = one, other
        self.shapes.append(
            f'<line class="chart-{look}" x1="{self._at(x1)}" y1="{y1:.1f}" x2="{self._at(x2)}" y2="{y2:.1f}" '
            'stroke="currentColor"/>'
        )

    def text(self, at: float, baseline: float, words: str, anchor: str = "start") -> None:
        """Write a text at a position. The anchors "start" and "end" follow the reading direction."""
        self.shapes.append(
            f'<text x="{self._at(at)}" y="{baseline:.1f}" text-anchor="{anchor}" fill="currentColor">'
            f"{escape(words)}</text>"
        )

    def drawn(self, title: str, about: str) -> SafeString:
        """Return the drawing as SVG: an image with the name `title` and the description `about`."""
        hatch = format_html(
            '<pattern id="{}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<line x1="0" y1="0" x2="0" y2="5" stroke="currentColor" stroke-width="4"/></pattern>',
            self.name,
        )
        return format_html(
            '<svg class="chart-drawing" role="img" aria-labelledby="{0}-title {0}-about" width="100%" height="{1}">'
            '<title id="{0}-title">{2}</title><desc id="{0}-about">{3}</desc><defs>{4}</defs>{5}</svg>',
            self.name,
            self.height,
            title,
            about,
            hatch,
            mark_safe("".join(self.shapes)),  # noqa: S308 - numbers, and words that were escaped
        )


def bars(*, name: str, title: str, about: str, rows: Sequence[BarRow], looks: Sequence[str] = LOOKS) -> SafeString:
    """Return a bar chart as SVG, with one bar for each row.

    The parts of a bar follow one another, in the style that `looks` has at the same position. All bars have the same
    scale.
    """
    canvas = _Canvas(name, ROW * max(len(rows), 1))
    most = max((sum(row.values) for row in rows), default=0) or 1
    for position, row in enumerate(rows):
        top = ROW * position
        canvas.text(0, top + 15, ISOLATED.format(Truncator(row.label).chars(LABEL)))
        canvas.text(1, top + 15, row.said, "end")
        start = 0.0
        for look, value in zip(looks, row.values, strict=False):
            canvas.rect(start, value / most, top + LINE + 1, BAR, look)
            start += value / most
        canvas.line((0, top + LINE + BAR + 2), (1, top + LINE + BAR + 2), "rule")
    return canvas.drawn(title, about)


def columns(
    *, name: str, title: str, about: str, values: Sequence[Column], most: str, due: tuple[float, str] | None = None
) -> SafeString:
    """Return a column chart as SVG, without gaps, with each mark as a line above its column.

    `most` is the text at the top line. `due` is (a time as a share of the width, its text), or None.
    """
    canvas = _Canvas(name, LINE + PLOT + LINE)
    floor = LINE + PLOT
    top = max((max(column.value, column.mark or 0) for column in values), default=0) or 1
    width = 1 / max(len(values), 1)
    canvas.line((0, LINE), (1, LINE), "rule")
    canvas.line((0, floor), (1, floor), "axis")
    for start, number, value in _runs([column.value for column in values]):
        height = PLOT * value / top
        canvas.rect(start * width, number * width, floor - height, height, FULL)
    _marks(canvas, [column.mark for column in values], top, width)
    canvas.text(0, LINE - 6, most)
    if due is not None:
        due_at, due_text = due
        canvas.line((due_at, LINE - 4), (due_at, floor), "due")
        canvas.text(due_at, LINE - 6, due_text, "end" if due_at > 0.5 else "start")
    _ticks(canvas, [column.label for column in values])
    return canvas.drawn(title, about)


def _runs(values: Iterable[float | None]) -> list[tuple[int, int, float]]:
    """Return (start, length, value) of each run of equal neighbours. None values are left out."""
    runs: list[tuple[int, int, float]] = []
    before: float | None = None
    for position, value in enumerate(values):
        if value is not None and value == before:
            start, number, _value = runs[-1]
            runs[-1] = (start, number + 1, value)
        elif value is not None:
            runs.append((position, 1, value))
        before = value
    return runs


def _marks(canvas: _Canvas, marks: Sequence[float | None], top: float, width: float) -> None:
    """Draw the marks as steps, joined where two neighbours have a mark."""
    ended: tuple[int, float] | None = None
    for start, number, value in _runs(marks):
        y = LINE + PLOT - PLOT * value / top
        if ended is not None and ended[0] == start:
            canvas.line((start * width, ended[1]), (start * width, y), "mark")
        canvas.line((start * width, y), ((start + number) * width, y), "mark")
        ended = (start + number, y)


def _ticks(canvas: _Canvas, labels: Sequence[str]) -> None:
    """Write the first and the last label below the columns."""
    below = LINE + PLOT + LINE - 4
    if labels:
        canvas.text(0, below, labels[0])
    if len(labels) > 1:
        canvas.text(1, below, labels[-1], "end")
