"""Compile the message catalogues in `locale/` without gettext's own tools."""

from pathlib import Path

import polib


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the bytes of a .mo file for a catalogue. The same texts give the same bytes.

    Texts without a translation are left out.
    """
    return bytes(catalogue.to_binary())


def compile_stale(folder: Path) -> list[Path]:
    """Compile each .po file below a folder that has no .mo file or is newer than its .mo file.

    Returns the paths of the written .mo files.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = polib.pofile(str(source), wrapwidth=0, encoding="utf-8")
        # Replaced in one step: a process that starts meanwhile reads either the old file or the new one.
        temporary = target.with_suffix(".mo.new")
        temporary.write_bytes(compiled(catalogue))
        temporary.replace(target)
        written.append(target)
    return written
