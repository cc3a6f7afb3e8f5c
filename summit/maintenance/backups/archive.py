"""The file of a backup: a ZIP archive with a dump of the database and a manifest.

A dump is what PostgreSQL's or SQLite's own programs read, so that it can be restored without this project:
`unzip -p FILE database.dump | pg_restore ...`.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from summit.maintenance.backups.keys import Fingerprints
from summit.maintenance.backups.problems import BackupProblem

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
# Bytes that are read at once.
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Contents:
    """What the database holds: the names of its migrations by app, its rows by table, and the end of the audit.

    `audit_end` is what `manage.py verify_audit` prints: "digest:length", or "" if nothing is chained yet.
    """

    migrations: dict[str, list[str]]
    rows: dict[str, int]
    audit_end: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    `made_at` is an ISO 8601 time by the database's clock. `vendor` is "postgresql" or "sqlite", `server` the version
    of the database as a number, and `version` the release of this project. `sha256` and `size` (bytes) are those of
    the dump.
    """

    made_at: str
    version: str
    vendor: str
    server: int
    keys: Fingerprints
    contents: Contents
    sha256: str
    size: int
    format: int = FORMAT


@dataclass(frozen=True)
class Digest:
    """The SHA-256 and the size in bytes of what was written."""

    sha256: str
    size: int


def write(
    target: IO[bytes], chunks: Iterable[bytes], describe: Callable[[Digest], Manifest], *, compress: bool
) -> Manifest:
    """Write an archive with the dump and with the manifest that `describe` returns. Return the manifest.

    `compress` is for a dump that isn't compressed itself. `target` needs no seeking: it may be a pipe.
    """
    found, size = hashlib.sha256(), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        with archive.open(DUMP, "w", force_zip64=True) as dump:
            for chunk in chunks:
                dump.write(chunk)
                found.update(chunk)
                size += len(chunk)
        manifest = describe(Digest(found.hexdigest(), size))
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n")
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Give the archive of a backup and its manifest. Raises BackupProblem for a file that isn't a whole backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(json.loads(archive.read(MANIFEST)))
    except OSError as problem:
        raise BackupProblem(f"{path} can't be read: {problem.strerror or problem}.") from problem
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as problem:
        raise BackupProblem(f"{path} is not a whole backup of Summit. Take another file.") from problem


def _manifest(values: dict[str, Any]) -> Manifest:
    if values["format"] != FORMAT:
        raise BackupProblem(
            f"The backup has the format {values['format']}, and this version reads {FORMAT}. "
            f"Use the version that made it: {values['version']}."
        )
    return Manifest(**{**values, "contents": Contents(**values["contents"])})


def chunks(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[bytes]:
    """Yield the bytes of the dump. Raises BackupProblem after the last one if they aren't those that were written."""
    found, size = hashlib.sha256(), 0
    try:
        with archive.open(DUMP) as dump:
            while chunk := dump.read(CHUNK):
                found.update(chunk)
                size += len(chunk)
                yield chunk
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as problem:
        raise BackupProblem("The backup is damaged: it can't be read to its end. Take another file.") from problem
    if (found.hexdigest(), size) != (manifest.sha256, manifest.size):
        raise BackupProblem("The backup is damaged: its checksum differs. Take another file.")
