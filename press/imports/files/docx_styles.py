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

    `form` is the number format of DOCX, such as "bullet" or "decimal". It is "none" for items without a sign.
    """

    form: str
    start: int


@dataclass(frozen=True)
class Place:
    """The place of a paragraph in a list.

    `list` is the key of the list, `depth` the depth of the item from 0, `number` the number of the item, and `form`
    the number format.
    """

    list: str
    depth: int
    number: int
    form: str


@dataclass(frozen=True)
class _Style:
    """A parsed style. Styles are parsed only once, since every run of the document refers to one."""

    name: str
    based_on: str
    outline: str
    numbering: Element | None
    # Properties of runs, such as "b", and whether they are on.
    properties: dict[str, bool]


class Styles:
    """The styles of a document. A property of a style can come from the styles on which it is based."""

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
        """Yield the style with a key, and the styles on which it is based, nearest first."""
        seen = set[str]()
        while key in self.by_key and key not in seen and len(seen) < DEEPEST_STYLE:
            seen.add(key)
            yield self.by_key[key]
            key = self.by_key[key].based_on

    def of(self, paragraph: Element) -> str:
        """Return the key of a paragraph's style, or of the default style of paragraphs."""
        return attribute(child(paragraph, "pPr", "pStyle"), "val") or self.normal

    def names(self, key: str) -> Iterator[str]:
        """Yield the names of a style and of the styles on which it is based, in lower case."""
        return (style.name for style in self.chain(key))

    def heading(self, paragraph: Element, key: str) -> int:
        """Return the heading level of a paragraph, from 1, or 0 for other paragraphs. `key` is its style's key."""
        for name in self.names(key):
            word, _space, number = name.rpartition(" ")
            if word == "heading" and number.isdecimal():
                return min(int(number), DEEPEST_HEADING)
        own = attribute(child(paragraph, "pPr", "outlineLvl"), "val")
        written = next(filter(None, (own, *(style.outline for style in self.chain(key)))), "")
        return int(written) + 1 if written.isdecimal() and int(written) < DEEPEST_HEADING else 0

    def on(self, run: Element, key: str, *names: str) -> bool:
        """Return whether one of the named properties, such as "b" (bold), is on for a run.

        The first of these that has the property decides: the run itself, the style of the run, and the style of the
        paragraph, which has the key `key`.
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
    """Return a dict from the properties of a run to whether each is on.

    If a property is repeated, the first value counts.
    """
    found: dict[str, bool] = {}
    for each in element if element is not None else ():
        found.setdefault(local(each), attribute(each, "val").lower() not in OFF)
    return found


class Numbering:
    """Counts the items of lists while a document is read in order."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self.styles = styles
        self.levels: dict[str, dict[int, Level]] = {}
        # Lists with the same abstract numbering continue each other's numbers, unless they override the first number.
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
        """Count a paragraph as a list item, and return its place in the list. Returns None for other paragraphs."""
        properties = child(paragraph, "pPr", "numPr")
        styled = (style.numbering for style in self.styles.chain(self.styles.of(paragraph)))
        candidates = [each for each in (properties, *styled) if each is not None]
        key = next(
            (attribute(child(each, "numId"), "val") for each in candidates if child(each, "numId") is not None), ""
        )
        written = next(
            (attribute(child(each, "ilvl"), "val") for each in candidates if child(each, "ilvl") is not None), "0"
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
