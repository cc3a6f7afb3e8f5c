"""The archive's file format: encrypted with a passphrase, written in one pass, readable at any position.

The file begins with a header: the format's version, the cost of deriving the key, and the key's salt. Then follow
pieces of 64 KiB, each encrypted with AES-GCM. The nonce of a piece is its number and a mark for the last piece. So
without the passphrase nobody can read, change, remove or move a piece. Each piece can be read without the earlier
ones, because ZIP files are read in that way.
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
# The exponent of scrypt's N: each guess at a passphrase takes 128 MiB and some tenths of a second.
COST, MOST_COST = 17, 20
PIECE, TAG, SALT = 64 * 1024, 16, 16
LEAST_PASSPHRASE = 12
_HEADER = len(MAGIC) + 2 + SALT
# A nonce that no piece has. An empty text is encrypted with it, to distinguish a wrong passphrase from a damaged
# file.
_CHECK = b"\xff" * 12


class ArchiveProblem(ValueError):
    """An archive can't be written or read. The exception's message says why and what to do."""


def damaged() -> ArchiveProblem:
    """Return the ArchiveProblem for a damaged file."""
    return ArchiveProblem(_("The archive is damaged. Copy it again from its source."))


def check_passphrase(passphrase: str) -> None:
    """Raise ArchiveProblem if a passphrase is too short to protect personal data."""
    if len(passphrase) < LEAST_PASSPHRASE:
        message = _(
            "The passphrase must have at least %(number)d characters because the archive holds personal data."
        )
        raise ArchiveProblem(message % {"number": LEAST_PASSPHRASE})


def _cipher(passphrase: str, header: bytes) -> AESGCM:
    cost = header[len(MAGIC) + 1]
    if cost > MOST_COST:
        raise damaged()
    return AESGCM(Scrypt(salt=header[-SALT:], length=32, n=2**cost, r=8, p=1).derive(passphrase.encode()))


def _number(position: int, *, last: bool) -> bytes:
    return position.to_bytes(11) + bytes([last])


class _Writer(io.RawIOBase):
    """A stream that encrypts the bytes written to it. It can't seek."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        self._header = MAGIC + bytes([FORMAT, COST]) + os.urandom(SALT)
        self._cipher = _cipher(passphrase, self._header)
        self._position = 0
        self._held = bytearray()
        file.write(self._header + self._cipher.encrypt(_CHECK, b"", self._header))

    def writable(self) -> bool:
        """Return True: the stream can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Add some bytes and return their number. Full pieces are written, unless a piece may be the last one."""
        self._held += data
        while len(self._held) > PIECE:
            self._out(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def _out(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_number(self._position, last=last), piece, self._header))
        self._position += 1

    def finish(self) -> None:
        """Write the last piece."""
        self._out(bytes(self._held), last=True)


class _Reader(io.RawIOBase):
    """A stream that decrypts an archive. It can seek."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        self._header = file.read(_HEADER)
        _check_header(self._header)
        self._cipher = _cipher(passphrase, self._header)
        try:
            self._cipher.decrypt(_CHECK, file.read(TAG), self._header)
        except (InvalidTag, ValueError):
            raise ArchiveProblem(_("This is not the passphrase of the archive.")) from None
        size = file.seek(0, os.SEEK_END) - _HEADER - TAG
        self._last = max(0, (size - 1) // (PIECE + TAG))
        self._held, self._at, self._position = b"", -1, 0
        # Read the last piece first: a file that was cut off doesn't have it.
        self._length = self._last * PIECE + len(self._piece(self._last))

    def readable(self) -> bool:
        """Return True: the stream can be read."""
        return True

    def seekable(self) -> bool:
        """Return True: the stream can seek."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Set the position and return it."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read bytes of one piece into `buffer` and return their number, 0 at the end of the archive.

        Raises ArchiveProblem if the piece is damaged.
        """
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
        raise ArchiveProblem(_("This file is not an archive of a summit."))
    version = header[len(MAGIC)]
    if version != FORMAT:
        message = _(
            "The archive has format %(found)d but this version reads %(known)d. Use the version that created it."
        )
        raise ArchiveProblem(message % {"found": version, "known": FORMAT})


@contextmanager
def writing(path: Path, passphrase: str) -> Iterator[BinaryIO]:
    """Yield a stream that encrypts the bytes written to it, and stores them in a file.

    The file appears at `path` only once it is complete, and only its owner may read it. Raises OSError. Raises
    ArchiveProblem if the path exists or the passphrase is too short.
    """
    check_passphrase(passphrase)
    if path.exists():
        raise ArchiveProblem(_("The file “%(name)s” already exists. Choose another name.") % {"name": path.name})
    with _appearing(path) as file:
        writer = _Writer(file, passphrase)
        yield writer  # type: ignore[misc]
        writer.finish()
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that appears at the path only once it is complete. Raises OSError.

    Until then the file has no name, if the file system supports that. So nothing is left if the process is killed.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    part = path.with_name(f"{path.name}.part")
    try:
        handle = _nameless(folder)
        has_name = handle is None
        if handle is None:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            if not has_name:
                os.link(f"/proc/self/fd/{file.fileno()}", path.name, src_dir_fd=folder, dst_dir_fd=folder)
        if has_name:
            part.rename(path)
    finally:
        os.close(folder)
        with suppress(FileNotFoundError):
            part.unlink()


def _nameless(folder: int) -> int | None:
    """Open a file without a name in a folder and return its descriptor, or None if the system has no such files."""
    try:
        return os.open(".", os.O_WRONLY | os.O_TMPFILE, 0o600, dir_fd=folder)
    except (AttributeError, OSError):
        return None


@contextmanager
def reading(path: Path, passphrase: str) -> Iterator[BinaryIO]:
    """Yield a stream of an archive's decrypted bytes.

    Raises ArchiveProblem if the file can't be read or the passphrase is wrong.
    """
    try:
        file = path.open("rb")
    except OSError as problem:
        message = _("The file “%(name)s” can’t be read: %(why)s.")
        raise ArchiveProblem(message % {"name": path.name, "why": problem.strerror}) from None
    with file:
        yield io.BufferedReader(_Reader(file, passphrase), PIECE)
