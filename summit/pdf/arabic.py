"""A font for the Arabic words of one document, so that what is copied from its PDF is what was written.

An Arabic font draws a letter as several glyphs (a stem and its dots), two letters as one (lam-alef), and a vowel sign
without any width. Programs that read a PDF take such pieces apart each in its own way. So each word is shaped here,
and each of its characters becomes one glyph with a width of its own, which lies where the word's ink is. The font has
as many glyphs of a character as the document needs; typst chooses one by the number of a font feature
(docs/decisions/0047).
"""

import io
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import uharfbuzz
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.timeTools import timestampSinceEpoch
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

FAMILY = "Summit Arabic"
FOLDER = Path(__file__).with_name("fonts")
# The styles, each with its weight in CSS. Both have the same glyphs, so that one number chooses in both.
STYLES = {"Regular": 400, "Bold": 700}
# Letters and signs of Arabic script; no digits and no punctuation, which programs read rightly as they are.
LETTERS = (
    r"\u{610}-\u{61a}\u{620}-\u{65f}\u{66e}-\u{6d3}\u{6d5}-\u{6dc}\u{6df}-\u{6e8}\u{6ea}-\u{6ef}\u{6fa}-\u{6ff}"
    r"\u{750}-\u{77f}\u{8a0}-\u{8ff}"
)
DIGITS = r"\u{660}-\u{669}\u{6f0}-\u{6f9}"
_WORD = re.compile("[" + re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), LETTERS) + "]+")
# What is typed between words is written sign by sign too: a run of two is stored from left to right. cv02 has no
# meaning in any font here; that it alternates keeps typst from joining what follows one another.
SHOW_RULE = f"""#let arabic-words = json(bytes(sys.inputs.arabic))
#show regex("[{LETTERS}{DIGITS}][{LETTERS}{DIGITS} \\\\p{{P}}]*"): it => {{
  let count = 0
  for part in it.text.matches(regex("[{LETTERS}]+|[^{LETTERS}]")) {{
    let word = arabic-words.at(part.text, default: none)
    if word == none {{
      count += 1
      text(features: (cv02: 1 + calc.rem(count, 2)), part.text)
    }} else {{
      for (character, number) in word {{
        count += 1
        text(font: "{FAMILY}", features: (cv01: number, cv02: 1 + calc.rem(count, 2)), character)
      }}
    }}
  }}
}}
""".encode()

# The glyphs that a character's box shows, as (glyph's number, x, y) from the left of the box, and the box's width;
# all in units of the font.
Box = tuple[tuple[tuple[int, int, int], ...], int]


class ShapedWords(NamedTuple):
    """The words of a document.

    `words` has for each word its characters with the number of the glyph to choose. `boxes` has for each character
    its boxes, in the order of their numbers, each as one box for each of STYLES.
    """

    words: dict[str, list[tuple[str, int]]]
    boxes: dict[str, list[tuple[Box, ...]]]


def shape(text: str) -> ShapedWords:
    """Return the Arabic words of `text`, shaped. A word with a letter that the font doesn't have is left out."""
    words: dict[str, list[tuple[str, int]]] = {}
    numbers: dict[str, dict[tuple[Box, ...], int]] = {}
    for word in dict.fromkeys(_WORD.findall(text)):
        styles = [list(_boxes(_shaper(style), word)) for style in STYLES]
        if any(glyph == 0 for boxes in styles for glyphs, _width in boxes for glyph, _x, _y in glyphs):
            continue
        words[word] = []
        for character, *boxes in zip(word, *styles, strict=True):
            known = numbers.setdefault(character, {})
            words[word].append((character, known.setdefault(tuple(boxes), len(known))))
    return ShapedWords(words, {character: list(known) for character, known in numbers.items()})


def write_fonts(shaped: ShapedWords, folder: Path) -> None:
    """Write the font of the words to `folder`, a file for each of STYLES. The same words give the same bytes."""
    for index, style in enumerate(STYLES):
        (folder / f"{style}.ttf").write_bytes(_font(style, index, shaped.boxes))


@cache
def _source(style: str) -> TTFont:
    return TTFont(FOLDER / f"NotoNaskhArabic-{style}.ttf", recalcTimestamp=False)


@cache
def _shaper(style: str) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FOLDER / f"NotoNaskhArabic-{style}.ttf"))))


def _boxes(font: uharfbuzz.Font, word: str) -> Iterator[Box]:
    """Yield the box of each character of a word. Characters that share ink share its width; the last shows it."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    buffer.direction = "rtl"
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.CHARACTERS
    uharfbuzz.shape(font, buffer)
    glyphs: dict[int, list[tuple[int, int, int]]] = {}
    widths: dict[int, int] = {}
    right = 0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        at = (info.codepoint, right + position.x_offset, position.y_offset)
        glyphs.setdefault(info.cluster, []).append(at)
        widths[info.cluster] = widths.get(info.cluster, 0) + position.x_advance
        right += position.x_advance
    # A sign has no width: it shares that of the letter before it.
    starts = [start for start in sorted(widths) if widths[start] > 0 or start == 0]
    for start, end in itertools.pairwise((*starts, len(word))):
        together = [cluster for cluster in sorted(widths) if start <= cluster < end]
        width = sum(widths[cluster] for cluster in together)
        right -= width
        ink = tuple((glyph, x - right, y) for cluster in together for glyph, x, y in glyphs[cluster])
        count = end - start
        for index in range(count):
            yield ink if index == count - 1 else (), width * (index + 1) // count - width * index // count


def _font(style: str, index: int, boxes: dict[str, list[tuple[Box, ...]]]) -> bytes:
    source = _source(style)
    outlines = source.getGlyphSet()
    order = source.getGlyphOrder()
    glyphs: dict[str, Glyph] = {".notdef": TTGlyphPen(None).glyph()}
    widths = {".notdef": 0}
    names: dict[str, list[str]] = {}
    for character, choices in boxes.items():
        names[character] = [f"u{ord(character):04X}.{number}" for number in range(len(choices))]
        for name, choice in zip(names[character], choices, strict=True):
            ink, widths[name] = choice[index]
            pen = TTGlyphPen(outlines)
            for glyph, x, y in ink:
                if source["glyf"][order[glyph]].numberOfContours:
                    pen.addComponent(order[glyph], (1, 0, 0, 1, x, y))
            glyphs[name] = pen.glyph() if pen.components else _speck(widths[name])
    for part in list(_components(source, glyphs.values())):
        glyphs[part] = source["glyf"][part]
        widths[part] = 0
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(character): choices[0] for character, choices in names.items()})
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (width, getattr(table[name], "xMin", 0)) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
    full = {"uniqueFontIdentifier": f"{FAMILY} {style}", "fullName": f"{FAMILY} {style}"}
    named = {"familyName": FAMILY, "styleName": style, "psName": f"SummitArabic-{style}", **full}
    builder.setupNameTable(named, mac=False)
    metrics = ("sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent")
    bold = style == "Bold"
    builder.setupOS2(
        **{name: getattr(source["OS/2"], name) for name in metrics},
        usWeightClass=STYLES[style],
        fsSelection=1 << 5 if bold else 1 << 6,
    )
    builder.setupPost()
    builder.updateHead(macStyle=int(bold), created=timestampSinceEpoch(0), modified=timestampSinceEpoch(0))
    builder.font.recalcTimestamp = False
    addOpenTypeFeaturesFromString(builder.font, _features(names))
    file = io.BytesIO()
    builder.font.save(file)
    return file.getvalue()


def _speck(width: int) -> Glyph:
    """Return a dot of a thousandth of the type size. PDFium drops characters without any ink."""
    pen = TTGlyphPen(None)
    left = width // 2
    pen.moveTo((left, 0))
    for corner in ((left, 1), (left + 1, 1), (left + 1, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _components(source: TTFont, glyphs: Iterable[Glyph]) -> Iterator[str]:
    """Yield the names of the font's glyphs that `glyphs` are made of, each once."""
    waiting = [part.glyphName for glyph in glyphs if glyph.isComposite() for part in glyph.components]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name
            glyph = source["glyf"][name]
            waiting += [part.glyphName for part in glyph.components] if glyph.isComposite() else []


def _features(names: dict[str, list[str]]) -> str:
    """Return the font's features, in Adobe's feature language.

    Each glyph is a base: a sign keeps its width. There is a rule of positions, which changes nothing: without one,
    programs place signs by their own judgement.
    """
    every = " ".join(name for choices in names.values() for name in choices)
    rules = [f"sub {choices[0]} from [{' '.join(choices[1:])}];" for choices in names.values() if choices[1:]]
    first = next(iter(names.values()))[0]
    return f"""languagesystem DFLT dflt;
languagesystem arab dflt;
table GDEF {{ GlyphClassDef [{every}], , , ; }} GDEF;
{f"feature cv01 {{ {' '.join(rules)} }} cv01;" if rules else ""}
feature kern {{ pos {first} {first} 0; }} kern;
"""
