"""docs/deploying.md, typed on a bare Debian with systemd: Summit runs, keeps to its limits, restarts unnoticed."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import wait_for
from tests.release.deployed import deploy
from tests.release.machine import Machine, machine
from tools.running import ROOT

pytestmark = [pytest.mark.release, pytest.mark.loopback]

HERE = Path(__file__).parent
SERVICES = (
    "summit-web.service",
    "summit-beat.service",
    *(f"summit-worker@{queue}.service" for queue in ("celery", "mail", "webhooks", "jobs")),
)
OTHERS = ("summit.target", "summit-web.socket", "summit-verify-audit.timer", "summit-read-bounces.timer")
# systemd's own judgement goes from 0 to 10 for a service that may do everything.
EXPOSED = 1.5
SECONDS = 600
SOCKET, PORT = "/run/summit/web.sock", "8001"
ASK = "curl -sS --fail --max-time 120 --header 'Host: summit.example' "
READY = f"{ASK} --unix-socket {SOCKET} http://localhost/readyz"
READY_ALONE = f"{ASK} --retry 60 --retry-connrefused --retry-delay 1 http://127.0.0.1:{PORT}/readyz"
# As the unit, but gunicorn opens its port itself.
ALONE = (
    "systemd-run --quiet --collect --unit=summit-alone --service-type=notify --property=Restart=always "
    "/usr/local/bin/summit-run -m gunicorn summit.wsgi --preload --workers 4 --threads 4 --no-control-socket "
    f"--bind 127.0.0.1:{PORT}"
)


@pytest.fixture(scope="module")
def summit() -> Iterator[Machine]:
    """A machine on which the document's commands were typed; it is tried by what they leave behind."""
    with machine() as found:
        for name in ("steady_requests.py", "inside.py"):
            shutil.copyfile(HERE / name, found.root / "usr/local/lib" / name)
        deploy(found)
        yield found


def active(found: Machine, units: tuple[str, ...]) -> list[str]:
    return found.try_(f"systemctl is-active {' '.join(units)}").stdout.split()


def sweeps(found: Machine) -> str:
    """Return when the last sweep began, by the database."""
    query = "SELECT at FROM summit_heartbeat WHERE name = 'sweep'"
    return found.run(f'runuser -u postgres -- psql --dbname=summit --tuples-only --command="{query}"').strip()


def under_load(found: Machine, where: str, ready: str, restart: str) -> tuple[int, float, list[str]]:
    """Restart twice while requests come. Return how many were sent, the seconds of the slowest, and which failed."""
    script = f"""
        rm -f /tmp/stop
        python3 /usr/local/lib/steady_requests.py {where} /readyz summit.example /tmp/stop > /tmp/requests &
        for each in 1 2; do
            sleep 3
            {restart}
            {ready} > /tmp/ready
        done
        sleep 3
        touch /tmp/stop
        wait
        cat /tmp/requests
    """
    number, slowest, *failures = found.run(script).split("\n")
    return int(number), float(slowest), [each for each in failures if each]


class TestUnits:
    def test_the_document_leads_to_a_running_system(self, summit: Machine) -> None:
        assert active(summit, (*SERVICES, *OTHERS)) == ["active"] * (len(SERVICES) + len(OTHERS))
        assert summit.run(READY) == "ok\n"
        users = summit.run("ps -eo user,args | awk '/[o]pt.summit.1.0.0.bin/ { print $1 }'").split()
        assert len(users) > len(SERVICES)
        assert set(users) == {"summit"}
        folders = summit.run("stat --format='%U %a' /var/lib/summit /var/lib/summit/files")
        assert folders == "summit 755\nsummit 700\n"
        assert self._doctor(summit)["translations"].startswith("ok")
        before = wait_for(lambda: sweeps(summit), SECONDS, "no sweep")
        wait_for(lambda: sweeps(summit) != before, SECONDS, "no further sweep")

    def test_a_restart_loses_no_request(self, summit: Machine) -> None:
        pid = "systemctl show --property=MainPID --value summit-web.service"
        before = summit.run(pid)
        number, slowest, failures = under_load(summit, SOCKET, READY, "summit-restart")
        assert failures == []
        assert number >= 400
        assert summit.run(pid) != before
        assert active(summit, ("summit-web.service", "summit-web-next.service")) == ["active", "inactive"]
        _number, alone, failures = under_load(summit, SOCKET, READY, "systemctl restart summit-web.service")
        assert failures == []
        print(f"the slowest of {number} requests took {slowest} s, and {alone} s without the second process")

    def test_what_can_not_start_takes_nothing_down(self, summit: Machine) -> None:
        summit.run("cp /etc/summit/summit.env /etc/summit/kept.env; echo BASE_URL=nonsense >> /etc/summit/summit.env")
        try:
            assert summit.try_("summit-restart").returncode != 0
            assert summit.run(READY) == "ok\n"
        finally:
            summit.run("mv /etc/summit/kept.env /etc/summit/summit.env; systemctl reset-failed; summit-restart")
        assert active(summit, SERVICES) == ["active"] * len(SERVICES)

    def test_control_without_the_socket_of_systemd_a_restart_loses_requests(self, summit: Machine) -> None:
        summit.run(ALONE)
        try:
            summit.run(READY_ALONE)
            restart = "systemctl restart summit-alone.service"
            number, _slowest, failures = under_load(summit, PORT, READY_ALONE, restart)
        finally:
            summit.run("systemctl stop summit-alone.service")
        assert failures
        assert number > len(failures)

    def test_services_do_their_work_and_nothing_else(self, summit: Machine) -> None:
        command = "summit-manage shell --no-imports --command \"exec(open('/usr/local/lib/inside.py').read())\""
        assert json.loads(summit.run(command)) == {
            "root": False,
            "written": ["/var/lib/summit/x", "/tmp/x"],  # noqa: S108
            "ended": [True, False],
            "rows": [[1, ["code", "country"]], [2, ["FRA", "France"]]],
            "pdf": "%PDF",
            "capabilities": "0000000000000000",
            "new privileges": False,
        }

    def test_systemd_judges_them_as_hardly_exposed(self, summit: Machine) -> None:
        for unit in SERVICES:
            judged = summit.run(f"systemd-analyze security --no-pager {unit}")
            level = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged)
            assert level, judged
            assert float(level[1]) <= EXPOSED, judged

    def test_secrets_are_for_the_services_alone(self, summit: Machine) -> None:
        """Neither in the units' variables nor in a file that others can read."""
        secret = (summit.root / "etc/summit/secrets/SECRET_KEY").read_text().strip()
        assert len(secret) > 50
        pids = summit.run("systemctl show --property=MainPID --value " + " ".join(SERVICES)).split()
        variables = summit.run(f"cat {' '.join(f'/proc/{pid}/environ' for pid in pids)}")
        assert "SECRET_KEY_FILE=/run/credentials/summit-web.service/SECRET_KEY" in variables
        assert secret not in variables
        for path in ("/etc/summit/secrets/SECRET_KEY", "/run/credentials/summit-web.service/SECRET_KEY"):
            assert summit.try_(f"runuser -u nobody -- cat {path}").returncode != 0

    def test_what_dies_comes_back(self, summit: Machine) -> None:
        summit.run(f"systemctl kill --signal=KILL {' '.join(SERVICES)}")
        wait_for(lambda: active(summit, SERVICES) == ["active"] * len(SERVICES), SECONDS, "not all came back")
        assert summit.run(READY) == "ok\n"
        before = sweeps(summit)
        wait_for(lambda: sweeps(summit) != before, SECONDS, "no sweep after it")

    def test_the_audit_is_verified_at_night(self, summit: Machine) -> None:
        summit.run("systemctl start summit-verify-audit.service")
        logged = summit.run("journalctl --no-pager --output=cat --unit=summit-verify-audit.service")
        assert re.search(r"End of the chain: [0-9a-f]{64}:\d+", logged)
        assert "summit-verify-audit.service" in summit.run("systemctl list-timers --no-pager")

    def test_the_journal_has_no_arguments_of_commands(self, summit: Machine) -> None:
        summit.try_("summit-manage create_first_account somebody@summit.example")
        logged = summit.run("journalctl --no-pager --output=cat")
        assert ("summit-manage create_first_account" in logged, "somebody@summit.example" in logged) == (True, False)

    def test_what_runs_stays_with_its_release_when_the_link_is_turned(self, summit: Machine) -> None:
        """The second release is a copy of the first, whose version is another."""
        where = (
            "import summit; from pathlib import Path; print(Path(summit.__file__).parent.parent, summit.__version__)"
        )
        script = f"""
            cp -a /opt/summit/1.0.0 /opt/summit/1.1.0
            sed -i 's/^__version__ = .*/__version__ = "1.1.0"/' /opt/summit/1.1.0/app/summit/__init__.py
            summit-manage --release 1.1.0 collectstatic --no-input
            summit-manage --release 1.1.0 upgrade before
            ln -sfn 1.1.0 /opt/summit/current
            summit-manage --release 1.0.0 shell --no-imports --command "{where}"
            summit-manage shell --no-imports --command "{where}"
        """
        try:
            told = summit.run(script).splitlines()
            former = told[-2].partition(" ")[2]
            assert told[-2:] == [f"/opt/summit/1.0.0/app {former}", "/opt/summit/1.1.0/app 1.1.0"]
            assert self._runs_from(summit, SERVICES) == ["/opt/summit/1.0.0/app"] * len(SERVICES)
            # Both have their static files, and neither may end what the other still needs.
            assert f"of {former}" in self._doctor(summit)["processes"]
            assert self._doctor(summit)["static files"].startswith("ok")
            # One worker is forgotten. It has done nothing, and has no connection to the database.
            forgotten = "summit-worker@webhooks.service"
            anew = tuple(unit for unit in SERVICES if unit != forgotten)
            summit.run(f"systemctl restart {' '.join(anew)} && {READY}")
            assert self._runs_from(summit, anew) == ["/opt/summit/1.1.0/app"] * len(anew)
            assert self._runs_from(summit, (forgotten,)) == ["/opt/summit/1.0.0/app"]
            assert re.search(rf"webhooks@\S+ of {former}", self._doctor(summit)["processes"])
            refused = summit.try_("summit-manage upgrade after")
            assert f"Processes of {former} still run" in refused.stdout + refused.stderr
            assert refused.returncode == 2
            summit.run(f"systemctl restart {forgotten}")
            after = "summit-manage upgrade after"
            applied = wait_for(lambda: summit.try_(after).stdout, SECONDS, "nothing may be applied")
            assert "0 migrations applied" in applied
        finally:
            every = " ".join(SERVICES)
            summit.run(f"ln -sfn 1.0.0 /opt/summit/current && systemctl restart {every} && {READY}")
        assert self._doctor(summit)["static files"].startswith("ok")

    @staticmethod
    def _runs_from(found: Machine, units: tuple[str, ...]) -> list[str]:
        """Return the folders from which the main processes of units import the program."""
        pids = found.run(f"systemctl show --property=MainPID --value {' '.join(units)}").split()
        lines = [found.run(f"tr '\\0' '\\n' < /proc/{pid}/environ").splitlines() for pid in pids]
        return [line.removeprefix("PYTHONPATH=") for each in lines for line in each if line.startswith("PYTHONPATH=")]

    @staticmethod
    def _doctor(found: Machine) -> dict[str, str]:
        """Return doctor's lines by what they are about, each beginning with its status."""
        rows = json.loads(found.try_("summit-manage doctor --json").stdout)
        return {row["check"]: f"{row['status']} {row['text']}" for row in rows}

    def test_a_backup_is_restored_beside_the_running_installation(self, summit: Machine) -> None:
        document = (ROOT / "docs/backup.md").read_text()
        (block,) = re.findall(r"^```\n(runuser .*?)^```$", document, re.MULTILINE | re.DOTALL)
        named = re.findall(r"/var/backups/summit/\S+", block)
        assert len(named) == 1
        block = block.replace(named[0], "$(ls /var/backups/summit/*.zip)")
        try:
            told = summit.run(f"systemctl start summit-backup\n{block}")
            assert "No migration waits." in told
            query = "psql --tuples-only --no-align --command='SELECT count(*) FROM summit_user' --dbname"
            numbers = [summit.run(f"runuser -u postgres -- {query} {name}") for name in ("summit", "summit_copy")]
            assert numbers[0] == numbers[1] != "0\n"
            (in_its_place,) = re.findall(r"^```\n(systemctl stop .*?)^```$", document, re.MULTILINE | re.DOTALL)
            summit.run(in_its_place)
            wait_for(lambda: active(summit, SERVICES) == ["active"] * len(SERVICES), SECONDS, "not all have started")
            assert summit.run(READY) == "ok\n"
            assert self._doctor(summit)["sending"] == "warn this is a copy of another installation: nothing is sent"
            summit.run("summit-manage resume_summit --all")
            assert self._doctor(summit)["sending"].startswith("ok")
            assert summit.run(f"runuser -u postgres -- {query} summit_before") == numbers[0]
        finally:
            for name in ("summit_copy", "summit_before"):
                summit.run(f"runuser -u postgres -- dropdb --force --if-exists {name}")
        assert active(summit, (*SERVICES, *OTHERS)) == ["active"] * (len(SERVICES) + len(OTHERS))

    def test_the_target_stops_and_starts_them_all(self, summit: Machine) -> None:
        every = (*SERVICES, *OTHERS)
        summit.run("systemctl stop summit.target")
        try:
            wait_for(
                lambda: not {"active", "deactivating"} & set(active(summit, every)), SECONDS, "something still runs"
            )
            assert "failed" not in active(summit, every)
        finally:
            summit.run("systemctl start summit.target")
        wait_for(lambda: active(summit, every) == ["active"] * len(every), SECONDS, "not all have started")
