"""The image of deploy/container: what is in it, and each of its roles, not root, on a read-only root file system."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from summit import __version__ as VERSION
from tests.processes import wait_for
from tests.release.images import Buildah, Host, Image
from tests.release.machine import CACHE
from tools.running import ROOT

pytestmark = [pytest.mark.release, pytest.mark.loopback]

SECONDS = 300
COMPILERS = ("gcc", "cc", "c++", "g++", "clang", "ld", "make", "pip", "pip3")
PAGE = ("curl", "--silent", "--show-error", "--max-time", "20", "--header", "Host: summit.example")
SEND = "from delegations.tasks import purge; purge.apply_async(queue='jobs')"
WAITING = ("redis-cli", "-p", "63799", "llen", "jobs")
ENVIRONMENT = {
    "BASE_URL": "https://summit.example",
    "ALLOWED_HOSTS": "summit.example",
    "BEHIND_PROXY": "1",
    "DEFAULT_FROM_EMAIL": "Summit <summit@summit.example>",
    "WEB_WORKERS": "1",
}
SECRETS = {
    "SECRET_KEY": "x1" * 40 + "abcdefghijklm\n",
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgres://summit:summit@127.0.0.1:54329/postgres",
    "REDIS_URL": "redis://127.0.0.1:63799/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can enter, and that doesn't stay: images are large."""
    with tempfile.TemporaryDirectory(prefix="summit-image-", dir=CACHE.parent) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def image(folder: Path) -> Image:
    return Buildah(folder / "buildah").image()


@pytest.fixture(scope="module")
def host(image: Image, folder: Path) -> Iterator[Host]:
    """A network with PostgreSQL and Redis, in which roles can be started; the image has migrated the database."""
    with Host(folder / "host", image, ENVIRONMENT, SECRETS) as found:
        command = [*found.inside, str(ROOT / ".ci/services")]
        env = {**os.environ, "SERVICES_DIR": str(folder / "services")}
        try:
            subprocess.run([*command, "start"], env=env, check=True, capture_output=True, timeout=SECONDS)
            found.role("migrate")
            yield found
        finally:
            subprocess.run([*command, "stop"], env=env, check=False, capture_output=True, timeout=SECONDS)


class TestImage:
    def test_no_compiler_and_no_secret_is_in_it(self, image: Image) -> None:
        folders = ("usr/local/bin", "usr/bin", "bin", "opt/summit/bin")
        found = [f"{each}/{name}" for each in folders for name in COMPILERS if (image.root / each / name).exists()]
        assert found == []
        assert not list((image.root / "opt/summit").rglob("*.sqlite3"))
        assert not list(image.root.glob("root/.cache/*"))
        assert not [each for each in image.config["Env"] if "SECRET" in each or "KEY" in each]

    def test_the_licences_are_in_it(self, image: Image) -> None:
        assert all((image.root / "opt/summit/app" / name).exists() for name in ("LICENSE", "NOTICE"))

    def test_what_each_release_makes_once_is_in_it(self, image: Image) -> None:
        summit = image.root / "opt/summit"
        assert (summit / f"var/static/staticfiles-{VERSION}.json").exists()
        assert (summit / "app/locale/fr/LC_MESSAGES/django.mo").exists()
        assert list((summit / "var/api-description").iterdir())

    def test_nothing_of_it_belongs_to_the_user_that_runs_it(self, image: Image) -> None:
        own = [path for path in (image.root / "opt/summit").rglob("*") if path.lstat().st_uid == 10001]
        assert own == []


class TestRoles:
    def test_web_answers_and_stops_by_itself(self, host: Host) -> None:
        host.start("web")
        ready = (*PAGE, "http://127.0.0.1:8000/readyz")
        wait_for(lambda: host.outside(*ready) == "ok\n", SECONDS, "web doesn't answer")
        # Its own check asks in the container's network.
        host.role("health")
        page = host.outside(*PAGE, "--header", "X-Forwarded-Proto: https", "http://127.0.0.1:8000/accounts/login/")
        styles = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert styles.startswith("/static/")
        url = f"http://127.0.0.1:8000{styles}"
        assert "--" in host.outside(*PAGE, "--header", "X-Forwarded-Proto: https", url)
        assert host.stop("web") == 0

    def test_the_check_fails_where_no_web_is(self, host: Host) -> None:
        assert host.run("summit", "health").returncode != 0

    def test_beat_ticks_and_workers_take_what_it_asks(self, host: Host) -> None:
        query = "from summit.maintenance.models import Heartbeat as H; print(H.objects.get(name='sweep').at)"
        host.start("worker", "celery")
        host.start("beat")

        def swept() -> str:
            return host.run("summit", "manage", "shell", "--no-imports", "--command", query).stdout

        before = wait_for(swept, SECONDS, f"no sweep:\n{host.log('worker-celery')}{host.log('beat')}")
        wait_for(lambda: swept() != before, SECONDS, "no further sweep")
        assert host.stop("beat") == 0
        assert host.stop("worker-celery") == 0

    def test_a_worker_takes_from_its_queues_alone(self, host: Host) -> None:
        host.role("manage", "shell", "--no-imports", "--command", SEND)
        assert host.outside(*WAITING) == "1\n"
        host.start("worker", "mail", "jobs")
        wait_for(lambda: host.outside(*WAITING) == "0\n", SECONDS, "the task wasn't taken")
        wait_for(lambda: "mail,jobs@" in host.log("worker-mail-jobs"), SECONDS, "it isn't called by its queues")
        assert host.stop("worker-mail-jobs") == 0

    def test_a_backup_is_made_and_whole(self, host: Host) -> None:
        said = host.role("backup")
        assert re.search(r"summit-\d{8}T\d{6}Z\.zip", said)

    def test_management_commands_run(self, host: Host) -> None:
        assert "no issues" in host.role("manage", "check", "--deploy")
        assert host.role("manage", "verify_audit") == "0 entries verified.\n"
        # Mails and PDFs name static files too, by the names that they have got in the image.
        named = "from django.templatetags.static import static; print(static('favicon.svg'))"
        assert re.fullmatch(r"/static/favicon\.\w+\.svg\n", host.role("manage", "shell", "--no-imports", "-c", named))

    def test_it_can_sign_in_by_saml_where_it_was_built_so(self, host: Host) -> None:
        done = host.run("python", "-c", "import onelogin.saml2.auth, xmlsec; print(xmlsec.__name__)")
        assert (done.stdout, done.stderr) == ("xmlsec\n", "")

    def test_another_role_is_refused_with_what_there_is(self, host: Host) -> None:
        refused = host.run("summit", "wed")
        assert refused.returncode == 2
        assert "web, worker, beat, migrate, backup, manage" in refused.stderr

    def test_it_is_not_root_and_writes_nothing_but_its_volumes(self, host: Host) -> None:
        assert host.run("id", "-u").stdout == "10001\n"
        folders = "/ /opt/summit /etc /usr/bin /tmp /var/lib/summit"
        done = host.run("sh", "-c", f"for each in {folders}; do touch $each/x && echo $each; done")
        assert done.stdout.split() == folders.split()[-2:]
        assert done.stderr.count("Read-only file system") == 4
        status = host.run("cat", "/proc/self/status").stdout
        assert "CapEff:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status
