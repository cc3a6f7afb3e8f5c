"""A clamd for tests: a Unix socket in a thread, which says what each test wants."""

import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path

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
        """Stop listening."""
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
