"""Which fonts print what. Latin, Greek, Cyrillic, Hebrew, Arabic and Chinese letters print on a bare machine; for
others the machine needs a package, and whoever prints is told which. Nothing is ever printed as an empty box."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import typst

FOLDER = Path(__file__).with_name("fonts")
# The first and the last come inside typst; the Arabic and the Chinese one lie here with their licence.
OWN = ("Libertinus Serif", "Noto Naskh Arabic", "Noto Serif CJK SC", "DejaVu Sans Mono")
CJK = "fonts-noto-cjk"
OTHERS = "fonts-noto-core"
# Debian's names of packages, and how the families begin that come with them; those with serifs are taken first.
PACKAGES = {
    CJK: ("Noto Serif CJK SC", "Noto Sans CJK SC"),
    OTHERS: ("Noto Serif ", "Noto Sans "),
}
_EAST_ASIAN = {"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}


class MissingFontError(Exception):
    """Letters that no font here prints. `letters` are some of them; `packages` are those to install, and empty where
    none would help."""

    def __init__(self, letters: str, packages: tuple[str, ...]) -> None:
        super().__init__(f"no font for {letters}: {', '.join(packages) or 'no package has one'}")
        self.letters = letters
        self.packages = packages


@cache
def own() -> typst.Fonts:
    """Return the fonts that every installation has."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FOLDER])


@cache
def machine() -> typst.Fonts:
    """Return the machine's fonts with our own."""
    return typst.Fonts(include_system_fonts=True, font_paths=[FOLDER])


@cache
def further() -> tuple[str, ...]:
    """Return the families of this machine that print what our own can't, the best first."""
    present = sorted(set(machine().families()) - set(OWN))
    starts = [start for package in PACKAGES.values() for start in package]
    return tuple(name for start in starts for name in present if name.startswith(start) and "Display" not in name)


def _family_of(letter: str) -> str:
    """Return the first word of a letter's name: letters that are missing together have the same one."""
    return unicodedata.name(letter, "NONE").split()[0].split("-")[0]


def _here() -> set[str]:
    """Return the packages that this machine has."""
    of_cjk = [name for name in further() if name in PACKAGES[CJK]]
    found = {CJK} if of_cjk else set()
    return found | ({OTHERS} if len(further()) > len(of_cjk) else set())


def package_for(letter: str) -> str:
    """Return the package whose fonts print a letter, or "" where none does or where it is here already."""
    if unicodedata.category(letter) in {"Cn", "Co", "Cs", "So"}:
        return ""
    package = CJK if _family_of(letter) in _EAST_ASIAN else OTHERS
    return "" if package in _here() else package


def unprintable(problem: typst.TypstError) -> str:
    """Return the letters of which typst says that it has no font for them; "" where something else is wrong."""
    found = re.search(r'the text `"(.+?)"` could not be displayed', problem.message)
    if found is None:
        return ""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1])


def copied_wrongly(text: str) -> bool:
    """Return whether a text has letters that are copied from its PDF twice or in another order. typst shapes Arabic
    letters and their signs as one, and programs take that apart each in its own way (docs/decisions/0047)."""
    return any(_family_of(letter) == "ARABIC" for letter in set(text))


def relatives(letters: str, text: str) -> str:
    """Return the letters of a text that are missing if these are: those of the same script."""
    families = {_family_of(letter) for letter in letters}
    found = dict.fromkeys(letter for letter in text if ord(letter) > 127)
    return "".join(letter for letter in found if _family_of(letter) in families)
