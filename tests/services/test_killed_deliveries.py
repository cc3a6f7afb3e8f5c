"""Deliveries to a slow receiver, whose worker is killed with -9 in the midst of one while Redis is flushed: another
worker takes it up, the same bytes under the same id, before those behind it."""

import json
from pathlib import Path

import pytest
import redis

from summit.embedded.broker import broker
from tests.processes import Processes, processes, wait_for
from tests.services import MARKS
from tests.summit.webhooks.receivers import OK, Drip, Receiver, receiver

# One database says it: the claims and the sweep by themselves are asked of both in tests/summit/webhooks.
pytestmark = [*MARKS, pytest.mark.postgresql]

NUMBER = 5
CAUSE = """
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
LATER = """
from django.db.models.functions import Now
from summit.webhooks.models import Endpoint
Endpoint.objects.update(handed_until=Now())
"""
STATES = """
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
    found.python(LATER)
    found.worker()


def _run(folder: Path, shared: Path, lease: str, patience: float) -> tuple[Receiver, str]:
    socket = folder / "b.sock"
    with receiver() as there, broker(socket) as _pid:
        there.then = Drip(OK, every=0.03)
        env = {
            "REDIS_URL": f"redis+socket://{socket}",
            "WEBHOOKS_INSIDE": "127.0.0.0/8",
            "WEBHOOKS_LEASE": lease,
        }
        client = redis.Redis(unix_socket_path=str(socket))
        with processes(folder, shared, **env) as found:
            found.python(CAUSE % (there.url, NUMBER))
            found.beat()
            _kill_in_the_midst(found, there, client)
            wait_for(lambda: len(there.got) == NUMBER + 1, patience, "all deliveries")
            states = wait_for(lambda: _ended(found), 10, "the last to be marked")
        client.close()
    return there, states


def _ended(found: Processes) -> str:
    states = found.python(STATES).strip().splitlines()[-1]
    return "" if "pending" in states else states


def test_none_is_lost_and_all_come_in_order(tmp_path: Path, shared: Path) -> None:
    there, states = _run(tmp_path, shared, lease="3", patience=40)
    assert _numbers(there) == [0, 1, 1, 2, 3, 4]
    again = [(headers["webhook-id"], body) for _line, headers, body in there.got]
    assert again[1] == again[2]
    assert states == str([("sent", 1), ("sent", 2), *[("sent", 1)] * 3])


def test_control_with_a_lease_that_never_ends_they_wait_for_ever(tmp_path: Path, shared: Path) -> None:
    with pytest.raises(AssertionError, match="all deliveries"):
        _run(tmp_path, shared, lease="86400", patience=5)
