"""Workers that are killed with -9 while Redis is flushed, and a mail server that hangs: what waits is not lost, comes
in order, and holds up nothing else."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from summit.embedded.broker import broker
from tests.processes import Processes, SlowServer, processes, slow_mail_server, wait_for
from tests.services import MARKS
from tests.summit.webhooks.receivers import OK, Drip, Receiver, receiver

# One database says it: what is claimed and swept is asked of both in tests/summit/outbox and tests/summit/webhooks.
pytestmark = [*MARKS, pytest.mark.postgresql]

# Letters to 48 parties against a mail server that takes 100 ms each.
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


@contextlib.contextmanager
def on_a_broker(folder: Path, shared: Path, **env: str) -> Iterator[tuple[Processes, redis.Redis]]:  # type: ignore[type-arg]
    """Give processes with a broker of their own, and its client."""
    socket = folder / "b.sock"
    with (
        broker(socket),
        processes(folder, shared, REDIS_URL=f"redis+socket://{socket}", **env) as found,
        contextlib.closing(redis.Redis(unix_socket_path=str(socket))) as client,
    ):
        yield found, client


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
    env = {"OUTBOX_LEASE": lease, "OUTBOX_SEND_DEADLINE": "1.5", "OUTBOX_BATCH": "4", "OUTBOX_HANDED": "3"}
    with (
        slow_mail_server(0.1) as (server, port),
        on_a_broker(folder, shared, EMAIL_URL=f"smtp://127.0.0.1:{port}", **env) as (found, client),
    ):
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


# Deliveries to a slow receiver: another worker takes up the one in the midst of which a worker was killed, the same
# bytes under the same id, before those behind it.
NUMBER = 5
DELIVER = """
from summit.summits.models import Summit
from summit.users.models import User
from summit.webhooks import endpoints
from summit.webhooks.models import Delivery
summit = Summit.objects.get(slug="border-security-2025")
by = User.objects.get(email="organiser@summit.example")
values = {"name": "Registry", "url": "%s", "events": ["agenda.released"]}
endpoint = endpoints.make(summit=summit, by=by, values=values)
about = {"endpoint": endpoint, "event": "agenda.released", "subject_key": "test"}
Delivery.objects.bulk_create([Delivery(**about, version=n, data={"n": n}) for n in range(%d)])
"""
# As if the time were over for which a worker has the endpoint: the sweep hands it out again.
FREE = """
from django.db.models.functions import Now
from summit.webhooks.models import Endpoint
Endpoint.objects.update(handed_until=Now())
"""
DELIVERIES = """
from summit.webhooks.models import Delivery
print(list(Delivery.objects.order_by("pk").values_list("state", "attempts")))
"""


def _numbers(there: Receiver) -> list[int]:
    return [json.loads(body)["data"]["n"] for body in there.bodies]


def _kill_in_the_midst(found: Processes, there: Receiver, client: redis.Redis) -> None:  # type: ignore[type-arg]
    worker = found.worker()
    wait_for(lambda: len(there.got) == 2, 40, "the second delivery")
    found.kill(worker)
    client.flushall()
    found.python(FREE)
    found.worker()


def _delivered(folder: Path, shared: Path, lease: str, patience: float) -> tuple[Receiver, str]:
    env = {"WEBHOOKS_INSIDE": "127.0.0.0/8", "WEBHOOKS_LEASE": lease}
    with receiver() as there, on_a_broker(folder, shared, **env) as (found, client):
        there.then = Drip(OK, every=0.03)
        found.python(DELIVER % (there.url, NUMBER))
        found.beat()
        _kill_in_the_midst(found, there, client)
        wait_for(lambda: len(there.got) == NUMBER + 1, patience, "all deliveries")
        states = wait_for(lambda: _ended(found), 10, "the last to be marked")
    return there, states


def _ended(found: Processes) -> str:
    states = found.python(DELIVERIES).strip().splitlines()[-1]
    return "" if "pending" in states else states


def test_no_delivery_is_lost_and_all_come_in_order(tmp_path: Path, shared: Path) -> None:
    there, states = _delivered(tmp_path, shared, lease="3", patience=40)
    assert _numbers(there) == [0, 1, 1, 2, 3, 4]
    again = [(headers["webhook-id"], body) for _line, headers, body in there.got]
    assert again[1] == again[2]
    assert states == str([("sent", 1), ("sent", 2), *[("sent", 1)] * 3])


def test_control_with_a_lease_that_never_ends_deliveries_wait_for_ever(tmp_path: Path, shared: Path) -> None:
    with pytest.raises(AssertionError, match="all deliveries"):
        _delivered(tmp_path, shared, lease="86400", patience=5)


HANGS, SOON = 60.0, 20
BEGIN = """
from summit.jobs import services as jobs
from summit.users.models import User
print(jobs.start(kind="verify_audit", by=User.objects.create(email="root@summit.example", is_superuser=True)).pk)
"""
JOB = "from summit.jobs.models import Job; print(Job.objects.get().state)"


def _done_in_time(folder: Path, shared: Path, *, own: bool) -> bool:
    # Longer than the test: what hangs is given up by nobody meanwhile.
    env = {"OUTBOX_SEND_DEADLINE": "90", "OUTBOX_LEASE": "120"}
    with (
        slow_mail_server(HANGS) as (_server, port),
        on_a_broker(folder, shared, EMAIL_URL=f"smtp://127.0.0.1:{port}", **env) as (found, _client),
    ):
        found.python(INVITE)
        found.workers() if own else found.worker(processes=1)
        found.beat()
        wait_for(lambda: _connected(found), 60, "mail is on its way")
        found.python(BEGIN)
        try:
            wait_for(lambda: found.python(JOB).strip().endswith("done"), SOON, "the job is done")
        except AssertionError:
            return False
        return True


def _connected(found: Processes) -> bool:
    """Return whether a letter is claimed and hangs."""
    said = found.python(
        "from summit.outbox.models import Message; print(Message.objects.filter(lease_until__isnull=False).count())"
    )
    return int(said.split()[-1]) >= 1


@pytest.mark.parametrize("own", [True, False])
def test_a_mail_server_that_hangs_holds_up_no_job(own: bool, tmp_path: Path, shared: Path) -> None:
    """The control: where one worker takes from all queues, it does."""
    assert _done_in_time(tmp_path, shared, own=own) is own
