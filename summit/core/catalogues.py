"""Compile the message catalogues in `locale/` without gettext's own tools."""

from pathlib import Path

import polib


def compiled(catalogue: polib.POFile) -> bytes:
    """Return a catalogue compiled to the bytes of a .mo file, the same bytes for the same texts.

    Texts without a translation are left out.
    """
    return bytes(catalogue.to_binary())


def compile_stale(folder: Path) -> list[Path]:
    """Compile each .po file below a folder that is newer than its .mo file or has none.

    Returns the paths of the .mo files that were written.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = polib.pofile(str(source), wrapwidth=0, encoding="utf-8")
        # Replaced in one step: a process that starts meanwhile reads either the old file or the new one.
        fresh = target.with_suffix(".mo.new")
        fresh.write_bytes(compiled(catalogue))
        fresh.replace(target)
        written.append(target)
    return written
