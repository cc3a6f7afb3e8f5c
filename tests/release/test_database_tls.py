"""The connection to PostgreSQL over TLS, as DATABASE_URL says it: a real server, with a certificate of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sources import ROOT
from tools.running import free_port

pytestmark = [pytest.mark.release, pytest.mark.loopback]

ASK = (
    "import django; django.setup(); from django.db import connection; cursor = connection.cursor(); "
    "cursor.execute('select ssl from pg_stat_ssl where pid = pg_backend_pid()'); print('TLS:', *cursor.fetchone())"
)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for a host, signed by itself, and return the paths of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return paths


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Path, Path]]:
    """Run a PostgreSQL that takes connections by TLS alone. Yield (port, its certificate, another one)."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if binaries is None:
        pytest.fail("There is no PostgreSQL: apt-get install postgresql")
    # PostgreSQL doesn't run as root, and nobody else may enter pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="summit-tls-"))
    folder.chmod(0o755)
    trusted, key = certificate(folder, "localhost")
    other, _key = certificate(folder, "other.example")
    data, log = folder / "data", folder / "server.log"
    data.mkdir()
    for path in (data, key):
        subprocess.run(["chown", "postgres", path], check=True)
    key.chmod(0o600)
    port = free_port()
    owner = ["runuser", "-u", "postgres", "--"]
    initialise = [binaries / "initdb", "-D", data, "-U", "summit", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*owner, *initialise], check=True, capture_output=True, cwd="/")
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n")
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off "
        f"-c ssl=on -c ssl_cert_file={trusted} -c ssl_key_file={key}"
    )
    control = [*owner, binaries / "pg_ctl", "-D", data, "-w", "-l", data / log.name]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")
    try:
        yield port, trusted, other
    finally:
        subprocess.run([*control, "-m", "fast", "stop"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(folder)


def connect(port: int, host: str, query: str, tmp_path: Path) -> str:
    """Let a process of the system connect, and return the last line that it printed."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    variables = {
        "DJANGO_SETTINGS_MODULE": "summit.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"postgres://summit:x@{host}:{port}/postgres?{query}",
    }
    command = [sys.executable, "-c", ASK]
    ended = subprocess.run(
        command, env={**kept, **variables}, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    return (ended.stdout or ended.stderr).strip().splitlines()[-1]


def test_the_certificate_is_verified(server: tuple[int, Path, Path], tmp_path: Path) -> None:
    port, trusted, other = server
    verified = "sslmode=verify-full&sslrootcert="
    assert connect(port, "localhost", f"{verified}{trusted}", tmp_path) == "TLS: True"
    assert "certificate verify failed" in connect(port, "localhost", f"{verified}{other}", tmp_path)
    # The name is compared too.
    assert "does not match host name" in connect(port, "127.0.0.1", f"{verified}{trusted}", tmp_path)
    # The controls: without verification anybody's certificate does, and the server takes nobody without TLS.
    assert connect(port, "127.0.0.1", f"sslmode=require&sslrootcert={tmp_path / 'none.pem'}", tmp_path) == "TLS: True"
    assert "no encryption" in connect(port, "localhost", "sslmode=disable", tmp_path)
