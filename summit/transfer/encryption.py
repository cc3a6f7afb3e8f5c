"""The file itself: encrypted as a whole with a passphrase, written in one go and read anywhere.

A header with the format's version, the cost of the key and its salt; then pieces of 64 KiB, each encrypted with
AES-GCM under a number that counts them and says of the last that it is the last. So nothing of it can be read,
changed, left out or put elsewhere without the passphrase, and a piece can be read without those before it, as ZIP
asks for.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

MAGIC = b"summit archive\n"
FORMAT = 1
# scrypt's N as a power of 2: 128 MiB and some tenths of a second for each guess at a passphrase.
COST, MOST_COST = 17, 20
PIECE, TAG, SALT = 64 * 1024, 16, 16
LEAST_PASSPHRASE = 12
_HEADER = len(MAGIC) + 2 + SALT
# The number of no piece: what it seals is nothing, and tells a wrong passphrase from a damaged file.
_CHECK = b"\xff" * 12


class ArchiveProblem(ValueError):
    """It can't be done; the text is a sentence that says why and what to do."""


def damaged() -> ArchiveProblem:
    """Return what is said of a file that is not as it was written."""
    return ArchiveProblem(_("The archive is damaged. Copy it once more from where it was made."))


def check_passphrase(passphrase: str) -> None:
    """Raise ArchiveProblem for a passphrase that is too short to keep what is personal."""
    if len(passphrase) < LEAST_PASSPHRASE:
        said = _("The passphrase needs %(number)d characters or more: the archive holds personal data.")
        raise ArchiveProblem(said % {"number": LEAST_PASSPHRASE})


def _cipher(passphrase: str, header: bytes) -> AESGCM:
    cost = header[len(MAGIC) + 1]
    if cost > MOST_COST:
        raise damaged()
    return AESGCM(Scrypt(salt=header[-SALT:], length=32, n=2**cost, r=8, p=1).derive(passphrase.encode()))


def _number(position: int, *, last: bool) -> bytes:
    return position.to_bytes(11) + bytes([last])


class _Writer(io.RawIOBase):
    """Encrypts what is written; not to be sought in."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        self._header = MAGIC + bytes([FORMAT, COST]) + os.urandom(SALT)
        self._cipher = _cipher(passphrase, self._header)
        self._position = 0
        self._held = bytearray()
        file.write(self._header + self._cipher.encrypt(_CHECK, b"", self._header))

    def writable(self) -> bool:
        """Say that it is written to."""
        return True

    def write(self, data: Any) -> int:
        """Take some bytes; whole pieces go out, but for the last, which may be the end."""
        self._held += data
        while len(self._held) > PIECE:
            self._out(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def _out(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_number(self._position, last=last), piece, self._header))
        self._position += 1

    def finish(self) -> None:
        """Write the end."""
        self._out(bytes(self._held), last=True)


class _Reader(io.RawIOBase):
    """Decrypts what is read."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        self._header = file.read(_HEADER)
        _check_header(self._header)
        self._cipher = _cipher(passphrase, self._header)
        try:
            self._cipher.decrypt(_CHECK, file.read(TAG), self._header)
        except (InvalidTag, ValueError):
            raise ArchiveProblem(_("The passphrase is another one than that of the archive.")) from None
        size = file.seek(0, os.SEEK_END) - _HEADER - TAG
        self._last = max(0, (size - 1) // (PIECE + TAG))
        self._held, self._at, self._position = b"", -1, 0
        # The end first: a file that was cut off has another one.
        self._length = self._last * PIECE + len(self._piece(self._last))

    def readable(self) -> bool:
        """Say that it is read."""
        return True

    def seekable(self) -> bool:
        """Say that any part of it is read."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read from one piece. Raises ArchiveProblem where it isn't as it was written."""
        if self._position >= self._length:
            return 0
        index, offset = divmod(self._position, PIECE)
        part = self._piece(index)[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _piece(self, index: int) -> bytes:
        if index != self._at:
            self._file.seek(_HEADER + TAG + index * (PIECE + TAG))
            number = _number(index, last=index == self._last)
            try:
                self._held = self._cipher.decrypt(number, self._file.read(PIECE + TAG), self._header)
            except (InvalidTag, ValueError):
                raise damaged() from None
            self._at = index
        return self._held


def _check_header(header: bytes) -> None:
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise ArchiveProblem(_("This file is no archive of a summit."))
    found = header[len(MAGIC)]
    if found != FORMAT:
        said = _("The archive has format %(found)d, and this release reads %(known)d. Use the release that made it.")
        raise ArchiveProblem(said % {"found": found, "known": FORMAT})


@contextmanager
def writing(path: Path, passphrase: str) -> Iterator[BinaryIO]:
    """Give a file to write to, which stands at the path once all is written, and only then. Nobody but its owner may
    read it. Raises ArchiveProblem for a path that is taken, and OSError."""
    check_passphrase(passphrase)
    if path.exists():
        raise ArchiveProblem(_("There is a file “%(name)s” already. Give another name.") % {"name": path.name})
    with _appearing(path) as file:
        writer = _Writer(file, passphrase)
        yield writer  # type: ignore[misc]
        writer.finish()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """Give a file that stands at a path once all is written. Until then it has no name, where the file system knows
    such files: nothing is left of it where the process is killed. Raises OSError."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    part = path.with_name(f"{path.name}.part")
    try:
        handle = _nameless(folder)
        named = handle is None
        if handle is None:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            if not named:
                os.link(f"/proc/self/fd/{file.fileno()}", path.name, src_dir_fd=folder, dst_dir_fd=folder)
        if named:
            part.rename(path)
    finally:
        os.close(folder)
        with suppress(FileNotFoundError):
            part.unlink()


def _nameless(folder: int) -> int | None:
    """Open a file without a name in a folder; None where the file system has none."""
    try:
        return os.open(".", os.O_WRONLY | os.O_TMPFILE, 0o600, dir_fd=folder)
    except (AttributeError, OSError):
        return None


@contextmanager
def reading(path: Path, passphrase: str) -> Iterator[BinaryIO]:
    """Give an archive to read from. Raises ArchiveProblem."""
    try:
        file = path.open("rb")
    except OSError as problem:
        said = _("The file “%(name)s” can’t be read: %(why)s.")
        raise ArchiveProblem(said % {"name": path.name, "why": problem.strerror}) from None
    with file:
        yield io.BufferedReader(_Reader(file, passphrase), PIECE)
