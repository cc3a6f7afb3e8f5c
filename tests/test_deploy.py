"""What is in deploy/: its names are the program's own. `make test-release` tries it with the real programs."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.conf import settings

from summit.environment import GROUPS
from tools.running import ROOT

pytestmark = pytest.mark.once

SYSTEMD, CONTAINER = ROOT / "deploy/systemd", ROOT / "deploy/container"
QUEUES = {queue.name for queue in settings.CELERY_TASK_QUEUES}
APPS = {"summit", "delegations", "sessions", "press", "portal"}
# What the unit and the entry script read themselves.
OWN_VARIABLES = {"WEB_WORKERS", "WEB_THREADS", "WORKER_OPTIONS"}
# What Python, Django and prometheus-client read themselves.
PYTHONS = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PROMETHEUS_MULTIPROC_DIR"}


def declared() -> set[str]:
    return {variable.name for group in GROUPS for variable in group.variables}


def values(unit: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", (SYSTEMD / unit).read_text(), re.MULTILINE)


def problems(compose: Any) -> Iterator[str]:
    roles = set(re.findall(r"^  (\w+)\)", (CONTAINER / "summit").read_text(), re.MULTILINE))
    for name, service in compose["services"].items():
        yield from (f"{name}: secret {each}" for each in service.get("secrets", []) if each not in compose["secrets"])
        yield from (f"{name}: network {each}" for each in service["networks"] if each not in compose["networks"])
        yield from (
            f"{name}: after {each}" for each in service.get("depends_on", {}) if each not in compose["services"]
        )
        named = [each.partition(":")[0] for each in service.get("volumes", []) if each[0] not in ".$"]
        yield from (f"{name}: volume {each}" for each in named if each not in compose["volumes"])
        if not service.get("read_only") or service.get("cap_drop") != ["ALL"] or "security_opt" not in service:
            yield f"{name}: may do too much"
        if "restart" not in service:
            yield f"{name}: isn't started again"
        yield from (f"{name}: no {limit}" for limit in ("pids_limit", "mem_limit", "logging") if limit not in service)
        if "SUMMIT_IMAGE" not in service["image"]:
            continue
        role, *queues = service["command"]
        if role not in roles or not set(queues) <= QUEUES:
            yield f"{name}: role {service['command']}"
        for variable, value in service["environment"].items():
            if variable.removesuffix("_FILE") not in declared() | OWN_VARIABLES:
                yield f"{name}: variable {variable}"
            if variable.endswith("_FILE") and value.removeprefix("/run/secrets/") not in service["secrets"]:
                yield f"{name}: file {value}"


class TestUnits:
    def test_each_queue_has_a_worker(self) -> None:
        document = (ROOT / "docs/deploying.md").read_text()
        enabled = next(line for line in document.splitlines() if line.startswith("systemctl enable summit-worker@"))
        assert set(re.findall(r"summit-worker@(\w+)\.service", enabled)) == QUEUES
        of_one = {path.name.partition("@")[2].partition(".")[0] for path in SYSTEMD.glob("summit-worker@*.service.d")}
        assert of_one <= QUEUES

    def test_whatever_goes_on_is_started_again(self) -> None:
        for unit in ("summit-web.service", "summit-worker@.service", "summit-beat.service"):
            assert values(unit, "Restart") == ["always"]
            assert values(unit, "RestartSec") == ["2"]
            assert values(unit, "PartOf") == values(unit, "WantedBy") == ["summit.target"]
            assert values(unit, "MemoryMax")

    def test_the_second_web_process_is_as_the_first(self) -> None:
        for name in ("Type", "NotifyAccess", "Environment", "ExecStart", "TimeoutStopSec", "MemoryMax", "Requires"):
            assert values("summit-web-next.service", name) == values("summit-web.service", name) != []
        assert values("summit-web-next.service", "Sockets") == ["summit-web.socket"]

    def test_web_has_time_to_answer_what_it_began(self) -> None:
        (command,) = values("summit-web.service", "ExecStart")
        graceful = int(command.partition("--graceful-timeout ")[2].split()[0])
        assert graceful < int(values("summit-web.service", "TimeoutStopSec")[0])

    def test_each_secret_is_handed_over_and_a_setting(self) -> None:
        common = "summit-.service.d/10-common.conf"
        handed = dict(each.split(":") for each in values(common, "LoadCredential"))
        assert set(handed) <= declared()
        assert all(path == f"/etc/summit/secrets/{name}" for name, path in handed.items())
        variables = dict(pair.split("=", 1) for each in values(common, "Environment") for pair in each.split())
        assert {name: f"%d/{name}" for name in handed} == {
            name.removesuffix("_FILE"): value for name, value in variables.items() if name.endswith("_FILE")
        }
        assert {name for name in variables if not name.endswith("_FILE")} <= declared() | PYTHONS

    def test_the_example_names_settings_and_no_secret(self) -> None:
        example = (ROOT / "deploy/summit.env.example").read_text()
        names = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
        assert {"BASE_URL", "ALLOWED_HOSTS", "REDIS_URL"} <= names <= declared()
        assert not names & {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "EMAIL_URL"}

    def test_each_timer_has_its_service(self) -> None:
        timers = {path.stem for path in SYSTEMD.glob("*.timer")}
        assert timers == {"summit-backup", "summit-read-bounces", "summit-verify-audit"}
        assert all((SYSTEMD / f"{name}.service").exists() for name in timers)


class TestContainers:
    COMPOSE = yaml.safe_load((CONTAINER / "compose.yaml").read_text())

    def test_the_compose_file_names_what_there_is(self) -> None:
        assert list(problems(self.COMPOSE)) == []

    def test_control_what_there_is_not_is_found(self) -> None:
        broken = copy.deepcopy(self.COMPOSE)
        broken["services"]["web"] |= {"command": ["wed"], "read_only": False, "networks": ["inside", "nowhere"]}
        del broken["services"]["valkey"]["logging"]
        broken["services"]["mail"] |= {"command": ["worker", "letters"], "environment": {"BASE_ULR": "https://x"}}
        assert list(problems(broken)) == [
            "web: network nowhere",
            "web: may do too much",
            "web: role ['wed']",
            "mail: role ['worker', 'letters']",
            "mail: variable BASE_ULR",
            "valkey: no logging",
        ]

    def test_each_queue_has_a_worker_and_beat_runs_once(self) -> None:
        commands = [service.get("command", [""]) for service in self.COMPOSE["services"].values()]
        assert sorted(each[1] for each in commands if each[0] == "worker") == sorted(QUEUES)
        assert [each[0] for each in commands].count("beat") == 1

    def test_the_image_takes_in_what_is_there_and_all_of_the_program(self) -> None:
        file = (CONTAINER / "Containerfile").read_text()
        copied = re.findall(r"^COPY (?:--chmod=\d+ )?(?!--from)(\S+)", file, re.MULTILINE)
        assert [path for path in copied if not (ROOT / path).exists()] == []
        assert set(copied) >= APPS | {"templates", "static", "locale", "requirements/base.txt"}
        ignored = (CONTAINER / "Containerfile.dockerignore").read_text().splitlines()
        assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)

    def test_the_last_stage_is_not_root_and_says_how_it_is_asked(self) -> None:
        last = (CONTAINER / "Containerfile").read_text().rpartition("\nFROM ")[2]
        assert last.startswith("${BASE}\n")
        assert re.findall(r"^(?:USER|ENTRYPOINT|CMD) .*$", last, re.MULTILINE) == [
            "USER 10001:10001",
            'ENTRYPOINT ["summit"]',
            'CMD ["web"]',
        ]
        assert "HEALTHCHECK" in last
