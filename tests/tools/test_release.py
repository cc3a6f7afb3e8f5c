"""A release: a weakness fails it, what wasn't audited is never taken for sound, and its materials are all named."""

import hashlib
import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.sources import ROOT, text
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


def test_packages_have_the_digests_of_what_pip_installed() -> None:
    materials = {"components": [{"name": "Django"}, {"name": "ruamel.yaml"}]}
    report = {
        "install": [
            {"metadata": {"name": name}, "download_info": {"archive_info": {"hashes": {"sha256": digest}}}}
            for name, digest in (("django", "a1"), ("ruamel-yaml", "b2"), ("pip", "c3"))
        ]
    }
    release.add_digests(materials, report)
    found = {each["name"]: each["hashes"] for each in materials["components"]}  # type: ignore[index]
    assert found == {
        "Django": [{"alg": "SHA-256", "content": "a1"}],
        "ruamel.yaml": [{"alg": "SHA-256", "content": "b2"}],
    }
    with pytest.raises(SystemExit, match="no digests of these: lxml"):
        release.add_digests({"components": [{"name": "lxml"}]}, report)


def test_what_is_bundled_is_named_with_its_files() -> None:
    found = release.bundled()
    assert {each["name"] for each in found} == {
        *("flag-icons", "turndown", "Natural Earth coastlines", "Noto Naskh Arabic", "Noto Serif CJK SC"),
    }
    assert all(each["version"] and each["licenses"] for each in found)
    named = {file["name"]: file["hashes"][0]["content"] for each in found for file in each["components"]}
    there = [path for folder in ("static/vendor", "summit/pdf/fonts") for path in (ROOT / folder).rglob("*")]
    others = {str(path.relative_to(ROOT)) for path in there if path.is_file() and path.suffix != ".txt"}
    assert named.keys() == others, "name it in BUNDLED in tools/release.py, and in NOTICE"
    script = "static/vendor/turndown.js"
    assert named[script] == hashlib.sha256((ROOT / script).read_bytes()).hexdigest()
    assert [each.name for each in release.BUNDLED if each.name.split()[0] not in text(ROOT / "NOTICE")] == []


def test_the_source_has_what_is_not_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)

    monkeypatch.setattr(release, "ROOT", tmp_path)
    changed = tmp_path / "changed"
    changed.write_text("before")
    git("init", "--quiet")
    git("add", "changed")
    git("commit", "--quiet", "--message", "one")
    for content in ("before", "after"):
        changed.write_text(content)
        # A file that was written anew as it was is no change.
        os.utime(changed, (1, 1))
        release.write_source(tmp_path / "source.tar.gz")
        with tarfile.open(tmp_path / "source.tar.gz") as archive:
            member = archive.extractfile("changed")
            assert member is not None
            assert member.read().decode() == content
