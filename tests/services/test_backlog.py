"""An hour's backlog: what beat asked for while no worker ran is gone in seconds, and then work goes on."""

import time
from pathlib import Path

import pytest
import redis

from summit.embedded.broker import broker
from tests.processes import processes, wait_for
from tests.services import MARKS

# One database says it: what begins is asked of both in tests/summit/maintenance/test_sweeps.py.
pytestmark = [*MARKS, pytest.mark.postgresql]

SECONDS = 30
FILL = """
from celery import current_app
from django.conf import settings
with current_app.producer_pool.acquire() as producer:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        often = entry["schedule"] if isinstance(entry["schedule"], float) else 3600.0
        for _each in range(int(3600 / often)):
            current_app.send_task(entry["task"], producer=producer)
"""


def test_an_hours_backlog_is_gone_in_half_a_minute(tmp_path: Path, shared: Path) -> None:
    socket = tmp_path / "b.sock"
    with broker(socket), processes(tmp_path, shared, REDIS_URL=f"redis+socket://{socket}") as found:
        began = time.monotonic()
        found.python(FILL)
        filled = time.monotonic() - began
        client = redis.Redis(unix_socket_path=str(socket))
        assert client.llen("celery") >= 3600
        found.worker()
        wait_for(lambda: client.llen("celery") < 3600, 30, "the worker has begun")
        began = time.monotonic()
        wait_for(lambda: client.llen("celery") == 0, 2 * SECONDS, "the queue is empty")
        took = time.monotonic() - began
        client.close()
    # A machine that is slow at filling it is as slow at this.
    assert took < max(SECONDS, filled)
