"""The wire, against real servers on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F
from django.db.models.functions import Now

from summit.outbox import delivery, html_part, response_policy, smtp_connection
from summit.outbox import send_timeout as module
from summit.outbox.models import Message, MessageState
from summit.outbox.send_timeout import Watch
from tests.factories import MessageFactory
from tests.processes import wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.loopback]


def states() -> list[str]:
    return list(Message.objects.order_by("id").values_list("state", flat=True))


def waits(message: Message) -> float:
    """Seconds between the present and the next attempt, rounded."""
    row = Message.objects.annotate(wait=F("next_attempt_at") - Now()).get(pk=message.pk)
    return float(round(row.wait.total_seconds()))


def test_mail_arrives_as_it_was_rendered(settings: Any) -> None:
    rows = MessageFactory.create_batch(3, rendered=b"Subject: one\r\nX: y\r\n\r\nline\r\n.dot\r\n")
    with mail_server(settings) as box:
        assert delivery.deliver([row.pk for row in rows]) == 3
    assert box.taken == [([row.address], html_part.with_html(row)) for row in rows]
    assert all(b"\r\nline\r\n.dot\r\n" in content for _to, content in box.taken)
    assert states() == ["sent"] * 3
    assert Message.objects.filter(sent_at__isnull=False, lease_until=None, problem="").count() == 3


ANSWERS = [
    ("recipient", "550 no such mailbox", "failed"),
    ("recipient", "451 greylisted", "pending"),
    ("content", "554 looks like spam", "failed"),
    ("content", "452 disk full", "pending"),
    ("sender", "553 who are you", "pending"),
    ("sender", "450 busy", "pending"),
]


@pytest.mark.parametrize(("where", "answer", "state"), ANSWERS)
def test_what_a_server_answers_decides(settings: Any, where: str, answer: str, state: str) -> None:
    bad, good = MessageFactory(), MessageFactory()
    with mail_server(settings) as box:
        if where == "recipient":
            box.to_recipient[bad.address] = answer
        elif where == "content":
            box.to_content = answer
        else:
            box.to_sender = answer
        delivery.deliver([bad.pk, good.pk])
    bad.refresh_from_db()
    assert (bad.state, bad.problem, bad.attempts, bad.lease_until) == (state, answer, 1, None)
    if state == "pending":
        assert waits(bad) == 5
    if where == "recipient":
        assert [to for to, _content in box.taken] == [[good.address]]


def test_what_may_have_arrived_is_tried_after_minutes_and_a_few_times(settings: Any) -> None:
    row = MessageFactory()
    with mail_server(settings) as box:
        box.to_content = ""
        for attempt, wait in enumerate((300, 1800, 7200), start=1):
            delivery.deliver([row.pk])
            row.refresh_from_db()
            assert (row.state, row.problem, waits(row)) == ("pending", f"@perhaps:{attempt}", wait)
            Message.objects.update(next_attempt_at=Now())
        delivery.deliver([row.pk])
        row.refresh_from_db()
        assert (row.state, row.problem) == ("failed", "@perhaps:4")
        # A server that answers has said that it took nothing.
        other, box.to_content = MessageFactory(problem="@perhaps:2"), "452 disk full"
        delivery.deliver([other.pk])
        assert waits(other) == 5


def test_no_server_is_not_the_end(settings: Any) -> None:
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    row = MessageFactory()
    assert delivery.deliver([row.pk]) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, waits(row)) == ("pending", 1, 5)
    assert row.problem.startswith("ConnectionRefusedError")


def watched(monkeypatch: pytest.MonkeyPatch, *, cuts: bool) -> threading.Event:
    """Return what is set when the watch cuts a connection; without `cuts` nothing is cut then."""
    called, cut = threading.Event(), smtp_connection.CuttableBackend.cut

    def noted(backend: smtp_connection.CuttableBackend) -> None:
        called.set()
        if cuts:
            cut(backend)

    monkeypatch.setattr(smtp_connection.CuttableBackend, "cut", noted)
    return called


@pytest.mark.parametrize("greeting", [b"", b"220-more to come "], ids=["hangs", "drips"])
def test_the_whole_send_has_a_deadline(settings: Any, monkeypatch: pytest.MonkeyPatch, greeting: bytes) -> None:
    # A timeout of each read would never end it.
    settings.OUTBOX_SEND_DEADLINE, settings.EMAIL_TIMEOUT = 0.1, PATIENCE
    called, row = watched(monkeypatch, cuts=True), MessageFactory()
    with bad_server(settings, greeting):
        assert delivery.deliver([row.pk]) == 0
    row.refresh_from_db()
    assert (called.is_set(), row.state, waits(row)) == (True, MessageState.PENDING, 5)
    # Or, on a busy machine, before it was open.
    assert row.problem.startswith(("SMTPServerDisconnected", "TimeoutError"))


def test_what_is_cut_before_it_is_open_is_left() -> None:
    backend = smtp_connection.CuttableBackend(host="127.0.0.1", port=1)
    for cut in (True, False):
        ours, theirs = socket.socketpair()
        with theirs:
            if cut:
                backend.cut()
            with pytest.raises(TimeoutError) if cut else nullcontext():
                backend.hold(ours)
            # The next message has a connection of its own.
            backend.drop()
            assert (ours.fileno(), backend.handle) == (-1, None)


def test_control_without_the_cut_the_answer_is_waited_for(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_SEND_DEADLINE, settings.EMAIL_TIMEOUT = 0.1, PATIENCE
    called, row = watched(monkeypatch, cuts=False), MessageFactory()
    # The end of the line comes after the deadline, and is waited for.
    with bad_server(settings, b"554 no\r\n", after=called):
        delivery.deliver([row.pk])
    row.refresh_from_db()
    assert (row.state, row.problem) == (MessageState.PENDING, "554 no")


def test_what_the_lease_no_longer_covers_is_given_back(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(delivery, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def slow(wire: smtp_connection.MailConnection, message: Message) -> None:
        now[0] += settings.OUTBOX_LEASE - settings.OUTBOX_SEND_DEADLINE + 1
        raise response_policy.NotNow("451 slow")

    monkeypatch.setattr(smtp_connection.MailConnection, "send", slow)
    rows = MessageFactory.create_batch(3)
    delivery.deliver([row.pk for row in rows])
    # What was left of the lease after the first did not cover a second send.
    found = Message.objects.order_by("id").values_list("attempts", "state")
    assert list(found) == [(1, "pending"), (0, "pending"), (0, "pending")]
    assert set(Message.objects.due().values_list("pk", flat=True)) == {rows[1].pk, rows[2].pk}


def test_an_address_that_is_none_fails_alone(settings: Any) -> None:
    bad, good = MessageFactory(address="a@b.example, c@d.example"), MessageFactory()
    with mail_server(settings) as box:
        assert delivery.deliver([bad.pk, good.pk]) == 1
    bad.refresh_from_db()
    assert (bad.state, len(box.taken)) == ("failed", 1)
    assert bad.problem.startswith("ValueError")


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
        if not self.to_content:
            server.transport.abort()
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


# --- the watch ------------------------------------------------------------------------------------------------------
class Alarm:
    def __init__(self) -> None:
        self.number = 0
        self.called = threading.Event()

    def __call__(self) -> None:
        self.number += 1
        self.called.set()


def ended(watch: Watch) -> None:
    watch.stop()
    assert watch._thread is not None
    watch._thread.join(PATIENCE)
    assert not watch._thread.is_alive()


@pytest.mark.parametrize("before", [None, 30], ids=["at once", "after a longer time"])
def test_it_calls_once_while_a_block_takes_too_long(before: float | None) -> None:
    alarm = Alarm()
    watch = Watch(alarm)
    if before:
        with watch.within(before):
            wait_for(lambda: watch._looks, PATIENCE, "the thread looks when that is over")
    with watch.within(0.01):
        assert alarm.called.wait(PATIENCE)
    ended(watch)
    assert alarm.number == 1


@pytest.mark.parametrize("fails", [False, True])
def test_it_is_silent_after_a_block_that_was_over_in_time(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    alarm = Alarm()
    watch = Watch(alarm)
    with suppress(OSError), watch.within(1):
        wait_for(lambda: watch._looks, PATIENCE, "the thread looks when the block should be over")
        if fails:
            raise OSError
    now[0] = 2.0
    with watch._changed:
        watch._changed.notify()
    wait_for(lambda: watch._looks is None, PATIENCE, "the thread has looked again")
    ended(watch)
    assert alarm.number == 0


def test_all_blocks_have_one_thread_which_ends() -> None:
    watch = Watch(lambda: None)
    threads = set()
    for _turn in range(20):
        with watch.within(PATIENCE):
            threads.add(watch._thread)
    assert len(threads) == 1
    ended(watch)
