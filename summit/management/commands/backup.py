"""`manage.py backup`: writes a backup of the installation, or checks one."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from summit.core.file_sizes import megabytes
from summit.maintenance.backups import backup, keys
from summit.maintenance.backups.archive import Manifest
from summit.maintenance.backups.problems import BackupProblem, Refused


class Command(BaseCommand):
    """Writes the database, with the files in it, to one file with a checksum, while people work."""

    help = (
        "Writes a backup of the whole installation into a folder while people work, or to standard output where the "
        "folder is “-”. Keys are not in it, only their fingerprints. Exits with 0 if the backup is whole, with 1 if "
        "it failed, and with 2 if something has to be done first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder, and the options for older backups and for checking one."""
        parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="where it is written, or “-”")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="delete older backups in the folder, but for N in all"
        )
        parser.add_argument("--verify", type=Path, metavar="FILE", help="check a backup, and restore nothing")
        parser.add_argument("--keys", action="store_true", help="print the fingerprints of the keys that are set")

    def handle(
        self, *args: Any, folder: Path | None, keep: int | None, verify: Path | None, keys: bool, **options: Any
    ) -> None:
        """Make or check a backup. Raises CommandError for what went wrong, and for options that don't fit."""
        if [folder is not None, verify is not None, keys].count(True) != 1:
            raise CommandError("Name a folder, or use --verify FILE, or --keys.", returncode=2)
        if keep is not None and (keep < 1 or str(folder) == "-" or folder is None):
            raise CommandError("--keep takes 1 or more, with a folder.", returncode=2)
        try:
            if keys:
                self._keys()
            elif verify:
                self.stdout.write(f"{verify} is whole. {_about(backup.verify(verify))}")
            elif str(folder) == "-":
                self._to_output()
            elif folder:
                self._to_folder(folder, keep)
        except BackupProblem as problem:
            raise CommandError(str(problem), returncode=2 if isinstance(problem, Refused) else 1) from None

    def _keys(self) -> None:
        for name, found in keys.fingerprints().items():
            self.stdout.write(f"{name}: {', '.join(found) or 'none'}")

    def _to_folder(self, folder: Path, keep: int | None) -> None:
        begun = time.monotonic()
        path, manifest = backup.make(folder, keep=keep)
        seconds, size = time.monotonic() - begun, megabytes(path.stat().st_size)
        self.stdout.write(f"{path}: {size} MB in {seconds:.1f} s. {_about(manifest)}")

    def _to_output(self) -> None:
        if sys.stdout.isatty():
            raise Refused("A terminal can't take a backup. Pipe it on, such as to age or gpg, or name a folder.")
        with tempfile.TemporaryDirectory(prefix="summit-") as folder:
            try:
                manifest = backup.write(sys.stdout.buffer, Path(folder))
                sys.stdout.buffer.flush()
                backup.record()
            except OSError as problem:
                raise BackupProblem(f"The backup can't be written: {problem.strerror}.") from problem
        self.stderr.write(_about(manifest), self.style.SUCCESS)


def _about(manifest: Manifest) -> str:
    """Return what a backup holds, in a line."""
    rows = manifest.contents.rows
    audit = manifest.contents.audit_end or "nothing is chained yet"
    return (
        f"Summit {manifest.version} on {manifest.vendor}, {manifest.made_at[:19]} UTC: {sum(rows.values())} rows in "
        f"{len(rows)} tables. End of the audit: {audit}"
    )
