"""The client of clamd: what it sends, and what it makes of each answer."""

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from summit.uploads import clamd

pytestmark = pytest.mark.loopback
CLEAN = b"stream: OK\0"
FOUND = b"stream: Test.Virus FOUND\0"
TOO_LARGE = b"INSTREAM size limit exceeded. ERROR\0"


class FakeClamd:
    """Answers each connection with `answer`. `received` are the bytes of each file, and `most` its size limit."""

    def __init__(self, folder: Path, answer: bytes = CLEAN, *, most: int = 1 << 30) -> None:
        self.answer, self.most = answer, most
        self.received: list[bytes] = []
        path = folder / "clamd.ctl"
        self.url = f"unix:{path}"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            # A client that has gone is no error of the daemon.
            with suppress(OSError, struct.error), connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                    if len(content) > self.most:
                        break
                self.received.append(content)
                connection.sendall(TOO_LARGE if len(content) > self.most else self.answer)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeClamd]:
    made = FakeClamd(tmp_path)
    yield made
    made.close()


def scan(daemon: FakeClamd, content: bytes = b"words", seconds: float = 20) -> str:
    return clamd.scan(content, url=daemon.url, seconds=seconds)


def test_a_file_arrives_whole(daemon: FakeClamd) -> None:
    contents = [b"", b"x", os.urandom(clamd.PIECE * 3 + 1)]
    assert [scan(daemon, content) for content in contents] == [""] * 3
    assert daemon.received == contents


ANSWERS: dict[bytes, Any] = {
    CLEAN: "",
    FOUND: "Test.Virus",
    b"stream: Win.Test.EICAR_HDB-1 FOUND\0": "Win.Test.EICAR_HDB-1",
    b"INSTREAM size limit exceeded. ERROR\0": clamd.TooLarge,
    b"stream: Can't allocate memory ERROR\0": clamd.NoResult,
    b"stream: OK but\0": clamd.NoResult,
    b"\xff\xfe": clamd.NoResult,
    b"": clamd.NoResult,
    b"x" * 10_000: clamd.NoResult,
}


def test_each_answer_has_its_meaning(daemon: FakeClamd) -> None:
    for daemon.answer, meant in ANSWERS.items():
        if isinstance(meant, str):
            assert scan(daemon) == meant
        else:
            with pytest.raises(meant):
                scan(daemon)
    # A file that clamd cuts off is too large.
    daemon.most = 1000
    with pytest.raises(clamd.TooLarge):
        scan(daemon, bytes(20 * 1024 * 1024))


def test_nobody_at_the_address_is_another_case_than_no_answer(tmp_path: Path, daemon: FakeClamd) -> None:
    with pytest.raises(clamd.Unreachable):
        clamd.scan(b"words", url=f"unix:{tmp_path}/none", seconds=5)
    with pytest.raises(clamd.Unreachable):
        clamd.scan(b"words", url="tcp://127.0.0.1:1", seconds=5)


def test_clamd_may_take_a_limited_time(daemon: FakeClamd, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 2.0, *[99.0] * 9])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with pytest.raises(clamd.NoResult, match="too long"):
        scan(daemon, seconds=10)


def test_addresses() -> None:
    for url in ("", "/run/clamav/clamd.ctl", "http://host:3310", "unix:", "tcp://", "tcp://host:x"):
        with pytest.raises(ImproperlyConfigured):
            clamd.address_of(url)
    assert clamd.address_of("unix:/run/clamav/clamd.ctl") == "/run/clamav/clamd.ctl"
    assert clamd.address_of("tcp://scanner") == ("scanner", 3310)
    assert clamd.address_of("tcp://[::1]:9") == ("::1", 9)
