"""Letters to 48 parties against a mail server that takes 100 ms each, while workers are killed with -9 and Redis is
flushed."""

import contextlib
from pathlib import Path

import pytest
import redis

from summit.embedded.broker import broker
from tests.processes import Processes, SlowServer, processes, slow_mail_server, wait_for
from tests.services import MARKS

# One database says it: what is claimed and swept is asked of both in tests/outbox.
pytestmark = [*MARKS, pytest.mark.postgresql]

PARTIES = 48
KILLS = 2
# Each worker has two processes and each process has one mail on the wire at most.
IN_FLIGHT = 2 * KILLS
INVITE = """
from delegations.invitations.services import invitations
from delegations.parties.models.parties import Party
from summit.users.models import User
from summit.outbox.models import Message
by = User.objects.get(email="organiser@summit.example")
parties = list(Party.objects.filter(summit__slug="border-security-2025", is_host=False))
print(len(invitations.invite(parties=parties, by=by).to), Message.objects.count())
"""
HAND_OUT_ONCE = """
from celery import current_app
from summit.outbox import delivery
for task, ids in delivery.hand_out():
    current_app.send_task(task, args=[ids])
"""
STATES = """
from django.db.models import Count
from summit.outbox.models import Message
rows = Message.objects.filter(kind="invitation").values_list("state").annotate(n=Count("id"))
print(dict(rows.order_by()))
"""


def _letters(found: Processes) -> int:
    """Invite the parties, and return how many letters there are: some go to a mission and to focal points."""
    parties, letters = found.python(INVITE).split()[-2:]
    assert int(parties) == PARTIES
    assert int(letters) >= PARTIES
    return int(letters)


def _states(found: Processes) -> str:
    return found.python(STATES).strip().splitlines()[-1]


def _kill(found: Processes, server: SlowServer, client: redis.Redis, times: int) -> None:  # type: ignore[type-arg]
    for turn in range(1, times + 1):
        worker = found.worker()
        wait_for(lambda turn=turn: len(set(server.log)) >= 6 * turn, 40, f"letters before kill {turn}: {server.log}")
        found.kill(worker)
        client.flushall()


def _run(
    folder: Path, shared: Path, *, beat: bool, lease: str, patience: float, kills: int = 1
) -> tuple[SlowServer, int, str]:
    socket = folder / "b.sock"
    with slow_mail_server(0.1) as (server, port), broker(socket) as _pid:
        env = {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "REDIS_URL": f"redis+socket://{socket}",
            "OUTBOX_LEASE": lease,
            "OUTBOX_SEND_DEADLINE": "1.5",
            "OUTBOX_BATCH": "4",
            "OUTBOX_HANDED": "3",
        }
        client = redis.Redis(unix_socket_path=str(socket))
        with processes(folder, shared, **env) as found:
            letters = _letters(found)
            if beat:
                found.beat()
            else:
                found.python(HAND_OUT_ONCE)
            _kill(found, server, client, kills)
            found.worker()
            # Where some are lost, that they still don't come.
            with contextlib.suppress(AssertionError):
                wait_for(lambda: len(set(server.log)) == letters, patience, "all letters")
                wait_for(lambda: _states(found) == str({"sent": letters}), patience, "the last to be marked")
            states = _states(found)
        client.close()
    return server, letters, states


def test_no_letter_is_lost(tmp_path: Path, shared: Path) -> None:
    server, letters, states = _run(tmp_path, shared, beat=True, lease="4", patience=40, kills=KILLS)
    assert len(set(server.log)) == letters
    assert len(server.log) - letters <= IN_FLIGHT
    assert states == str({"sent": letters})


def test_control_without_sweep_letters_are_lost(tmp_path: Path, shared: Path) -> None:
    server, letters, _states = _run(tmp_path, shared, beat=False, lease="4", patience=12)
    assert len(set(server.log)) < letters


def test_control_with_a_lease_that_never_ends_letters_are_lost(tmp_path: Path, shared: Path) -> None:
    server, letters, states = _run(tmp_path, shared, beat=True, lease="86400", patience=12)
    assert len(set(server.log)) < letters
    assert "pending" in states
