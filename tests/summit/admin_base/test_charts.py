"""Charts: what is drawn, that it mirrors, that nothing in it needs a style; and days as they are typed."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest
from django.forms import DateField
from django.utils import translation

from summit.admin_base import svg_charts
from summit.admin_base.svg_charts import FULL, HATCHED, OPEN, BarRow, Column
from summit.admin_base.widgets import DayInput

SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314


def rects(drawing: str) -> list[tuple[str, str, str]]:
    """(class, x, width) of each bar."""
    return [(r.attrib["class"], r.attrib["x"], r.attrib["width"]) for r in parsed(drawing).iter(f"{SVG}rect")]


def texts(drawing: str) -> list[tuple[str, str, str | None]]:
    """(x, anchor, words) of each text."""
    found = parsed(drawing).iter(f"{SVG}text")
    return [(t.attrib["x"], t.attrib["text-anchor"], (t.text or "").strip("\u2068\u2069")) for t in found]


def two_bars() -> str:
    rows = [BarRow("Europe", [3, 1, 0], "4 of 4"), BarRow("A & B", [0, 0, 2], "0 of 2")]
    return svg_charts.bars(name="c", title="The answer", about="How to read it", rows=rows)


class TestBars:
    def test_parts_follow_each_other_to_one_scale_and_words_stand_at_both_ends_escaped(self) -> None:
        drawing = two_bars()
        assert rects(drawing) == [
            ("chart-full", "0.00%", "75.00%"),
            ("chart-hatched", "75.00%", "25.00%"),
            ("chart-open", "0.00%", "50.00%"),
        ]
        europe = [("0.00%", "start", "Europe"), ("100.00%", "end", "4 of 4")]
        assert texts(drawing) == [*europe, ("0.00%", "start", "A & B"), ("100.00%", "end", "0 of 2")]
        assert "\u2068A &amp; B\u2069" in drawing

    def test_from_the_right_it_is_mirrored(self) -> None:
        with translation.override("ar"):
            drawing = two_bars()
        assert rects(drawing) == [
            ("chart-full", "25.00%", "75.00%"),
            ("chart-hatched", "0.00%", "25.00%"),
            ("chart-open", "50.00%", "50.00%"),
        ]
        # "start" is where the language begins, so that the anchors stay as they are.
        assert texts(drawing)[:2] == [("100.00%", "start", "Europe"), ("0.00%", "end", "4 of 4")]

    def test_a_long_label_leaves_room_for_the_words_at_the_end_and_of_nothing_nothing_is_drawn(self) -> None:
        rows = [BarRow("x" * 60, [1], "1"), BarRow("none", [0, 0], "0")]
        drawing = svg_charts.bars(name="c", title="t", about="a", rows=rows)
        assert texts(drawing)[0][2] == "x" * 35 + "…"
        assert len(rects(drawing)) == 1


class TestColumns:
    def test_equal_neighbours_are_one_shape_and_heights_are_to_scale(self) -> None:
        values = [Column("1", 0), Column("2", 4), Column("3", 4), Column("4", 8)]
        drawing = svg_charts.columns(name="c", title="t", about="a", values=values, most="8")
        assert rects(drawing) == [("chart-full", "25.00%", "50.00%"), ("chart-full", "75.00%", "25.00%")]
        heights = [float(r.attrib["height"]) for r in parsed(drawing).iter(f"{SVG}rect")]
        assert heights == [svg_charts.PLOT / 2, svg_charts.PLOT]

    def test_marks_are_steps_joined_where_neighbours_have_one(self) -> None:
        values = [Column("1", 0, 2), Column("2", 0, 4), Column("3", 0), Column("4", 0, 4)]
        drawing = svg_charts.columns(name="c", title="t", about="a", values=values, most="4")
        marks = [line for line in parsed(drawing).iter(f"{SVG}line") if line.attrib.get("class") == "chart-mark"]
        ends = [(float(m.attrib["x1"].strip("%")), float(m.attrib["x2"].strip("%"))) for m in marks]
        assert ends == [(0, 25), (25, 25), (25, 50), (75, 100)]

    def test_the_first_and_the_last_label_the_top_and_what_is_due_are_written(self) -> None:
        values = [Column("1 May", 1), Column("2 May", 1), Column("3 May", 2)]
        drawing = svg_charts.columns(
            name="c", title="t", about="a", values=values, most="2 invited", due=(0.9, "due")
        )
        ends = [("0.00%", "start", "1 May"), ("100.00%", "end", "3 May")]
        assert texts(drawing) == [("0.00%", "start", "2 invited"), ("90.00%", "end", "due"), *ends]
        assert rects(svg_charts.columns(name="c", title="t", about="a", values=[], most="0")) == []


def test_a_drawing_is_an_image_with_a_name_and_needs_no_style() -> None:
    drawing = two_bars()
    root = parsed(drawing)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "c-title c-about"
    named = [(e.attrib["id"], e.text) for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")]
    assert named == [("c-title", "The answer"), ("c-about", "How to read it")]
    assert "style" not in drawing
    fills = {e.attrib["fill"] for e in root.iter() if "fill" in e.attrib}
    # Whatever the sheet says, colours are those of the text: forced colours and paper read it.
    assert fills == {"currentColor", "url(#c-hatch)", "none"}
    # Each look differs without colour.
    assert {FULL, HATCHED, OPEN} == set(svg_charts.LOOKS)
    looks = {rect.attrib["class"]: rect.attrib["fill"] for rect in root.iter(f"{SVG}rect")}
    assert len(set(looks.values())) == 3


# --- days -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_day_comes_first_in_every_language_and_comes_back_as_it_is_shown(language: str) -> None:
    field = DateField(widget=DayInput())
    with translation.override(language):
        for typed in ("3/4/2025", "03.04.2025", "3 4 2025", "03042025", "2025-04-03", "٣/٤/٢٠٢٥"):
            value = field.widget.value_from_datadict({"day": typed}, {}, "day")
            assert field.clean(value) == date(2025, 4, 3), typed
            # As after an error elsewhere in the form.
            assert field.widget.format_value(value) == field.widget.format_value(date(2025, 4, 3)) == "03/04/2025"


def test_what_is_no_date_is_left_for_the_field() -> None:
    widget = DayInput()
    for typed, value, shown in (
        ("", "", ""),
        ("soon", "soon", "soon"),
        ("3/4", "3/4", "3/4"),
        ("31/31/2025", "2025-31-31", "31/31/2025"),
    ):
        assert widget.value_from_datadict({"day": typed}, {}, "day") == value
        assert widget.format_value(value) == shown, typed
