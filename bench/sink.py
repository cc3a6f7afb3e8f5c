"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m bench.sink PORT`."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Says yes."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail and forget it."""
        return "250 taken"


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run the sink and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)])
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the mail server does not answer")


if __name__ == "__main__":
    Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    threading.Event().wait()
