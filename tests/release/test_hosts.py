"""Two web hosts, two hosts with workers and beat, a database and a broker, each with a network of its own: what
happens when one is cut off, by a rule of its firewall that drops everything without a word."""

import asyncio
import contextlib
import http.client
import itertools
import math
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from celery import current_app

from summit.maintenance.heartbeats import SHARE
from summit.maintenance.sweeps import SWEEPS
from tests.processes import Processes, wait_for
from tests.release import hosts as release_hosts
from tests.release.hosts import OUTSIDE, WEB_PORT, Broker, Host, Running, environment, hosts
from tests.release.nginx import KEYS, Site, nginx, write
from tools.running import ROOT, free_port

pytestmark = [pytest.mark.release, pytest.mark.loopback, pytest.mark.timeout(1800)]

# Seconds within which kept pages of two web hosts agree.
AGREE = 2.0
# Seconds within which all works again after a host or the broker is back.
BACK = 60
LEASE, DEADLINE, BATCH = 10, 3, 10
# The queues that workers take from, with RabbitMQ.
QUEUES = {"celery", "mail", "webhooks", "jobs"}
SUMMIT = "/border-security-2025"
PAGE = f"{SUMMIT}/press/two-hosts/"
LATER = f"{SUMMIT}/press/at-its-moment/"
PUBLISH = """
from datetime import timedelta
from press.embargoes.services import embargoes
from press.texts.models.topics import Topic
from press.texts.services import decisions, texts
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.users.models import User
officer = User.objects.get(email="press@summit.example")
summit = Summit.objects.get(slug="border-security-2025")
text = texts.create_text(
    summit=summit, kind="notice", slug="{slug}",
    title="Two hosts", summary="", body="The canary sings.", language="en", by=officer,
)
text.topics.add(Topic.objects.get_or_create(summit=summit, name="topic-0")[0])
edition = text.versions.get().editions.get()
decisions.submit(edition=edition, by=officer)
decisions.approve(edition=edition, by=User.objects.get(email="approver@summit.example"))
embargoes.set_moment(embargo=text.embargo, moment=db_now() + timedelta(seconds={seconds}), by=officer)
"""
RELEASE = """
from bench import changing
from sessions.draft.models.sessions import Session
from summit.summits.models import Summit
summit = Summit.objects.get(slug="border-security-2025")
first = Session.objects.filter(summit=summit, cancelled_at=None).first()
Session.objects.filter(pk=first.pk).update(title="The canary moves")
changing.make_public(summit)
"""
# What PAGE shows, and no other page: triggers count the change as they count any other.
TOPIC = "UPDATE press_topic SET name = %s WHERE id = (SELECT min(id) FROM press_topic WHERE name LIKE 'topic-%%')"
MAILS = """
from django.core.mail import EmailMessage, get_connection
names = [f"p{{number}}@summit.example" for number in range({first}, {first} + {number})]
get_connection().send_messages([EmailMessage("To you", "A word.", None, [name]) for name in names])
"""
# The database notes each turn that a sweep takes, whoever takes it.
TURNS = """
CREATE TABLE turns (name text, at timestamptz);
CREATE FUNCTION note_turn() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO turns VALUES (NEW.name, NEW.at); RETURN NULL; END $$;
CREATE TRIGGER note_turn AFTER INSERT OR UPDATE ON summit_heartbeat FOR EACH ROW EXECUTE FUNCTION note_turn();
"""
# Controls: a worker that takes every turn it is asked to, and a web process that doesn't ask what has changed.
UNCLAIMED = """
from celery import signals
from summit.celery import app

@signals.worker_ready.connect
def take_every_turn(**kwargs):
    from summit.maintenance import heartbeats
    heartbeats.SHARE = 0.0
"""
FROZEN = """
import functools
from summit.wsgi import application
from summit.public_base import page_cache
page_cache.read_version = functools.cache(page_cache.read_version)
"""
# A host in the middle of a transaction, which holds the row that each turn of a sweep is taken by.
LOCKING = """
import time
from django.db import connection, transaction
from summit.wsgi import application
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid() FROM summit_heartbeat WHERE name = 'sweep' FOR UPDATE")
    time.sleep(600)
"""
LOCKS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%%FOR UPDATE'
"""


class Mailbox:
    """A mail server outside that takes its time, and notes who gave it which mail for whom."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.seconds)
        self.taken.append((str(message_from_bytes(envelope.content)["To"]), session.peer[0]))
        return "250 taken"

    def from_host(self, host: Host) -> int:
        """Return how many mails a host has given it."""
        return sum(peer == host.address for _to, peer in self.taken)


@dataclass
class Asked:
    """What was asked of one address again and again: when, until when, the status and the content."""

    answers: list[tuple[float, float, int, bytes]] = field(default_factory=list)

    @property
    def statuses(self) -> set[int]:
        return {status for _asked, _answered, status, _content in self.answers}

    def has(self, words: str) -> bool:
        return any(words.encode() in content for _asked, _answered, _status, content in self.answers)

    @property
    def latest(self) -> int:
        return self.answers[-1][2] if self.answers else 0


def ask(address: str, page: str, patience: float = 90) -> tuple[float, float, int, bytes]:
    """Ask a web host for a page as the proxy does, on a connection of its own."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(address, WEB_PORT, timeout=patience)
    with contextlib.closing(connection):
        try:
            connection.request("GET", page, headers={"Host": "summit.example", "X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            return began, time.monotonic(), answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return began, time.monotonic(), 0, b""


@contextlib.contextmanager
def asking(question: Callable[[], tuple[float, float, int, bytes]], readers: int = 3) -> Iterator[Asked]:
    """Let readers ask without a pause until the end of the block."""
    found, over = Asked(), threading.Event()

    def read() -> None:
        while not over.is_set():
            found.answers.append(question())
            time.sleep(0.01)

    threads = [threading.Thread(target=read) for _each in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        over.set()
        for thread in threads:
            thread.join()


def apart(one: Asked, other: Asked, new: bytes) -> float:
    """Return for how many seconds, at most, either was still answered with the former page after somebody had the new
    one."""
    answers = [*one.answers, *other.answers]
    first = min((answered for _asked, answered, _status, content in answers if new in content), default=math.inf)
    last = max((asked for asked, _answered, _status, content in answers if new not in content), default=-math.inf)
    return max(0.0, last - first)


@dataclass
class World:
    hosts: dict[str, Host]
    broker: Broker
    database: str
    folder: Path
    mailbox: Mailbox
    on: dict[str, Running]
    # A management command of an operator, from outside.
    desk: Processes
    mails: int = 0

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return list(cursor.fetchall()) if cursor.description else []

    def send(self, number: int) -> set[str]:
        first, self.mails = self.mails, self.mails + number
        self.desk.python(MAILS.format(first=first, number=number))
        return {f"p{each}@summit.example" for each in range(first, self.mails)}

    def taken(self, expected: set[str]) -> Counter[str]:
        """Return how often the mail server has taken a mail for each of these."""
        return Counter(to for to, _peer in self.mailbox.taken if to in expected)

    def unsent(self) -> int:
        return int(self.rows("SELECT count(*) FROM outbox_message WHERE kind = 'system' AND state <> 'sent'")[0][0])

    def turns(self, seconds: float) -> dict[str, list[float]]:
        """Return when each sweep began in the next seconds, by the database's clock."""
        (since,) = self.rows("SELECT now()")[0]
        time.sleep(seconds)
        taken: dict[str, list[float]] = {}
        for name, at in self.rows("SELECT name, extract(epoch FROM at) FROM turns WHERE at > %s ORDER BY at", since):
            taken.setdefault(name, []).append(float(at))
        return taken

    def sweeps(self) -> int:
        return int(self.rows("SELECT count(*) FROM turns WHERE name = 'sweep'")[0][0])

    def works(self) -> bool:
        """Return whether a further turn is taken within two seconds."""
        before = self.sweeps()
        time.sleep(2)
        return self.sweeps() > before

    def start(self, *names: str) -> None:
        for name in names:
            if name.startswith("web"):
                self.on[name].web()
            else:
                self.on[name].work()
                self.on[name].beat()

    def ready(self, name: str, seconds: float = 120) -> None:
        address = self.hosts[name].address
        wait_for(lambda: ask(address, "/readyz")[2] == 200, seconds, f"{name} is ready")


def soonest(turns: dict[str, list[float]]) -> float:
    """Return after which part of its interval, at least, a sweep began again."""
    pauses = (
        (later - earlier) / SWEEPS[name].every
        for name, moments in turns.items()
        for earlier, later in itertools.pairwise(moments)
    )
    return min(pauses, default=math.inf)


@pytest.fixture(scope="module")
def network() -> Iterator[tuple[dict[str, Host], str]]:
    with hosts("database", "broker", "web1", "web2", "work1", "work2") as found:
        address = release_hosts.postgresql(found["database"])
        (found["database"].folder / "demo").mkdir()
        env = {**KEYS, "DATABASE_URL": address, "VAR_DIR": str(found["database"].folder / "demo")}
        made = Processes(env, found["database"].folder)
        made.manage("migrate", "-v", "0")
        made.manage("demo")
        yield found, address


@pytest.fixture(scope="module", params=["rabbitmq", "valkey"])
def world(
    network: tuple[dict[str, Host], str], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    current_app.loader.import_default_modules()
    found, template = network
    folder = tmp_path_factory.mktemp("hosts")
    name = f"summit_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(template.replace("/postgres", "/template1"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
        # The numbers that a copied sequence gives are in the log only after a checkpoint. A server that is killed
        # before it would give them again.
        admin.execute("CHECKPOINT")
    database = template.replace("/postgres", f"/{name}")
    broker = Broker(found["broker"], request.param)
    mailbox = Mailbox(0.1)
    mail = Controller(mailbox, hostname=OUTSIDE, port=free_port())
    mail.start()
    limits = {"OUTBOX_LEASE": LEASE, "OUTBOX_SEND_DEADLINE": DEADLINE, "OUTBOX_BATCH": BATCH}
    shared = {"EMAIL_URL": f"smtp://{OUTSIDE}:{mail.port}", **{key: str(value) for key, value in limits.items()}}
    env = environment(database, broker.url, **shared)
    env["PYTHONPATH"] = f"{ROOT}:{folder}"
    (folder / "unclaimed.py").write_text(UNCLAIMED)
    (folder / "frozen.py").write_text(FROZEN)
    (folder / "locking.py").write_text(LOCKING)
    (folder / "desk").mkdir()

    on = {each: Running(found[each], env) for each in ("web1", "web2", "work1", "work2")}
    desk = Processes({**env, "VAR_DIR": str(folder / "desk")}, folder / "desk")
    here = World(found, broker, database, folder, mailbox, on, desk)
    here.rows(TURNS)
    desk.python(PUBLISH.format(slug="two-hosts", seconds=1))
    try:
        broker.start()
        for each in ("web1", "web2"):
            on[each].manage("collectstatic", "--no-input", "--verbosity", "0")
        here.start(*on)
        for each in ("web1", "web2"):
            here.ready(each)
        wait_for(here.sweeps, 120, "the first sweep")
        if broker.kind == "rabbitmq":
            # The tests come in any order. A quorum queue is lost where RabbitMQ is killed within half a second of its
            # declaration: its directory of queues isn't written before that (docs/several-hosts.md).
            wait_for(lambda: broker.queues().keys() >= QUEUES, 120, "all queues are declared")
            time.sleep(3)
        yield here
    finally:
        for running in on.values():
            running.close()
        broker.kill()
        mail.stop()


@contextlib.contextmanager
def proxy(world: World, changes: dict[str, str] | None = None) -> Iterator[Site]:
    """Run nginx outside, with what the document says of several web hosts."""
    document = (ROOT / "docs/several-hosts.md").read_text()
    (upstream,) = re.findall(r"^ *```nginx\n(.*?)^ *```$", document, re.MULTILINE | re.DOTALL)
    folder = world.folder / f"nginx-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    for number in (1, 2):
        upstream = upstream.replace(f"10.0.0.1{number}:8000", f"{world.hosts[f'web{number}'].address}:{WEB_PORT}")
    edits = {
        f"    server unix:{folder}/web.sock fail_timeout=0;\n": upstream,
        "server_name localhost;": "server_name summit.example localhost;",
        **(changes or {}),
    }
    port, plain = free_port(), free_port()
    with nginx(write(folder, port=port, plain=plain, changes=edits, places={}), port):
        yield Site(folder, port, plain, world.desk)


def through(site: Site) -> Callable[[], tuple[float, float, int, bytes]]:
    """Return a question to the proxy, each time for a page that it doesn't keep yet."""
    number = itertools.count()

    def question() -> tuple[float, float, int, bytes]:
        began = time.monotonic()
        answer = site.ask(f"{PAGE}?n={next(number)}", headers={"Host": "summit.example"})
        return began, time.monotonic(), answer.status, answer.body

    return question


class TestTurns:
    def test_two_beats_take_each_turn_once_and_one_goes_on(self, world: World) -> None:
        both = world.turns(15)
        assert set(both) >= {"sweep", "publications", "webhooks", "jobs", "alarms", "audit"}
        assert soonest(both) >= SHARE
        beat = next(each for each in world.on["work1"].running if "beat" in map(str, each.args))  # type: ignore[arg-type]
        world.on["work1"].kill(beat)
        alone = world.turns(15)
        assert soonest(alone) >= SHARE
        assert len(alone["sweep"]) >= 10
        world.on["work1"].beat()

    def test_control_who_does_not_claim_takes_them_twice(self, world: World) -> None:
        for name in ("work1", "work2"):
            world.on[name].close()
            world.on[name].running.clear()
            world.on[name].work("unclaimed")
            world.on[name].beat()
        wait_for(world.works, BACK, "workers work")
        assert soonest(world.turns(10)) < SHARE
        for name in ("work1", "work2"):
            world.on[name].close()
            world.on[name].running.clear()
        world.start("work1", "work2")
        wait_for(world.works, BACK, "workers work again")


class TestPages:
    def test_both_web_hosts_agree_within_two_seconds(self, world: World) -> None:
        one, other = (world.hosts[name].address for name in ("web1", "web2"))
        for what, page, change, new in (
            ("a text at its moment", LATER, PUBLISH.format(slug="at-its-moment", seconds=3), "The canary sings."),
            ("a release of the agenda", f"{SUMMIT}/agenda/", RELEASE, "The canary moves"),
        ):
            with asking(partial(ask, one, page)) as first, asking(partial(ask, other, page)) as second:
                world.desk.python(change)
                for asked in (first, second):
                    wait_for(partial(asked.has, new), 60, what)
                time.sleep(AGREE)
            assert first.statuses | second.statuses <= {200, 404}
            found = apart(first, second, new.encode())
            assert found <= AGREE

    def test_control_who_does_not_ask_what_has_changed_shows_the_former(self, world: World) -> None:
        frozen = world.on["web2"].start(
            "gunicorn",
            "--threads",
            "4",
            "--no-control-socket",
            "--bind",
            f"{world.hosts['web2'].address}:8001",
            "frozen",
        )
        address = world.hosts["web2"].address
        # Other tests name it otherwise, and publish texts with a topic of the first name.
        former, new = (f"topic-{uuid.uuid4().hex[:6]}" for _each in range(2))
        world.rows(TOPIC, former)

        def shown(port: int, page: str = PAGE) -> bytes:
            connection = http.client.HTTPConnection(address, port, timeout=60)
            with contextlib.closing(connection), contextlib.suppress(OSError):
                connection.request("GET", page, headers={"Host": "summit.example", "X-Forwarded-Proto": "https"})
                return connection.getresponse().read()
            return b""

        wait_for(lambda: former.encode() in shown(8001), 60, "the page")
        world.rows(TOPIC, new)
        wait_for(lambda: new.encode() in shown(WEB_PORT), AGREE, "the other shows it")
        time.sleep(AGREE)
        assert former.encode() in shown(8001)
        world.on["web2"].kill(frozen)


class TestCutOff:
    def test_a_cut_off_worker_loses_no_mail(self, world: World) -> None:
        """It still reaches the mail server, but neither the database nor the broker, in the middle of a batch."""
        host, other = world.hosts["work1"], world.hosts["work2"]
        had, others_had = world.mailbox.from_host(host), world.mailbox.from_host(other)
        world.mailbox.seconds = 0.3
        expected = world.send(200)
        wait_for(lambda: world.mailbox.from_host(host) >= had + 10, 60, "it sends")
        wait_for(lambda: world.mailbox.from_host(other) > others_had, 60, "so does the other")
        assert world.unsent() > 0
        with host.cut_off(world.hosts["database"], world.hosts["broker"]):
            wait_for(lambda: world.unsent() == 0, 120, "all mails")
        world.mailbox.seconds = 0.1
        taken = world.taken(expected)
        assert set(taken) == expected
        # What each of its two processes had handed to the mail server and could not mark any more: one each.
        twice = {to for to, times in taken.items() if times > 1}
        assert len(twice) <= 2
        assert all(taken[to] == 2 for to in twice)
        for to in twice:
            assert {peer for each, peer in world.mailbox.taken if each == to} == {
                host.address,
                other.address,
            }
        assert world.mailbox.from_host(other) > others_had
        # Nobody has to do anything.
        mine = world.mailbox.from_host(host)

        def works_again() -> bool:
            # More than the other's two processes take at once: it may else be asked first each time.
            if world.unsent() == 0:
                world.send(4 * BATCH)
            return world.mailbox.from_host(host) > mine

        wait_for(works_again, BACK, "it works again")
        wait_for(lambda: world.unsent() == 0, BACK, "the rest")

    @pytest.mark.parametrize("startup", [None, "none"], ids=["", "control-without-keepalives"])
    def test_what_a_cut_off_host_has_locked_is_free_again(self, world: World, startup: str | None) -> None:
        host, on = world.hosts["work1"], world.on["work1"]
        env, on.env = on.env, {**on.env, **({"DATABASE_STARTUP": startup} if startup else {})}
        locking = on.start("locking")
        on.env = env
        wait_for(lambda: len(world.rows(LOCKS)) == 1, 60, "it holds the row")
        assert not world.works()
        with host.cut_off(world.hosts["database"], world.hosts["broker"]):
            cut = time.monotonic()
            if startup:
                time.sleep(20)
                assert not world.works()
                world.rows("SELECT pg_terminate_backend(%s)", *world.rows(LOCKS)[0])
            wait_for(world.works, BACK, "the other works")
            if not startup:
                assert time.monotonic() - cut < 20
        on.kill(locking)
        wait_for(world.works, BACK, "both work")

    def test_a_cut_off_web_host_is_not_noticed(self, world: World) -> None:
        host, address = world.hosts["web1"], world.hosts["web1"].address
        with proxy(world) as site:
            for from_whom in (("database", "broker"), ()):
                for each in ("web1", "web2"):
                    world.ready(each)
                topic = f"topic-{uuid.uuid4().hex[:6]}"
                with asking(through(site)) as readers:
                    time.sleep(1)
                    with host.cut_off(*(world.hosts[each] for each in from_whom)):
                        time.sleep(20)
                        world.rows(TOPIC, topic)
                        time.sleep(1)
                    with asking(partial(ask, address, PAGE, 10), 1) as direct:
                        wait_for(partial(direct.has, topic), BACK, "it is back")
                        time.sleep(1)
                assert readers.statuses == {200}
                good = [each for each in direct.answers if each[2] == 200]
                # From its first answer on it shows what changed meanwhile.
                assert all(topic.encode() in each[3] for each in good if each[0] > good[0][0] + AGREE)

    def test_control_without_the_other_host_readers_get_errors(self, world: World) -> None:
        with proxy(world, {" http_504": ""}) as site, asking(through(site)) as readers:
            time.sleep(1)
            with world.hosts["web1"].cut_off(world.hosts["database"]):
                wait_for(lambda: 504 in readers.statuses, BACK, "an error")
        world.ready("web1")


class TestBroker:
    def test_work_goes_on_when_the_broker_is_back(self, world: World) -> None:
        one, other = (world.hosts[name].address for name in ("web1", "web2"))
        with (
            asking(partial(ask, one, PAGE), 1) as first,
            asking(partial(ask, other, "/accounts/login/"), 1) as second,
        ):
            world.broker.kill()
            try:
                expected = world.send(20)
                time.sleep(5)
                assert not world.taken(expected)
            finally:
                world.broker.start()
            wait_for(lambda: world.unsent() == 0, BACK, "mails of meanwhile are sent")
        assert world.taken(expected) == dict.fromkeys(expected, 1)
        assert first.statuses | second.statuses == {200}
        assert soonest(world.turns(10)) >= SHARE
        if world.broker.kind == "rabbitmq":
            queues = world.broker.queues()
            assert {name: queues[name] for name in QUEUES} == dict.fromkeys(QUEUES, "quorum")

    def test_work_goes_on_when_the_database_is_back(self, world: World) -> None:
        one, host = world.hosts["web1"].address, world.hosts["database"]
        expected = world.send(40)
        with asking(partial(ask, one, PAGE), 1) as readers:
            release_hosts.tell_postgresql(host, "stop", "-m", "immediate")
            try:
                wait_for(lambda: readers.latest == 504, BACK, "it says so")
                time.sleep(3)
            finally:
                release_hosts.tell_postgresql(host, "start")
            wait_for(lambda: readers.latest == 200, BACK, "pages are back")
        assert readers.statuses == {200, 504}
        wait_for(lambda: world.unsent() == 0, BACK, "what waited is sent")
        # Twice, at most, for each process that was sending one.
        times = world.taken(expected)
        assert (set(times), sum(times.values()) - len(expected) <= 4) == (expected, True)
        wait_for(world.works, BACK, "sweeps are back")
