"""The nginx of deploy/nginx, with its operator's places filled for a test, in front of gunicorn."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from tests.processes import Processes, wait_for
from tools.running import ROOT, free_port

SHIPPED = ROOT / "deploy" / "nginx"
CERTIFICATE = "/etc/letsencrypt/live/summit.example"
# As Debian's: it compresses what its sites don't leave alone.
MAIN = """
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/main.log;
events {{ worker_connections 4096; }}
http {{
    sendfile on;
    tcp_nopush on;
    gzip on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/summit.conf;
}}
"""

# The application, which notes the second and the address of each request: its own log has neither.
COUNTED = """
import time
from summit.wsgi import application as counted

log = open("{log}", "a", buffering=1)

def application(environ, start_response):
    query = environ.get("QUERY_STRING")
    log.write(f"{{int(time.time())}} {{environ['PATH_INFO']}}{{'?' + query if query else ''}}\\n")
    return counted(environ, start_response)
"""


# Behind what it asks: in production the askers are on other machines.
LOAD = ("nice", "-n", "19", "wrk")
KEYS = {
    "SECRET_KEY": "x1" * 40 + "abcdefghijklm",
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "DEFAULT_FROM_EMAIL": "Summit <summit@summit.example>",
    "PRODUCTION": "0",
}


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers by their names in small letters, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def write(folder: Path, *, port: int, plain: int, changes: dict[str, str], places: dict[str, str]) -> Path:
    """Write the shipped configuration into a folder, with the `places` that an operator edits and `changes`; return
    the main file."""
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    edits = {
        "server_name summit.example;": "server_name localhost;",
        f"{CERTIFICATE}/fullchain.pem": f"{folder}/certificate.pem",
        f"{CERTIFICATE}/privkey.pem": f"{folder}/key.pem",
        "/run/summit/web.sock": f"{folder}/web.sock",
        "/var/lib/summit/static/": f"{folder}/var/static/",
        "/var/lib/nginx/summit": f"{folder}/cache",
        "/var/log/nginx/": f"{folder}/",
        "/etc/nginx/summit/pages/": f"{folder}/summit/pages/",
        **places,
        ":443 ssl": f":{port} ssl",
        "listen 443 ssl": f"listen {port} ssl",
        ":80 default_server": f":{plain} default_server",
        "listen 80 default_server": f"listen {plain} default_server",
        ":80;": f":{plain};",
        "listen 80;": f"listen {plain};",
        **changes,
    }
    files = [path for path in folder.rglob("*.conf") if path.name != "nginx.conf"]
    texts = {path: path.read_text() for path in files}
    for old, new in edits.items():
        assert any(old in text for text in texts.values()), f"nothing to edit: {old}"
        texts = {path: text.replace(old, new) for path, text in texts.items()}
    for path, text in texts.items():
        path.write_text(text)
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    made = ("-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *made]
    subprocess.run(command, check=True, capture_output=True)
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder))
    return main


class Site:
    def __init__(self, folder: Path, port: int, plain: int, found: Processes) -> None:
        self.folder = folder
        self.port = port
        self.plain = plain
        self.processes = found
        self.base = f"https://localhost:{port}"
        self.host = f"localhost:{port}"
        self.pids: list[int] = []

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=60)
        with contextlib.closing(connection):
            return ask_on(connection, path, method, body, headers)

    def origin(self) -> list[tuple[str, str]]:
        """Return what came to the application so far: the second and the path of each request."""
        lines = (self.folder / "origin.log").read_text().splitlines()
        return [(words[0], words[1]) for words in map(str.split, lines)]

    def busiest(self, path: str, since: int) -> int:
        """Return how many requests for a path came to the application in its busiest second."""
        counted = Counter(second for second, each in self.origin()[since:] if each == path)
        return max(counted.values(), default=0)

    def log(self, name: str = "summit.access.log") -> str:
        return (self.folder / name).read_text(errors="replace")


def ask_on(
    connection: http.client.HTTPConnection,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Give the address of a PostgreSQL database with the demonstration: on a server of its own, since in production
    there is no other database."""
    ports = {"SERVICES_PG_PORT": str(free_port()), "SERVICES_REDIS_PORT": str(free_port())}
    services = str(ROOT / ".ci" / "services")
    # Not below pytest's folder, which PostgreSQL's own account may not enter.
    with tempfile.TemporaryDirectory(prefix="summit-release-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        env = {**os.environ, **ports, "SERVICES_DIR": str(folder / "services")}
        # What it starts would hold a pipe open.
        with (folder / "log").open("wb") as log:
            subprocess.run([services, "start"], check=True, env=env, stdout=log, stderr=log)
        try:
            url = f"postgres://summit:summit@127.0.0.1:{ports['SERVICES_PG_PORT']}/postgres"
            found = Processes({"VAR_DIR": str(folder / "var"), "DATABASE_URL": url, **KEYS}, folder)
            found.manage("migrate", "-v", "0")
            found.manage("demo")
            yield url
        finally:
            subprocess.run([services, "stop"], check=True, env=env, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def site(folder: Path, database: str, changes: dict[str, str] | None = None) -> Iterator[Site]:
    """Run what is in a database behind nginx. `changes` are made to nginx's configuration, from text to text."""
    port, plain = free_port(), free_port()
    folder.mkdir()
    main = write(folder, port=port, plain=plain, changes=changes or {}, places={})
    env = {
        **KEYS,
        "BASE_URL": f"https://localhost:{port}",
        "ALLOWED_HOSTS": "localhost",
        "BEHIND_PROXY": "1",
        "DATABASE_URL": database,
        "VAR_DIR": str(folder / "var"),
        # The web process connects to neither.
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "PRODUCTION": "1",
    }
    found = Processes(env, folder)
    try:
        found.manage("collectstatic", "--no-input", "--verbosity", "0")
        run = Site(folder, port, plain, found)
        (folder / "counted.py").write_text(COUNTED.format(log=f"{folder}/origin.log"))
        bind = ("--bind", f"unix:{folder}/web.sock", "--workers", "2", "--threads", "4")
        web = found.start("gunicorn", *bind, "--no-control-socket", "--pythonpath", str(folder), "counted")
        with nginx(main, port) as process:
            run.pids = [web.pid, process.pid]
            wait_for(lambda: run.ask("/healthz").status == 200, 60, "the application answers")
            yield run
    finally:
        found.close()


@contextlib.contextmanager
def beside(
    run: Site, folder: Path, changes: dict[str, str] | None = None, socket: Path | None = None
) -> Iterator[Site]:
    """Run another nginx in front of the same application, or of what listens on `socket`, with other `changes`."""
    port, plain = free_port(), free_port()
    places = {"/run/summit/web.sock": str(socket or run.folder / "web.sock")}
    main = write(folder, port=port, plain=plain, changes=changes or {}, places=places)
    with nginx(main, port) as process:
        found = Site(folder, port, plain, run.processes)
        found.host = f"localhost:{run.port}"
        found.pids = [run.pids[0] if run.pids else 0, process.pid]
        yield found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def nginx(main: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx in the foreground with a configuration, and wait until it listens on the port."""
    test = subprocess.run(["nginx", "-t", "-c", str(main)], check=False, capture_output=True, text=True)
    assert test.returncode == 0, test.stderr
    assert "[warn]" not in test.stderr, test.stderr
    process = subprocess.Popen(["nginx", "-c", str(main), "-g", "daemon off;"])
    try:
        wait_for(lambda: _listens(port), 10, "nginx has started")
        yield process
    finally:
        process.terminate()
        process.wait(20)
