"""The audit of a release: a weakness fails it, and what wasn't audited is said and never taken for sound."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import release

SOUND = {"name": "django", "version": "5.2.19", "vulns": []}
WEAK = {"name": "lxml", "version": "1.0", "vulns": [{"id": "PYSEC-1"}, {"id": "CVE-2"}]}
UNKNOWN = {"name": "nh3", "skip_reason": "Dependency not found on PyPI and could not be audited: nh3 (1)"}


def audited(tmp_path: Path, packages: list[dict[str, Any]] | None, *, code: int = 0, error: str = "") -> int:
    """Audit with a program in pip-audit's place, which reports these packages and ends with this code."""
    report, program = tmp_path / "summit-1-audit.json", tmp_path / "pip-audit"
    writes = "" if packages is None else f"cat > {report} <<'END'\n{json.dumps({'dependencies': packages})}\nEND"
    program.write_text(f"#!/bin/sh\n{writes}\necho '{error}' >&2\nexit {code}\n")
    program.chmod(0o755)
    found = release.audit(report, program)
    program.unlink()
    return found


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


def test_sound_packages_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (audited(tmp_path, [SOUND, SOUND]), files(tmp_path)) == (0, ["summit-1-audit.json"])
    assert capsys.readouterr() == ("2 packages were audited.\n", "")


def test_a_weakness_fails_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (audited(tmp_path, [SOUND, WEAK], code=1), files(tmp_path)) == (1, ["summit-1-audit.json"])
    assert capsys.readouterr().out.splitlines()[0] == "lxml 1.0 has known weaknesses: PYSEC-1, CVE-2"


@pytest.mark.parametrize(
    ("packages", "code", "reason"),
    [
        (None, 1, "Failed to resolve pypi.org"),
        # pip-audit says that it found no weakness, and ends well.
        ([UNKNOWN], 0, UNKNOWN["skip_reason"]),
    ],
)
def test_without_advisories_it_says_so_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packages: Any, code: int, reason: str
) -> None:
    found = audited(tmp_path, packages, code=code, error="trace\nFailed to resolve pypi.org")
    assert (found, files(tmp_path)) == (0, ["summit-1-audit-SKIPPED.txt"])
    said = "THE AUDIT WAS SKIPPED altogether: no package was audited"
    assert said in capsys.readouterr().err
    lines = (tmp_path / "summit-1-audit-SKIPPED.txt").read_text().splitlines()
    assert (lines[0].startswith(said), lines[2:]) == (True, [reason])


def test_packages_that_are_left_out_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(tmp_path, [SOUND, UNKNOWN, WEAK], code=1) == 1
    assert files(tmp_path) == ["summit-1-audit-SKIPPED.txt", "summit-1-audit.json"]
    said = capsys.readouterr()
    assert ("PYSEC-1" in said.out, "SKIPPED IN PART: 1 packages" in said.err) == (True, True)
