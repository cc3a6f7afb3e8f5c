"""Hosts of their own on one machine: network namespaces on a bridge, each with an address and a firewall."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.processes import Processes, wait_for
from tests.release.nginx import KEYS
from tools.running import ROOT

POSTGRESQL = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=Path())
RABBITMQ = Path("/usr/lib/rabbitmq/bin")
# Of the networks that nobody routes (RFC 6890): for tries of network devices.
NETWORK = "198.18.23"
# This machine itself: where the proxy, the readers and the mail server are.
OUTSIDE = f"{NETWORK}.1"
MASTER = "release-bridge"
WEB_PORT = 8000
NODE = "summit@localhost"


def _run(*command: str, **options: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=options or None)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def _try(*command: str) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120).stdout


class Host:
    """A network namespace with an address of its own. Its processes have a folder of their own, and share no disk."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name, self.address = name, f"{NETWORK}.{number}"
        self.space = f"release-{name}"
        self.folder = folder / name
        self.folder.mkdir()
        self.prefix = ("ip", "netns", "exec", self.space)
        inside, self.outside = f"rel-{number}-in", f"rel-{number}-out"
        # Of a run that was killed.
        self.end()
        _run("ip", "netns", "add", self.space)
        _run("ip", "link", "add", self.outside, "type", "veth", "peer", "name", inside, "netns", self.space)
        _run("ip", "link", "set", self.outside, "master", MASTER, "up")
        for words in (f"address add {self.address}/24 dev {inside}", f"link set {inside} up", "link set lo up"):
            _run("ip", "-n", self.space, *words.split())

    def run(self, *command: str, **options: str) -> str:
        return _run(*self.prefix, *command, **options)

    @contextlib.contextmanager
    def cut_off(self, *others: "Host") -> Iterator[None]:
        """Drop all that goes between it and `others`, or between it and everything, without a word to either side."""
        addresses = "{" + ",".join(each.address for each in others) + "}" if others else f"{NETWORK}.0/24"
        rules = [
            "table inet cut {",
            "chain in { type filter hook input priority 0;",
            f"ip saddr {addresses} drop;",
            "}",
        ]
        rules += ["chain out { type filter hook output priority 0;", f"ip daddr {addresses} drop;", "}", "}"]
        subprocess.run([*self.prefix, "nft", "-f", "-"], input="\n".join(rules), text=True, check=True)
        try:
            yield
        finally:
            self.run("nft", "delete", "table", "inet", "cut")

    def end(self) -> None:
        """Kill what still runs in it, and remove it. What isn't there is none of its concern."""
        for pid in _try("ip", "netns", "pids", self.space).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        # The namespace goes when the last process has gone, and only then takes its device along.
        _try("ip", "link", "delete", self.outside)
        _try("ip", "netns", "delete", self.space)


class Running(Processes):
    """Processes of the project on a host, each as its unit starts it."""

    def __init__(self, host: Host, env: dict[str, str]) -> None:
        super().__init__({**env, "VAR_DIR": str(host.folder / "var")}, host.folder)
        self.host, self.prefix = host, host.prefix

    def web(self, port: int = WEB_PORT) -> subprocess.Popen[bytes]:
        """Start gunicorn as the unit does, with two processes, at the host's address."""
        options = ("--preload", "--workers", "2", "--threads", "4", "--no-control-socket")
        return self.start("gunicorn", *options, "--bind", f"{self.host.address}:{port}", "summit.wsgi")

    def work(self, app: str = "summit") -> None:
        """Start a worker for the sweeps and one for the other queues."""
        of_all = ("--without-gossip", "--without-heartbeat", "--without-mingle")
        for name, options in (("sweeps", "-Q celery --pool=solo"), ("others", "-Q mail,webhooks,jobs -c 2")):
            each = f"{name}@{self.host.name}"
            self.start("celery", "--quiet", "--app", app, "worker", "-n", each, *options.split(), *of_all)

    def logged(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


@contextlib.contextmanager
def hosts(*names: str) -> Iterator[dict[str, Host]]:
    """Give hosts by their names, on a network that this machine is on too."""
    _try("ip", "link", "delete", MASTER)
    _run("ip", "link", "add", MASTER, "type", "bridge")
    found: dict[str, Host] = {}
    # Not below pytest's folder, which PostgreSQL's own account may not enter.
    with tempfile.TemporaryDirectory(prefix="summit-hosts-") as folder:
        Path(folder).chmod(0o711)
        try:
            _run("ip", "address", "add", f"{OUTSIDE}/24", "dev", MASTER)
            _run("ip", "link", "set", MASTER, "up")
            for number, name in enumerate(names, 10):
                found[name] = Host(name, number, Path(folder))
            yield found
        finally:
            for host in found.values():
                host.end()
            _run("ip", "link", "delete", MASTER)


def postgresql(host: Host) -> str:
    folder = host.folder / "postgresql"
    folder.mkdir()
    shutil.chown(folder, "postgres")
    host.folder.chmod(0o711)
    as_owner = ("runuser", "-u", "postgres", "--")
    (host.folder / "password").write_text("summit")
    (host.folder / "password").chmod(0o644)
    data = str(folder / "data")
    _run(*as_owner, str(POSTGRESQL / "initdb"), "-D", data, "-U", "summit", "-E", "UTF8", "--locale=C.UTF-8",
         f"--pwfile={host.folder / 'password'}", "-A", "scram-sha-256")  # fmt: skip
    with (folder / "data" / "pg_hba.conf").open("a") as access:
        access.write(f"host all all {NETWORK}.0/24 scram-sha-256\n")
    tell_postgresql(host, "start")
    return f"postgres://summit:summit@{host.address}/postgres"


def tell_postgresql(host: Host, *command: str) -> None:
    folder = host.folder / "postgresql"
    options = f"-c listen_addresses={host.address} -c unix_socket_directories={folder} -c max_connections=200"
    told = ("runuser", "-u", "postgres", "--", str(POSTGRESQL / "pg_ctl"), "-D", str(folder / "data"), "-w")
    # What it starts would hold a pipe open.
    subprocess.run(
        [*host.prefix, *told, "-l", str(folder / "log"), "-o", options, *command],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )


class Broker:
    def __init__(self, host: Host, kind: str) -> None:
        self.host, self.kind = host, kind
        self._process: subprocess.Popen[bytes] | None = None
        self._env = {
            "PATH": os.environ["PATH"],
            "HOME": str(host.folder),
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_MNESIA_BASE": str(host.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(host.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(host.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(host.folder / "plugins"),
            "RABBITMQ_PID_FILE": str(host.folder / "pid"),
        }
        (host.folder / "rabbitmq.conf").write_text("loopback_users = none\ndefault_user = summit\ndefault_pass = x\n")

    @property
    def url(self) -> str:
        return (
            f"amqp://summit:x@{self.host.address}//" if self.kind == "rabbitmq" else f"redis://{self.host.address}/0"
        )

    def start(self) -> None:
        valkey = (
            f"valkey-server --bind {self.host.address} --protected-mode no --appendonly no --dir {self.host.folder}"
        )
        command = [str(RABBITMQ / "rabbitmq-server")] if self.kind == "rabbitmq" else [*valkey.split(), "--save", ""]
        with (self.host.folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self.host.prefix, *command], env=self._env, cwd="/", stdout=log, stderr=log, start_new_session=True
            )
        wait_for(self.answers, 120, f"{self.kind} answers")

    def answers(self) -> bool:
        if self.kind == "rabbitmq":
            return "ok" in self._try("rabbitmqctl", "-q", "eval", "rabbit:is_serving() andalso ok.")
        return "PONG" in self._try("valkey-cli", "-h", self.host.address, "ping")

    def kill(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def queues(self) -> dict[str, str]:
        lines = self._try("rabbitmqctl", "-q", "list_queues", "--no-table-headers", "name", "type").splitlines()
        return dict(line.split("\t") for line in lines)

    def _try(self, *command: str) -> str:
        program = str(RABBITMQ / command[0]) if command[0] == "rabbitmqctl" else command[0]
        done = subprocess.run(
            [*self.host.prefix, program, *command[1:]],
            env={**self._env, "RABBITMQ_NODENAME": NODE},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout


def environment(database: str, broker: str, **others: str) -> dict[str, str]:
    return {
        **KEYS,
        "BASE_URL": "https://summit.example",
        "ALLOWED_HOSTS": "summit.example",
        "BEHIND_PROXY": "1",
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "PRODUCTION": "1",
        "PYTHONPATH": str(ROOT),
        **others,
    }
