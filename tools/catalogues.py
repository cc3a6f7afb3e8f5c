"""`make messages`: brings locale/ in line with the source, and compiles it.

A catalogue keeps its translations where they stand. What the source no longer says goes; what is new comes in empty,
behind the text that precedes it in the source; nothing is guessed but the spaces of French marks. No places, no dates
and no wrapping: two people who add texts rarely meet in one line.

What isn't translated is marked, and is shown in English until somebody who writes the language has translated it.
`--check` lists it; a release is refused (tools/release.py).
"""

import re
import sys
from pathlib import Path

import polib

from summit.core.catalogues import compiled
from tools.msgids import ROOT, Msgid, extract

LANGUAGES = ("fr", "ar")
# The comment of an entry that isn't translated. tools/release.py finds it as text.
MARK = "To be translated."
PERCENT = re.compile(r"%\(\w+\)[sd]")
BRACE = re.compile(r"\{\w*\}")
Key = tuple[str | None, str]
# In French a space that breaks no line stands before these marks and inside quotes, a narrow one before the high.
SPACES = (
    (re.compile("[ \u202f]:"), "\u00a0:"),
    (re.compile("[ \u00a0](?=[;?!])"), "\u202f"),
    (re.compile("[ \u202f]»"), "\u00a0»"),
    (re.compile("«[ \u202f]"), "«\u00a0"),
)


def path_of(language: str, root: Path = ROOT) -> Path:
    """Return where a language's texts are."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str, root: Path = ROOT) -> polib.POFile:
    """Return a language's catalogue."""
    return polib.pofile(str(path_of(language, root)), wrapwidth=0, encoding="utf-8")


def plural_forms(catalogue: polib.POFile) -> int:
    """Return how many forms a noun has beside a number in the catalogue's language."""
    match = re.match(r"nplurals=(\d+);", catalogue.metadata["Plural-Forms"])
    if match is None:
        raise ValueError("the catalogue doesn't say how many plural forms there are")
    return int(match.group(1))


def _flags(msgid: Msgid) -> list[str]:
    if PERCENT.search(msgid.text + (msgid.plural or "")):
        return ["python-format"]
    return ["python-brace-format"] if BRACE.search(msgid.text) else []


def _entry(msgid: Msgid, known: polib.POEntry | None, forms: int) -> polib.POEntry:
    """Return the entry of a text, with what is translated of it."""
    entry = polib.POEntry(
        msgid=msgid.text,
        msgctxt=msgid.context,
        msgid_plural=msgid.plural or "",
        flags=[*_flags(msgid), *(["fuzzy"] if known and known.fuzzy else [])],
    )
    if msgid.plural is None:
        entry.msgstr = known.msgstr if known else ""
    else:
        said = known.msgstr_plural if known else {}
        entry.msgstr_plural = {form: said.get(form, "") for form in range(forms)}
    comment = known.tcomment.replace(MARK, "").strip() if known else ""
    entry.tcomment = comment if is_translated(entry) else f"{comment}\n{MARK}".strip()
    return entry


def is_translated(entry: polib.POEntry) -> bool:
    """Return whether each form of a text is translated, none of them by a guess."""
    said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return not entry.fuzzy and all(text.strip() for text in said)


def merge(catalogue: polib.POFile, msgids: list[Msgid]) -> polib.POFile:
    """Return a catalogue of exactly these texts, with the translations that the given one has."""
    forms = plural_forms(catalogue)
    wanted: dict[Key, Msgid] = {(msgid.context, msgid.text): msgid for msgid in msgids}
    known: dict[Key, polib.POEntry] = {
        (entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete
    }
    order = [key for key in known if key in wanted]
    placed = set(order)
    before: Key | None = None
    for key in wanted:
        if key not in placed:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    merged = polib.POFile(wrapwidth=0, encoding="utf-8")
    merged.header, merged.metadata = catalogue.header, catalogue.metadata
    merged.extend(_entry(wanted[key], known.get(key), forms) for key in order)
    return merged


def spaced(text: str) -> str:
    """Return a French text with spaces at which no line is broken where they belong."""
    for pattern, right in SPACES:
        text = pattern.sub(right, text)
    return text


def space(catalogue: polib.POFile) -> None:
    """Put such spaces into a French catalogue."""
    for entry in catalogue:
        entry.msgstr = spaced(entry.msgstr)
        entry.msgstr_plural = {form: spaced(said) for form, said in entry.msgstr_plural.items()}


def text_of(catalogue: polib.POFile) -> str:
    """Return the bytes of a .po file as text."""
    return f"{catalogue}".rstrip("\n") + "\n"


def check() -> None:
    """List the texts that aren't translated, as a warning."""
    for language in LANGUAGES:
        left = [entry.msgid for entry in read(language) if not is_translated(entry)]
        if left:
            print(f"Warning: {len(left)} texts of locale/{language} are to be translated before a release:")
            print(*(f"  {text}" for text in left), sep="\n")


def main() -> None:
    """Write every catalogue anew, and say how many of its texts are still to be translated."""
    if "--check" in sys.argv[1:]:
        check()
        return
    msgids = extract()
    for language in LANGUAGES:
        catalogue = merge(read(language), msgids)
        if language == "fr":
            space(catalogue)
        path_of(language).write_text(text_of(catalogue), encoding="utf-8")
        path_of(language).with_suffix(".mo").write_bytes(compiled(catalogue))
        left = sum(not is_translated(entry) for entry in catalogue)
        print(f"{language}: {len(catalogue)} texts, {left} to be translated")


if __name__ == "__main__":
    main()
