"""Compile the message catalogues in `locale/` without gettext's own tools."""

from pathlib import Path

import polib


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the bytes of a .mo file for a catalogue. The same texts give the same bytes.

    Texts without a translation are left out.
    """
    return bytes(catalogue.to_binary())


def compiled_file(source: Path) -> bytes:
    """Return the bytes of a .mo file for a .po file."""
    return compiled(polib.pofile(str(source), wrapwidth=0, encoding="utf-8"))


def is_stale(source: Path) -> bool:
    """Return whether the .mo file beside a .po file is missing or has other texts.

    Where there is no .po file, as in a wheel, a .mo file is enough. Times don't count: a copy of both has its own.
    """
    target = source.with_suffix(".mo")
    if not target.is_file():
        return True
    return source.is_file() and target.read_bytes() != compiled_file(source)


def compile_stale(folder: Path) -> list[Path]:
    """Compile each .po file below a folder whose .mo file is missing or has other texts.

    Returns the paths of the written .mo files. Raises OSError where they can't be written.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        if not is_stale(source):
            continue
        target = source.with_suffix(".mo")
        # Replaced in one step: a process that starts meanwhile reads either the old file or the new one.
        temporary = target.with_suffix(".mo.new")
        temporary.write_bytes(compiled_file(source))
        temporary.replace(target)
        written.append(target)
    return written
