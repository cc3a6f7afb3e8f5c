"""Restore a backup into an empty installation, where it is a copy that sends nothing."""

from dataclasses import dataclass, replace
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from summit.maintenance.backups import archive, keys
from summit.maintenance.backups.archive import Contents, Manifest
from summit.maintenance.backups.backup import database, verify
from summit.maintenance.backups.contents import INSTALLATION
from summit.maintenance.backups.problems import BackupProblem, Refused


@dataclass(frozen=True)
class Restored:
    """What was restored: the backup's manifest, and how many migrations have to be applied to it by this version."""

    manifest: Manifest
    migrations: int


def restore(path: Path, *, without_keys: bool = False) -> Restored:
    """Restore a backup into the empty database of this installation.

    Everything is checked before the database is touched: the file, its keys, its release, and that the database is
    empty. `without_keys` restores although keys are missing: what they encrypt can't be read. Raises Refused for what
    has to be done first, and BackupProblem if the backup is damaged or can't be read in. Then the database is empty.
    """
    manifest = verify(path)
    _check_database(manifest)
    if not without_keys:
        _check_keys(manifest)
    waiting = _check_release(manifest)
    vendor = database(manifest.vendor)
    vendor.check_empty()
    with archive.opened(path) as (whole, same):
        found = vendor.load(archive.chunks(whole, same))
    if _without_mark(found) != _without_mark(manifest.contents):
        raise BackupProblem("What was restored isn't what the backup names. Drop the database, take another file.")
    return Restored(manifest, waiting)


def _without_mark(found: Contents) -> Contents:
    """Return what a database holds without the row that says where it stood, which restoring may add."""
    return replace(found, rows={**found.rows, INSTALLATION: 0})


def _check_database(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise Refused(
            f"The backup is of {manifest.vendor}, and the database of this installation is {connection.vendor}. "
            "Set DATABASE_URL, or move each summit by export_summit and import_summit."
        )
    here = database(manifest.vendor).server()
    if manifest.vendor == "postgresql" and here // 10000 < manifest.server // 10000:
        raise Refused(
            f"The backup is of PostgreSQL {manifest.server // 10000}, and this server is {here // 10000}. "
            "Use a server of that version or later."
        )


def _check_keys(manifest: Manifest) -> None:
    missing = keys.missing(manifest.keys)
    if missing:
        lines = "\n".join(f"- {line}" for line in missing)
        raise Refused(
            "Keys that the backup was made with are missing here. Take them from where you keep them, and add to the "
            f"settings (`manage.py backup --keys` prints the fingerprints of those that are set):\n{lines}\n"
            "Where a key is lost, --without-keys restores what needs none."
        )


def _check_release(manifest: Manifest) -> int:
    """Return how many migrations of this version the backup doesn't have. Raises Refused if it has others."""
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    has = {(app, name) for app, names in manifest.contents.migrations.items() for name in names}
    if has - known:
        raise Refused(f"The backup is of a later version, {manifest.version}. Install that version first.")
    return len(known - has)
