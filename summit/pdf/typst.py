"""Print a typst source with its data to a PDF or a PNG. Text is passed as data and never as typst source."""

import json
import logging
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from summit.pdf import arabic, fonts
from summit.pdf.fonts import MissingFontError

logger = logging.getLogger(__name__)

# A document that consists of one text, to find out whether the text can be printed.
PROBE = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: "Probe")
#set text(font: d.families, fallback: false)
#d.text
"""
# The most missing scripts to find in one text.
MOST = 12
SHOWN = 8


def print_pdf(source: bytes, data: dict[str, Any]) -> bytes:
    """Return the PDF of a typst source with its `data`.

    The source reads `data` as JSON from `sys.inputs.data`, which also has the names of the fonts as `families`. The
    machine's fonts are used only for letters that the bundled fonts don't have, so the same data results in the same
    bytes. Raises MissingFontError if no font prints a letter.
    """
    last = ""
    for font_set, families in _choices():
        try:
            return _compile(source, data, font_set, families)
        except typst.TypstError as problem:
            if not fonts.unprintable(problem):
                logger.warning("a document breaks a rule of PDF/UA-1: %s", problem.message)
                return _without_rules(source, data)
            last = fonts.unprintable(problem)
    raise lacking(json.dumps(data, ensure_ascii=False)) or MissingFontError(last, ())


def draw_png(source: bytes, data: dict[str, Any]) -> bytes:
    """Return the PNG of a typst source of one page with its `data`. Each point is one pixel.

    Raises MissingFontError if no font prints a letter.
    """
    problem = lacking(json.dumps(data, ensure_ascii=False))
    if problem:
        raise problem
    *_first, (font_set, families) = _choices()
    content = json.dumps(data | {"families": families}, ensure_ascii=False)
    png: bytes = typst.compile(
        source, format="png", ppi=72.0, font_paths=font_set, ignore_system_fonts=True, sys_inputs={"data": content}
    )
    return png


def _choices() -> Iterator[tuple[typst.Fonts, tuple[str, ...]]]:
    """Yield the sets of fonts to try, each with the names of its font families, the preferred ones first."""
    yield fonts.own(), fonts.OWN
    yield fonts.machine(), (*fonts.OWN, *fonts.further())


def _without_rules(source: bytes, data: dict[str, Any]) -> bytes:
    """Return the PDF of a document that breaks a rule of PDF/UA-1.

    Outside that standard, typst prints boxes for letters without a font and raises no error. So such letters are
    searched for first. Raises MissingFontError if there are any.
    """
    problem = lacking(json.dumps(data, ensure_ascii=False))
    if problem:
        raise problem
    *_first, (font_set, families) = _choices()
    return _compile(source, data, font_set, families, strict=False)


def _compile(
    source: bytes, data: dict[str, Any], font_set: typst.Fonts, families: tuple[str, ...], *, strict: bool = True
) -> bytes:
    content = json.dumps(data | {"families": families}, ensure_ascii=False)
    shaped = arabic.shape(content)
    inputs = {"data": content}
    if not shaped.words:
        return _write(source, inputs, font_set, strict=strict)
    inputs["arabic"] = json.dumps(shaped.words, ensure_ascii=False)
    with tempfile.TemporaryDirectory() as folder:
        arabic.write_fonts(shaped, Path(folder))
        font_set = fonts.load(Path(folder), system=font_set is fonts.machine())
        return _write(arabic.SHOW_RULE + source, inputs, font_set, strict=strict)


def _write(source: bytes, inputs: dict[str, str], font_set: typst.Fonts, *, strict: bool) -> bytes:
    pdf: bytes = typst.compile(
        source,
        format="pdf",
        font_paths=font_set,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=["ua-1"] if strict else [],
    )
    return pdf


@lru_cache(maxsize=128)
def lacking(text: str) -> MissingFontError | None:
    """Return the error for the letters of a text that no font prints. Return None if all can be printed.

    This takes some milliseconds. The last 128 results are cached.
    """
    packages: list[str] = []
    letters = ""
    rest = text
    for _round in range(MOST):
        missing = _missing(rest)
        if not missing:
            break
        letters += missing[:SHOWN]
        packages += filter(None, map(fonts.package_for, missing))
        rest = rest.translate(dict.fromkeys(map(ord, missing)))
    return MissingFontError(letters[:SHOWN], tuple(dict.fromkeys(packages))) if letters else None


def _missing(text: str) -> str:
    """Return the letters of one script in `text` for which there is no font. Return "" if all can be printed."""
    letters = ""
    for font_set, families in _choices():
        try:
            _write(PROBE, {"data": json.dumps({"text": text, "families": families})}, font_set, strict=True)
        except typst.TypstError as problem:
            letters = fonts.unprintable(problem)
            if not letters:
                raise
        else:
            return ""
    return fonts.relatives(letters, text) or letters
