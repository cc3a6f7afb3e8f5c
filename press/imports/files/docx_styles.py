"""Resolve the styles and the numbering of a DOCX file (ECMA-376, part 1, 17.7 and 17.9)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from press.imports.files.docx_package import Element, Package, attribute, child, local

OFF = frozenset({"0", "false", "off", "none"})
QUOTES = frozenset({"quote", "intense quote", "block text", "quotations"})
DEEPEST_STYLE = 20
DEEPEST_HEADING = 6


@dataclass(frozen=True)
class Level:
    """The format and the first number of a list level.

    `form` is "bullet", "decimal" or another; "none" for no sign.
    """

    form: str
    start: int


@dataclass(frozen=True)
class Place:
    """A paragraph's place in a list: the list's key, its depth from 0, its number, and the number format."""

    list: str
    depth: int
    number: int
    form: str


@dataclass(frozen=True)
class _Style:
    """A style, parsed once, since every run of the document refers to it."""

    name: str
    based_on: str
    outline: str
    numbering: Element | None
    # Properties of runs, such as "b", and whether they are on.
    properties: dict[str, bool]


class Styles:
    """Looks up styles, including those that they are based on."""

    def __init__(self, package: Package) -> None:
        self.by_key: dict[str, _Style] = {}
        self.normal = ""
        root = package.first("styles")
        for style in root if root is not None else ():
            if local(style) != "style":
                continue
            key = attribute(style, "styleId")
            self.by_key[key] = _Style(
                attribute(child(style, "name"), "val").lower(),
                attribute(child(style, "basedOn"), "val"),
                attribute(child(style, "pPr", "outlineLvl"), "val"),
                child(style, "pPr", "numPr"),
                _properties(child(style, "rPr")),
            )
            if attribute(style, "type") == "paragraph" and attribute(style, "default") not in ("", *OFF):
                self.normal = key

    def chain(self, key: str) -> Iterator[_Style]:
        """Yield a style and the styles it is based on, nearest first."""
        seen = set[str]()
        while key in self.by_key and key not in seen and len(seen) < DEEPEST_STYLE:
            seen.add(key)
            yield self.by_key[key]
            key = self.by_key[key].based_on

    def of(self, paragraph: Element) -> str:
        """Return the key of a paragraph's style."""
        return attribute(child(paragraph, "pPr", "pStyle"), "val") or self.normal

    def names(self, key: str) -> Iterator[str]:
        """Yield the names of a style and of those it is based on, in lower case."""
        return (style.name for style in self.chain(key))

    def heading(self, paragraph: Element, key: str) -> int:
        """Return a paragraph's heading level from 1, or 0 if it isn't a heading. `key` is its style's key."""
        for name in self.names(key):
            word, _space, number = name.rpartition(" ")
            if word == "heading" and number.isdecimal():
                return min(int(number), DEEPEST_HEADING)
        own = attribute(child(paragraph, "pPr", "outlineLvl"), "val")
        written = next(filter(None, (own, *(style.outline for style in self.chain(key)))), "")
        return int(written) + 1 if written.isdecimal() and int(written) < DEEPEST_HEADING else 0

    def on(self, run: Element, key: str, *names: str) -> bool:
        """Return whether a property, such as "b", is on for a run.

        The run itself decides first, then its style, then the paragraph's style, which has this key.
        """
        own = child(run, "rPr")
        by_itself = _properties(own)
        styled = self.chain(attribute(child(own, "rStyle"), "val"))
        for properties in (by_itself, *(style.properties for style in (*styled, *self.chain(key)))):
            for name in names:
                if name in properties:
                    return properties[name]
        return False


def _properties(element: Element | None) -> dict[str, bool]:
    """Return the properties of a run and whether each is on. The first value of a repeated property counts."""
    found: dict[str, bool] = {}
    for each in element if element is not None else ():
        found.setdefault(local(each), attribute(each, "val").lower() not in OFF)
    return found


class Numbering:
    """Counts the items of lists as a document is read from its beginning."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self.styles = styles
        self.levels: dict[str, dict[int, Level]] = {}
        # Lists of one abstract numbering continue the one before, unless they override their first number.
        self.shared: dict[str, str] = {}
        self.begins: dict[str, set[int]] = {}
        self.counts: dict[str, Counter[int]] = {}
        root = package.first("numbering")
        if root is None:
            return
        abstract = {attribute(each, "abstractNumId"): _levels(each) for each in root if local(each) == "abstractNum"}
        for each in root:
            if local(each) == "num":
                key, shared = attribute(each, "numId"), attribute(child(each, "abstractNumId"), "val")
                levels, begins = dict(abstract.get(shared, {})), dict(_overridden(each))
                levels |= {
                    depth: Level(levels[depth].form if depth in levels else "decimal", start)
                    for depth, start in begins.items()
                }
                self.levels[key], self.shared[key], self.begins[key] = levels, shared, set(begins)

    def place(self, paragraph: Element) -> Place | None:
        """Return a paragraph's place in its list, and count it; None if it isn't a list item."""
        properties = child(paragraph, "pPr", "numPr")
        styled = (style.numbering for style in self.styles.chain(self.styles.of(paragraph)))
        found = [each for each in (properties, *styled) if each is not None]
        key = next((attribute(child(each, "numId"), "val") for each in found if child(each, "numId") is not None), "")
        written = next(
            (attribute(child(each, "ilvl"), "val") for each in found if child(each, "ilvl") is not None), "0"
        )
        depth = int(written) if written.isdecimal() and len(written) < 3 else 0
        level = self.levels.get(key, {}).get(depth)
        if level is None or level.form == "none":
            return None
        counts = self.counts.setdefault(self.shared[key], Counter())
        if depth in self.begins[key]:
            self.begins[key].discard(depth)
            counts[depth] = 0
        counts[depth] += 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return Place(key, depth, level.start + counts[depth] - 1, level.form)


def _levels(abstract: Element) -> dict[int, Level]:
    return {
        _number(attribute(level, "ilvl"), 0): Level(
            attribute(child(level, "numFmt"), "val") or "decimal", _number(attribute(child(level, "start"), "val"), 1)
        )
        for level in abstract
        if local(level) == "lvl"
    }


def _overridden(num: Element) -> Iterator[tuple[int, int]]:
    for each in num:
        start = child(each, "startOverride")
        if local(each) == "lvlOverride" and start is not None:
            yield _number(attribute(each, "ilvl"), 0), _number(attribute(start, "val"), 1)


def _number(written: str, default: int) -> int:
    return int(written) if written.isdecimal() and len(written) < 7 else default
