"""Compiles the catalogues of `locale/`, where gettext is not installed."""

from pathlib import Path

import polib


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the bytes of a .mo file: the same for the same texts. What isn't translated isn't in it."""
    return bytes(catalogue.to_binary())


def compile_stale(folder: Path) -> list[Path]:
    """Compile each .po file below a folder that is newer than its .mo file, or has none. Return what was written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = polib.pofile(str(source), wrapwidth=0, encoding="utf-8")
        # Whole at once: a process that starts meanwhile reads the old texts or the new ones.
        fresh = target.with_suffix(".mo.new")
        fresh.write_bytes(compiled(catalogue))
        fresh.replace(target)
        written.append(target)
    return written
