"""Checks of the disk, of the static files and of the compiled translations."""

import filecmp
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from summit.core.file_sizes import megabytes
from summit.maintenance.doctor.findings import Finding, fail, ok, warn

# Bytes that must be free: below the first nothing can be relied on.
FEW, SCARCE = 100 * 1024 * 1024, 1024 * 1024 * 1024


def has_room() -> list[Finding]:
    """There is room where the system writes."""
    places = {"VAR_DIR": Path(settings.VAR_DIR), "temporary files": Path(tempfile.gettempdir())}
    return [_room(path, name) for name, path in places.items()]


def _room(path: Path, name: str) -> Finding:
    free = shutil.disk_usage(path).free
    text = f"{name} ({path}): {megabytes(free)} MB free"
    if free < FEW:
        return fail(text, "Make room now.")
    return warn(text, "Make room.") if free < SCARCE else ok(text)


def are_collected() -> list[Finding]:
    """What `collectstatic` has written is of this version."""
    root = Path(settings.STATIC_ROOT)
    files = {name: storage.path(name) for finder in finders.get_finders() for name, storage in finder.list([])}
    stale = [name for name, source in files.items() if not _same(Path(source), root / name)]
    manifest = (root / "staticfiles.json").is_file()
    if stale or not manifest:
        number = (
            f"{len(stale)} of {len(files)} are missing or of another version" if stale else "they have no manifest"
        )
        finding = fail if settings.PRODUCTION else warn
        return [finding(f"{number} in {root}", "Run manage.py collectstatic --no-input.")]
    return [ok(f"{len(files)} are collected, of this version")]


def _same(source: Path, collected: Path) -> bool:
    return collected.is_file() and filecmp.cmp(source, collected, shallow=False)


def are_compiled() -> list[Finding]:
    """The texts in other languages are compiled, from those of this version."""
    folder = settings.LOCALE_PATHS[0]
    languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    texts = {code: Path(folder) / code / "LC_MESSAGES" / "django" for code in languages}
    stale = [code for code, path in texts.items() if _is_stale(path.with_suffix(".po"), path.with_suffix(".mo"))]
    if stale:
        return [fail(f"missing or old: {', '.join(stale)}", "Run manage.py compile_catalogues, and start all anew.")]
    return [ok(f"compiled: {', '.join(languages)}")]


def _is_stale(source: Path, target: Path) -> bool:
    """Return whether a compiled catalogue is missing, or older than its source where that is there."""
    return not target.is_file() or (source.is_file() and source.stat().st_mtime > target.stat().st_mtime)
