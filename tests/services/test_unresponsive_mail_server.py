"""A mail server that hangs holds up mail, and neither imports nor sweeps."""

from pathlib import Path

import pytest

from summit.embedded.broker import broker
from tests.processes import Processes, processes, slow_mail_server, wait_for
from tests.services import MARKS
from tests.services.test_killed_workers import INVITE

# One database says it: what is claimed is asked of both elsewhere.
pytestmark = [*MARKS, pytest.mark.postgresql]

HANGS, SOON = 60.0, 20
START = """
from summit.jobs import services as jobs
from summit.users.models import User
print(jobs.start(kind="verify_audit", by=User.objects.create(email="root@summit.example", is_superuser=True)).pk)
"""
STATE = "from summit.jobs.models import Job; print(Job.objects.get().state)"


def _done_in_time(folder: Path, shared: Path, *, own: bool) -> bool:
    socket = folder / "b.sock"
    with slow_mail_server(HANGS) as (_server, port), broker(socket) as _pid:
        env = {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "REDIS_URL": f"redis+socket://{socket}",
            # Longer than the test: what hangs is given up by nobody meanwhile.
            "OUTBOX_SEND_DEADLINE": "90",
            "OUTBOX_LEASE": "120",
        }
        with processes(folder, shared, **env) as found:
            found.python(INVITE)
            found.workers() if own else found.worker()
            found.beat()
            wait_for(lambda: _connected(found), 60, "mail is on its way")
            found.python(START)
            try:
                wait_for(lambda: found.python(STATE).strip().endswith("done"), SOON, "the job is done")
            except AssertionError:
                return False
            return True


def _connected(found: Processes) -> bool:
    """Return whether letters are claimed and hang."""
    said = found.python(
        "from summit.outbox.models import Message; print(Message.objects.filter(lease_until__isnull=False).count())"
    )
    return int(said.split()[-1]) >= 2


@pytest.mark.parametrize("own", [True, False])
def test_a_mail_server_that_hangs_holds_up_no_job(own: bool, tmp_path: Path, shared: Path) -> None:
    """The control: where one worker takes from all queues, it does."""
    assert _done_in_time(tmp_path, shared, own=own) is own
