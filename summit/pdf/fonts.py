"""Fonts for printing, and the system packages with fonts that may be missing.

Latin, Greek, Cyrillic, Hebrew, Arabic and Chinese letters are printed with the bundled fonts. For other letters the
machine needs a package, which the error message names. A letter without a font is never printed as an empty box.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

import typst

FOLDER = Path(__file__).with_name("fonts")
# The first and the last are part of typst; the Arabic and the Chinese font are in FOLDER, with their licences.
OWN = ("Libertinus Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", "DejaVu Sans Mono")
CJK = "fonts-noto-cjk"
OTHERS = "fonts-noto-core"
# Debian's packages of fonts, with the first words of their families. Fonts with serifs are preferred.
PACKAGES = {
    CJK: ("Noto Serif CJK SC", "Noto Sans CJK SC"),
    OTHERS: ("Noto Serif ", "Noto Sans "),
}
_EAST_ASIAN = {"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}


class MissingFontError(Exception):
    """Raised for letters that no font on this machine prints.

    `letters` are some of these letters. `packages` are the packages to install; it is empty if none would help.
    """

    def __init__(self, letters: str, packages: tuple[str, ...]) -> None:
        super().__init__(f"no font for {letters}: {', '.join(packages) or 'no package has one'}")
        self.letters = letters
        self.packages = packages


def load(*folders: Path, system: bool) -> typst.Fonts:
    """Return the bundled fonts together with those in `folders`, and with the machine's own if `system`."""
    return typst.Fonts(include_system_fonts=system, font_paths=[FOLDER, *folders])


@cache
def own() -> typst.Fonts:
    """Return the fonts that every installation has, without the machine's own."""
    return load(system=False)


@cache
def machine() -> typst.Fonts:
    """Return the fonts installed on the machine together with the fonts that every installation has (`own`)."""
    return load(system=True)


@cache
def further() -> tuple[str, ...]:
    """Return this machine's font families for letters that the fonts of OWN don't have, the preferred ones first."""
    present = sorted(set(machine().families()) - set(OWN))
    starts = [start for package in PACKAGES.values() for start in package]
    return tuple(name for start in starts for name in present if name.startswith(start) and "Display" not in name)


def _family_of(letter: str) -> str:
    """Return the first word of a letter's Unicode name. Letters of the same script have the same first word."""
    return unicodedata.name(letter, "NONE").split()[0].split("-")[0]


def _here() -> set[str]:
    """Return the packages of fonts that this machine has."""
    of_cjk = [name for name in further() if name in PACKAGES[CJK]]
    packages = {CJK} if of_cjk else set()
    return packages | ({OTHERS} if len(further()) > len(of_cjk) else set())


def package_for(letter: str) -> str:
    """Return the package with fonts for a letter. Return "" if there is none or it is installed already."""
    if unicodedata.category(letter) in {"Cn", "Co", "Cs", "So"}:
        return ""
    package = CJK if _family_of(letter) in _EAST_ASIAN else OTHERS
    return "" if package in _here() else package


def unprintable(problem: typst.TypstError) -> str:
    """Return the letters that typst can't print, from its error. Return "" if the error has another cause."""
    match = re.search(r'the text `"(.+?)"` could not be displayed', problem.message)
    if match is None:
        return ""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), match[1])


def relatives(letters: str, text: str) -> str:
    """Return the letters of `text` in the scripts of `letters`. They have no font either."""
    families = {_family_of(letter) for letter in letters}
    candidates = dict.fromkeys(letter for letter in text if ord(letter) > 127)
    return "".join(letter for letter in candidates if _family_of(letter) in families)
