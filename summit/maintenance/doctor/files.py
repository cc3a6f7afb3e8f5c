"""Checks of the disk, of the static files and of the compiled translations."""

import filecmp
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from summit.core.catalogues import is_stale
from summit.core.file_sizes import megabytes
from summit.core.static_files import ReleaseStaticFilesStorage
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
    """What the pages of this release name among the static files is there. Other releases' files may be beside it."""
    root, storage = Path(settings.STATIC_ROOT), ReleaseStaticFilesStorage()
    files = {name: there.path(name) for finder in finders.get_finders() for name, there in finder.list([])}
    named = {name: storage.hashed_files.get(storage.hash_key(name)) for name in files}
    stale = {name for name, found in named.items() if not (found and storage.exists(found))}
    # Those under names without a digest are of the release that has collected last.
    manifests = sorted(root.glob("staticfiles-*.json"), key=lambda path: path.stat().st_mtime)
    if manifests and manifests[-1].name == storage.manifest_name:
        stale |= {name for name, source in files.items() if not _same(Path(source), root / name)}
    if stale:
        finding = fail if settings.PRODUCTION else warn
        text = f"{len(stale)} of {len(files)} are missing or of another version in {root}"
        return [finding(text, "Run manage.py collectstatic --no-input.")]
    return [ok(f"{len(files)} are collected, of this version")]


def _same(source: Path, collected: Path) -> bool:
    return collected.is_file() and filecmp.cmp(source, collected, shallow=False)


def are_compiled() -> list[Finding]:
    """The texts in other languages are compiled, from those of this version."""
    folder = settings.LOCALE_PATHS[0]
    languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    stale = [code for code in languages if is_stale(Path(folder) / code / "LC_MESSAGES" / "django.po")]
    if stale:
        return [fail(f"missing or old: {', '.join(stale)}", "Run manage.py compile_catalogues, and start all anew.")]
    return [ok(f"compiled: {', '.join(languages)}")]
