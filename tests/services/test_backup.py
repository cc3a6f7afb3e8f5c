"""A backup that is made while others write: whole, of one moment, and where it is restored nothing is sent."""

import contextlib
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from summit.embedded.broker import broker
from tests import processes as running
from tests.processes import Processes, processes, slow_mail_server, wait_for
from tests.services import MARKS
from tools.running import ROOT

# SQLite's are tried in tests/summit/maintenance/backups: this is about pg_dump, and about what runs beside it.
pytestmark = [*MARKS, pytest.mark.postgresql, pytest.mark.timeout(900)]

# A mail and an entry of the audit in each transaction, until the file is there.
WRITE = """
import sys
import time
from pathlib import Path
from django.core.mail import send_mail
from django.db import transaction
from summit.audit import services as audit
from summit.summits import installation
from summit.summits.models import Summit
summit, ended = Summit.objects.first(), Path(%r)
while not ended.exists():
    with transaction.atomic():
        send_mail("written", "meanwhile", None, ["somebody@summit.example"])
        audit.record(by=audit.SYSTEM, action=installation.PAUSE_INSTALLATION, target=summit, summit=None)
    time.sleep(0.01)
"""
WRITTEN = """
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
entries = AuditEntry.objects.filter(action="summit.pause_installation").count()
print(Message.objects.filter(kind="system").count(), entries)
"""
CHAIN = "from summit.audit import services; services.chain()"
CHAINED = "from summit.audit.models import AuditEntry as E; print(E.objects.filter(position=None).exists())"
PAUSED = "from summit.summits.models import Installation as I; print(I.objects.get().paused_at)"
SWEPT = """
import summit.celery
from summit.maintenance.models import Heartbeat
from summit.maintenance.sweeps import SWEEPS
from summit.summits.models import Installation
summit.celery.app.loader.import_default_modules()
names = {each.name for each in SWEEPS.values() if each.every <= 15}
since = Heartbeat.objects.filter(at__gt=Installation.objects.get().paused_at)
print(names <= set(since.values_list("name", flat=True)))
"""
STATES = """
from summit.outbox.models import Message
print(set(Message.objects.filter(kind="system").values_list("state", flat=True)))
"""


def _number(found: Processes) -> tuple[int, int]:
    mails, entries = found.python(WRITTEN).split()[-2:]
    return int(mails), int(entries)


@contextlib.contextmanager
def _writers(found: Processes, folder: Path) -> Iterator[None]:
    """Let two processes write, from before the block to after it."""
    ended = folder / "ended"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", WRITE % str(ended)]
    writers = [subprocess.Popen(command, cwd=ROOT, env=found.env) for _each in range(2)]
    try:
        wait_for(lambda: _number(found)[0] > 5, 120, "the writers have begun")
        yield
        assert [each.poll() for each in writers] == [None, None]
    finally:
        ended.touch()
        codes = [each.wait(60) for each in writers]
    assert codes == [0, 0]


@contextlib.contextmanager
def _empty(found: Processes, folder: Path, **env: str) -> Iterator[Processes]:
    name = f"{running._begun()}_{uuid.uuid4().hex[:12]}"
    running._tell("CREATE DATABASE {}", name)
    folder.mkdir()
    copy = Processes({**found.env, "DATABASE_URL": running._named(name), "VAR_DIR": str(folder), **env}, folder)
    try:
        yield copy
    finally:
        copy.close()
        running._tell("DROP DATABASE {} WITH (FORCE)", name)


def test_it_is_of_one_moment_and_a_copy_sends_nothing(tmp_path: Path, shared: Path) -> None:
    folder, socket = tmp_path / "backups", tmp_path / "b.sock"
    folder.mkdir()
    with processes(tmp_path / "home", shared) as home:
        with _writers(home, tmp_path):
            before = _number(home)[0]
            home.python(CHAIN)
            home.manage("backup", str(folder), "--keep", "3")
            after = wait_for(lambda: (now := _number(home)[0]) > before and now, 120, "the writers go on")
        (path,) = folder.iterdir()
        assert "is whole" in home.manage("backup", "--verify", str(path))
        with slow_mail_server(0) as (taken, port), broker(socket):
            mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "REDIS_URL": f"redis+socket://{socket}"}
            with _empty(home, tmp_path / "copy", **mail) as copy:
                said = copy.manage("restore", str(path))
                mails, entries = _number(copy)
                assert mails == entries
                assert before <= mails < after
                assert "It sends nothing" in said
                end = said.partition("verify_audit --expect ")[2].split()[0]
                copy.worker()
                copy.beat()
                wait_for(lambda: "None" not in copy.python(PAUSED), 120, "the sweeps notice that it is a copy")
                # Each turn of the sweep chains some of the thousands that were written meanwhile.
                wait_for(lambda: "False" in copy.python(CHAINED), 300, "the sweep chains what was written last")
                copy.manage("verify_audit", "--expect", end)
                wait_for(lambda: "True" in copy.python(SWEPT), 120, "all that sends has had its turn since")
                assert taken.log == []
                assert copy.python(STATES).strip() == "{'pending'}"
                # Control: the same worker sends once somebody lets it.
                copy.manage("resume_summit", "--all")
                copy.python('from django.core.mail import send_mail; send_mail("a", "b", None, ["c@summit.example"])')
                wait_for(lambda: len(taken.log) == 1, 120, "what is new goes out")
