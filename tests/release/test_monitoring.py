"""What Prometheus itself says of the rules, the example and the metrics that are shipped."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from summit.core.metrics import exposition

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"


def promtool(*args: str, given: bytes = b"", folder: Path = MONITORING) -> subprocess.CompletedProcess[bytes]:
    """Run promtool, which Debian's package prometheus has."""
    program = shutil.which("promtool")
    assert program, "Install Debian's package prometheus."
    return subprocess.run([program, *args], cwd=folder, input=given, capture_output=True, check=False)


@pytest.mark.release
def test_the_rules_are_rules_and_do_what_they_say(tmp_path: Path) -> None:
    for command in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts-test.yml")):
        done = promtool(*command)
        assert (done.returncode, b"SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr
    # Each alert is tried where it happens, and where its series is missing.
    alerts = {
        rule["alert"]
        for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
        for rule in group["rules"]
    }
    *cases, nothing = yaml.safe_load((MONITORING / "alerts-test.yml").read_text())["tests"]
    happened = {asked["alertname"] for case in cases for asked in case["alert_rule_test"] if asked.get("exp_alerts")}
    assert happened == alerts
    assert {asked["alertname"] for asked in nothing["alert_rule_test"]} == alerts
    # Control: with another limit the same series fail.
    for name in ("alerts.yml", "alerts-test.yml"):
        text = (MONITORING / name).read_text()
        (tmp_path / name).write_text(text.replace("summit_sweep_seconds) > 60", "summit_sweep_seconds) > 600"))
    assert promtool("test", "rules", "alerts-test.yml", folder=tmp_path).returncode != 0


@pytest.mark.release
def test_the_example_is_a_configuration() -> None:
    done = promtool("check", "config", "--syntax-only", "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.release
@pytest.mark.django_db
def test_prometheus_reads_what_is_given() -> None:
    done = promtool("check", "metrics", given=exposition())
    # promtool has opinions about names too, and says them on standard error with exit code 3.
    assert done.returncode in (0, 3), done.stdout + done.stderr
    assert b"error while linting" not in done.stderr + done.stdout
