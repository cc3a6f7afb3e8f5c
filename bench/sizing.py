"""What summits of 50, 200 and 2,000 delegations take on PostgreSQL, and the hosts that follow from it:
`eval "$(.ci/services start)"; python -m bench.sizing`, or `python -m bench.sizing 50` for one of them.

Of each, ten people to a delegation: the size of the database, and the time of the processor that a page takes of the
web process and of PostgreSQL, while four connections ask. Once, of the middle one: the memory of each process. What
is needed follows from the busiest five minutes (`need`), and is printed as the lines of docs/several-hosts.md.
"""

import contextlib
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import connections, processes
from tools.running import PASSED_ON, ROOT, free_port

SIZES = {50: (100, 200), 200: (500, 1000), 2000: (1000, 2000)}
PEOPLE = 10
SLUG = "sized"
QUESTIONS = 40
# Within five minutes after a mail to all, everybody opens so many pages; meanwhile one in ten has an open one, which
# asks every four seconds. A processor is kept half idle.
OPENED, WITHIN, OPEN, ASKS, BUSY = 3, 300, 0.1, 4.0, 0.5
# Minutes within which everybody has a letter, the seconds that the mail server takes for one, and how many are sent
# to measure what one costs.
LETTERS, SERVER, SENT = 10, 0.1, 200
THREADS, STARTED = 4, 45
SEND = f"""
import time
from django.conf import settings
from bench import inviting
from bench.sink import sink
settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
summit, _queries = inviting.invite({SENT} + 20)
with sink() as port:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    inviting.deliver(20)
    began = time.process_time()
    inviting.deliver({SENT})
    print("letter", (time.process_time() - began) / {SENT})
"""
PREPARE = f"""
from bench import changing
from django.conf import settings
from django.test import Client
from sessions.agenda.selectors import released_agenda
from summit.summits.models import Summit
from summit.users.models import User
settings.ALLOWED_HOSTS = ["*"]
summit = Summit.objects.get(slug="{SLUG}")
changing.make_public(summit)
for user in (User.objects.filter(roles__summit=summit, roles__role="organiser")[0],
             User.objects.get(email="delegate@{SLUG}.example")):
    client = Client()
    client.force_login(user)
    print("cookie", client.cookies[settings.SESSION_COOKIE_NAME].OutputString().split(";")[0])
"""
PAGES = {
    "public agenda, kept": ("", f"/{SLUG}/agenda/"),
    "my agenda": ("delegate", "/portal/agenda/"),
    "desk’s home": ("organiser", f"/admin/?summit={SLUG}"),
    "list of people": ("organiser", f"/admin/summit/person/?summit={SLUG}"),
}


@dataclass(frozen=True)
class Cost:
    """Milliseconds of the processor that a page takes of the web processes and of PostgreSQL."""

    web: float
    database: float


@dataclass(frozen=True)
class Need:
    """What a summit needs in its busiest minutes."""

    requests: float
    web_cores: float
    database_cores: float
    letters: float
    letter: float

    @property
    def web_processes(self) -> int:
        """Processes on all web hosts: two at least on each of two, and one for each processor that they keep busy."""
        return max(4, math.ceil(self.web_cores) + 2)

    @property
    def mail_processes(self) -> int:
        """Processes that send mail, two at least on each of two hosts."""
        return max(4, math.ceil(self.letters * (SERVER + self.letter) / 60))


def need(people: int, page: Cost, question: Cost, letter: float) -> Need:
    """Return what people need, where a page costs them that, an open page's question this, and a letter so many
    seconds of the worker's processor."""
    pages, questions = people * OPENED / WITHIN, people * OPEN / ASKS
    web = (pages * page.web + questions * question.web) / 1000 / BUSY
    database = (pages * page.database + questions * question.database) / 1000 / BUSY
    return Need(pages + questions, web, database, people / LETTERS, letter)


def _processor(pid: int) -> float:
    """Return the seconds of the processor of a process and all beneath it, those that have ended among them."""
    ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    running = sum(taken.seconds for taken in processes.below(pid).values())
    return running + sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> list[float]:
    return sorted((taken.megabytes for taken in processes.below(pid).values()), reverse=True)


class Measured:
    """A database of its own, and processes on it."""

    def __init__(self, server: str, name: str, folder: Path) -> None:
        self.folder, self.name = folder, name
        self.url = server.rpartition("/")[0] + f"/{name}"
        kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        self.env = {**kept, "DATABASE_URL": self.url, "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR"}
        self.env["REDIS_URL"] = os.environ["REDIS_URL"]
        with psycopg.connect(self.url) as asked:
            row = asked.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").fetchone()
            self.postmaster = int(row[0]) if row else 0

    def manage(self, *command: str) -> str:
        """Run a management command and return what it printed."""
        command = (sys.executable, "manage.py", *command)
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def megabytes(self) -> float:
        """Return the size of the database, without what it only keeps for later."""
        with psycopg.connect(self.url, autocommit=True) as asked:
            asked.execute("VACUUM FULL")
            row = asked.execute("SELECT pg_database_size(current_database())").fetchone()
        return float(row[0]) / 1e6 if row else 0.0

    @contextlib.contextmanager
    def running(self, *command: str) -> Iterator[int]:
        """Run a process, and give its number."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)

    def costs(self) -> Iterator[tuple[str, Cost, float]]:
        """Yield what each page costs, with the answers a second, and last the memory of a web process."""
        cookies = [line.split()[1] for line in self.manage("shell", "--no-imports", "-c", PREPARE).splitlines()
                   if line.startswith("cookie ")]  # fmt: skip
        signed_in = {"": "", "organiser": cookies[0], "delegate": cookies[1]}
        port = free_port()
        options = ("--preload", "--workers", "2", "--threads", str(THREADS), "--no-control-socket")
        with self.running("gunicorn", *options, "--bind", f"127.0.0.1:{port}", "summit.wsgi") as web:
            _until_answers(port)
            for name, (who, path) in PAGES.items():
                asked = connections.question(path)
                if who:
                    asked = asked[:-2] + f"Cookie: {signed_in[who]}\r\n\r\n".encode()
                number = QUESTIONS if who else 20 * QUESTIONS
                _ask(port, asked, 16)
                before = _processor(web), _processor(self.postmaster)
                began = time.monotonic()
                _ask(port, asked, number)
                took = time.monotonic() - began
                after = _processor(web), _processor(self.postmaster)
                cost = Cost(*((then - first) * 1000 / number for first, then in zip(before, after, strict=True)))
                yield name, cost, number / took
            yield f"web process: {max(_megabytes(web)):.0f} MB", Cost(0, 0), 0

    def memory(self) -> Iterator[str]:
        """Yield the memory of each kind of worker, of beat, and of PostgreSQL while they wait."""
        celery = ("celery", "--quiet", "-A", "summit")
        of_all = (*celery, "worker", "--without-gossip", "--without-heartbeat", "--without-mingle")
        pools = {"celery": ("--pool=solo",), "mail": ("-c", "2"), "webhooks": ("-c", "2"), "jobs": ("-c", "2")}
        kinds = {
            f"worker of {queue}": (*of_all, "-Q", queue, "-n", f"{queue}@x", *pool) for queue, pool in pools.items()
        }
        kinds["beat"] = (*celery, "beat", "--pidfile=")
        with contextlib.ExitStack() as stack:
            pids = {kind: stack.enter_context(self.running(*command)) for kind, command in kinds.items()}
            # Until each has begun, and what it loads at first is loaded.
            time.sleep(STARTED)
            for kind, pid in pids.items():
                each = _megabytes(pid)
                yield f"{kind}: {sum(each):.0f} MB in {len(each)} processes"
            each = _megabytes(self.postmaster)
            yield f"PostgreSQL: {sum(each):.0f} MB in {len(each)} processes"


def _until_answers(port: int) -> None:
    for _each in range(600):
        with contextlib.suppress(OSError):
            client = connections.Client(port)
            client.close()
            return
        time.sleep(0.1)
    raise RuntimeError("It doesn't start.")


def _ask(port: int, asked: bytes, number: int) -> None:
    """Ask so many times, on four connections."""

    def ask(times: int) -> None:
        client = connections.Client(port)
        for _each in range(times):
            status, _head, _length = client.ask(asked)
            if status != 200:
                raise RuntimeError(f"{asked!r} answered {status}")
        client.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, [number // 4] * 4))


def main(*sizes: int) -> None:
    """Measure summits of these sizes, and print what they take and need."""
    server = os.environ["DATABASE_URL"]
    with (
        tempfile.TemporaryDirectory(prefix="summit-sizing-") as name,
        psycopg.connect(server, autocommit=True) as admin,
    ):
        folder = Path(name)
        databases = ["sizing_empty", "sizing_letters", *(f"sizing_{size}" for size in sizes)]
        for each in databases:
            admin.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")
        admin.execute("CREATE DATABASE sizing_empty")
        try:
            empty = Measured(server, "sizing_empty", folder)
            empty.manage("migrate", "-v", "0")
            empty.manage("collectstatic", "--no-input", "-v", "0")
            print(f"an empty database: {empty.megabytes():.0f} MB", flush=True)
            admin.execute("CREATE DATABASE sizing_letters TEMPLATE sizing_empty")
            letter = _letter(Measured(server, "sizing_letters", folder))
            for size in sizes:
                admin.execute(f"CREATE DATABASE sizing_{size} TEMPLATE sizing_empty")
                found = Measured(server, f"sizing_{size}", folder)
                _measure(found, size, letter, memory=size == sizes[len(sizes) // 2])
        finally:
            for each in databases:
                admin.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")


def _letter(found: Measured) -> float:
    """Print and return how many seconds of the worker's processor a letter with its PDF takes."""
    before = found.megabytes()
    said = found.manage("shell", "--no-imports", "-c", SEND).splitlines()
    letter = float(next(line.split()[1] for line in said if line.startswith("letter ")))
    kept = (found.megabytes() - before) * 1000 / (SENT + 20)
    print(f"a letter with its PDF: {letter * 1000:.0f} ms of the worker, {kept:.0f} KB of the database", flush=True)
    return letter


def _measure(found: Measured, size: int, letter: float, *, memory: bool) -> None:
    sessions, texts = SIZES[size]
    counted = {"delegations": size, "people": PEOPLE * size, "sessions": sessions, "texts": texts}
    began = time.monotonic()
    found.manage("demo", "--slug", SLUG, *(f"--{key}={value}" for key, value in counted.items()))
    loaded = time.monotonic() - began
    print(f"{size} delegations, {PEOPLE * size} people, {sessions} sessions, {texts} texts:", flush=True)
    print(f"  database {found.megabytes():.0f} MB, loaded in {loaded:.0f} s", flush=True)
    costs = {}
    for name, cost, rate in found.costs():
        costs[name] = cost
        shown = (
            f": {cost.web:.1f} ms of the web, {cost.database:.1f} of PostgreSQL; {rate:.0f} a second" if rate else ""
        )
        print(f"  {name}{shown}", flush=True)
    if memory:
        for line in found.memory():
            print(f"  {line}", flush=True)
    busiest = need(PEOPLE * size, costs["my agenda"], costs["public agenda, kept"], letter)
    print(
        f"  busiest: {busiest.requests:.0f} requests a second, {busiest.web_cores:.1f} processors of the web and "
        f"{busiest.database_cores:.1f} of PostgreSQL, {busiest.letters:.0f} letters a minute; so "
        f"{busiest.web_processes} web processes, {busiest.mail_processes} for mail",
        flush=True,
    )


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:]) if sys.argv[1:] else SIZES))
