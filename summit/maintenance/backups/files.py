"""Files that have a temporary name until they are whole."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PREFIX, UNFINISHED = "summit-", ".part"


@contextmanager
def unfinished(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Give a new file with a temporary name, locked while it is written. The name is gone afterwards."""
    number, name = tempfile.mkstemp(prefix=f".{PREFIX}", suffix=UNFINISHED, dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Delete what killed backups have left in a folder: files with a temporary name that nobody writes."""
    for path in folder.glob(f".{PREFIX}*{UNFINISHED}"):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
