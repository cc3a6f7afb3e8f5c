"""Mail servers on this machine, well and badly behaved."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aiosmtpd.controller import Controller

# Seconds between two bytes, and until something that should have come hangs.
PAUSE, PATIENCE = 0.02, 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Box:
    """Takes mail, and answers what it was told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.to_recipient: dict[str, str] = {}
        self.to_content: str = "250 taken"
        self.to_sender: str = ""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if not self.to_sender:
            envelope.mail_from = address
        return self.to_sender or "250 go on"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.to_recipient.get(address, "")
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 go on"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.to_content.startswith("250"):
            self.taken.append((list(envelope.rcpt_tos), envelope.original_content))
        return self.to_content


@contextmanager
def mail_server(settings: Any) -> Iterator[Box]:
    """Run a real SMTP server and point the outbox at it."""
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def bad_server(settings: Any, greeting: bytes = b"", after: threading.Event | None = None) -> Iterator[None]:
    """Run a server that says its greeting a byte at a time, for ever over again; an empty one never says anything.

    With `after` it says it once, its last bytes when that is set.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk(link: socket.socket) -> None:
        with link, suppress(OSError):
            while not over.is_set():
                for number in greeting[:-2] if after else greeting:
                    link.sendall(bytes([number]))
                    over.wait(PAUSE)
                if after and after.wait(PATIENCE):
                    return link.sendall(greeting[-2:])
                over.wait(PAUSE)
        return None

    def serve() -> None:
        while not over.is_set():
            try:
                link, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(link,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
    try:
        yield
    finally:
        over.set()
        # A listener that is only closed leaves its accept() waiting.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
