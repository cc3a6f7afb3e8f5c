"""An upgrade with both versions running, under steady requests: none fails, and both show what either writes."""

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import LONGEST, Processes, answer_of, free_port, processes, wait_for
from tools.running import ROOT

# What holds up requests is a lock of PostgreSQL, so DATABASE_URL has to name one.
pytestmark = [pytest.mark.release, pytest.mark.loopback, pytest.mark.postgresql, pytest.mark.timeout(1800)]

PAGE = "/border-security-2025/press/side-by-side/"
PUBLISH = """
from press.embargoes.services import embargoes
from press.texts.models.topics import Topic
from press.texts.services import decisions, texts
from summit.summits.models import Summit
from summit.users.models import User
officer = User.objects.get(email="press@summit.example")
summit = Summit.objects.get(slug="border-security-2025")
text = texts.create_text(
    summit=summit, kind="notice", slug="side-by-side",
    title="Side by side", summary="", body="Both versions run.", language="en", by=officer,
)
text.topics.add(Topic.objects.create(summit=summit, name="as it was"))
edition = text.versions.get().editions.get()
decisions.submit(edition=edition, by=officer)
decisions.approve(edition=edition, by=User.objects.get(email="approver@summit.example"))
embargoes.release_now(embargo=text.embargo, by=officer)
"""
CHANGE = """
from press.texts.models.topics import Topic
Topic.objects.filter(texts__slug='side-by-side').update({values})
"""
ADD = """
from press.texts.models.topics import Topic
from summit.summits.models import Summit
print(Topic.objects.create(summit=Summit.objects.get(slug="border-security-2025"), name={name!r}).pk > 0)
"""
HEAD = """
from django.db import migrations, models
from summit.core.migration_operations import AddColumn, AddTableConstraint
"""
EXPAND = (
    HEAD
    + """
class Migration(migrations.Migration):
    phase = "before"
    dependencies = [("press", "{last}")]
    operations = [AddColumn("topic", "remark", models.CharField(max_length=40, blank=True, db_default=""))]
"""
)
CONTRACT = (
    HEAD
    + """
class Migration(migrations.Migration):
    phase = "after"
    dependencies = [("press", "0098_topic_remark")]
    constraint = models.CheckConstraint(name="topic_new", condition=~models.Q(name="old"))
    operations = [AddTableConstraint("topic", constraint)]
"""
)


def _with_remark(code: str) -> str:
    """Return the code of the model with the new column, which its name shows."""
    name, column = "return str(self.names.get(language) or self.name)", "    class Meta:\n"
    assert code.count(name) == code.count(column) == 1
    code = code.replace(name, name + ' + (self.remark and f" ({self.remark})")')
    return code.replace(
        column, f'    remark = models.CharField(max_length=40, blank=True, db_default="")\n\n{column}'
    )


class NewVersion(Processes):
    """Processes of a copy of the project that has a column more, shows it, and refuses a name."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        super().__init__(env, folder)
        self.root = folder / "source"
        out = shutil.ignore_patterns(".*", "var", "tests", "node_modules", "__pycache__", "docs")
        shutil.copytree(ROOT, self.root, ignore=out)
        migrations = self.root / "press" / "migrations"
        last = max(path.stem for path in migrations.glob("0*.py"))
        (migrations / "0098_topic_remark.py").write_text(EXPAND.format(last=last))
        (migrations / "0099_topic_new.py").write_text(CONTRACT)
        model = self.root / "press" / "texts" / "models" / "topics.py"
        model.write_text(_with_remark(model.read_text()))

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(
            command, cwd=self.root, env=self.env, capture_output=True, check=False, text=True, timeout=LONGEST
        )


class Readers:
    """Threads that ask addresses without a pause, and keep what wasn't answered well."""

    def __init__(self) -> None:
        self.answered, self.bad = 0, list[tuple[str, int]]()
        self._ended, self._threads = threading.Event(), list[threading.Thread]()

    def ask(self, *urls: str) -> threading.Event:
        until = threading.Event()

        def run() -> None:
            while not (until.is_set() or self._ended.is_set()):
                for url in urls:
                    status, _content = answer_of(url)
                    self.answered += 1
                    if status != 200 and not until.is_set():
                        self.bad.append((url, status))

        thread = threading.Thread(target=run)
        self._threads.append(thread)
        thread.start()
        return until

    def close(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


@contextlib.contextmanager
def reading() -> Iterator[Readers]:
    found = Readers()
    try:
        yield found
    finally:
        found.close()


def _addresses(port: int) -> list[str]:
    pages = (PAGE, "/border-security-2025/press/", "/border-security-2025/agenda/", "/readyz", "/accounts/login/")
    return [f"http://127.0.0.1:{port}{page}" for page in pages]


def _web(found: Processes) -> int:
    port = free_port()
    found.web(port)
    wait_for(lambda: answer_of(f"http://127.0.0.1:{port}{PAGE}")[0] == 200, 120, "web is ready")
    return port


def _shows(port: int, said: str) -> None:
    page = f"http://127.0.0.1:{port}{PAGE}"
    wait_for(lambda: said.encode() in answer_of(page)[1], 20, f"{page} shows “{said}”")


def test_no_request_fails_while_both_versions_run(tmp_path: Path, shared: Path) -> None:
    with processes(tmp_path / "old", shared) as old, contextlib.closing(NewVersion(old.env, tmp_path)) as new:
        old.manage("collectstatic", "--no-input", "--verbosity", "0")
        old.python(PUBLISH)
        first = _web(old)
        with reading() as readers:
            leave = readers.ask(*_addresses(first))
            # Control: before the first phase the new code isn't ready.
            assert "before: press.0098_topic_remark" in new.manage("upgrade")
            refused = new.run("upgrade", "after")
            assert (refused.returncode, "come first" in refused.stderr) == (2, True)
            assert "1 migration applied" in new.manage("upgrade", "before")
            second = _web(new)
            readers.ask(*_addresses(second))
            # Either writes, both kept pages follow, and each knows its own columns.
            old.python(CHANGE.format(values="name='by the old'"))
            for port in (first, second):
                _shows(port, "by the old")
            new.python(CHANGE.format(values="name='by the new', remark='seen'"))
            _shows(first, "by the new</bdi>")
            _shows(second, "by the new (seen)")
            assert old.python(ADD.format(name="old")).split()[-1] == "True"
            old.python("from press.texts.models.topics import Topic; Topic.objects.filter(name='old').delete()")
            leave.set()
            old.close()
            assert "1 migration applied" in new.manage("upgrade", "after")
            assert "No migration waits" in new.manage("upgrade")
            assert "topic_new" in new.run("shell", "--no-imports", "-c", ADD.format(name="old")).stderr
            _shows(second, "by the new (seen)")
            assert answer_of(f"http://127.0.0.1:{second}/readyz") == (200, b"ok\n")
        assert readers.bad == []
        assert readers.answered > 100
