"""`make release`: build what is given out of a version, in dist/. docs/releasing.md says how a release is made.

It runs in an environment of its own (requirements/release.txt), without anything of the project.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# The comment of what isn't translated, as tools/catalogues.py writes it.
MARK = "To be translated."
LOCK = ROOT / "requirements" / "base.txt"
# All of LOCK, and what signing in by SAML needs.
SAML_LOCK = ROOT / "requirements" / "saml.txt"
BINARIES = Path(sys.executable).parent
MIT = {"license": {"id": "MIT"}}
OFL = {"license": {"id": "OFL-1.1"}}


@dataclass(frozen=True)
class Bundled:
    """A work of others in the wheel: its name, files and licence, and the file and pattern that say its version.

    `package` is its type and name as a package URL has them, or "" if no index has it.
    """

    name: str
    files: str
    licence: dict[str, Any]
    said_in: str
    version: str
    package: str = ""


# NOTICE names the same.
BUNDLED = (
    Bundled(
        "flag-icons",
        "static/vendor/flags/*.svg",
        MIT,
        "static/vendor/flags/LICENSE.txt",
        r"flag-icons ([\d.]+),",
        "npm/flag-icons",
    ),
    Bundled(
        "turndown",
        "static/vendor/turndown.js",
        MIT,
        "static/vendor/turndown.js",
        r"turndown ([\d.]+),",
        "npm/turndown",
    ),
    Bundled(
        "Natural Earth coastlines",
        "static/vendor/coastlines.svg",
        {"license": {"name": "Public domain"}},
        "static/vendor/coastlines.svg",
        r"Natural Earth, ([\d:]+ million)",
    ),
    Bundled(
        "Noto Naskh Arabic",
        "summit/pdf/fonts/NotoNaskhArabic-*.ttf",
        OFL,
        "summit/pdf/fonts/OFL.txt",
        r"Noto Naskh Arabic, .*version ([\d.]+),",
    ),
    Bundled(
        "Noto Serif CJK SC",
        "summit/pdf/fonts/NotoSerifCJKsc-*.otf",
        OFL,
        "summit/pdf/fonts/OFL.txt",
        r"Noto Serif CJK SC, .*version ([\d.]+):",
    ),
)
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


def run(*command: str | Path) -> None:
    """Run a command in the project's root. Raises SystemExit if it fails; it has said why."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603
        raise SystemExit(f"This failed: {' '.join(map(str, command))}")


def changed_files() -> str:
    """Return the files whose changes aren't committed, one a line, as git shows them."""
    command = ("git", "status", "--porcelain")
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603


def untranslated(root: Path = ROOT) -> list[str]:
    """Return the catalogues with texts that aren't translated, each with their number."""
    mark = re.compile(rf"^# {re.escape(MARK)}$", re.MULTILINE)
    paths = sorted(root.glob("locale/*/LC_MESSAGES/django.po"))
    counts = {path: len(mark.findall(path.read_text("utf-8"))) for path in paths}
    return [f"{path.relative_to(root)}: {count} texts" for path, count in counts.items() if count]


def build_wheel(folder: Path) -> str:
    """Build the wheel into a folder. Return the name and version with which the release's files begin."""
    run(*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return "-".join(wheel.name.split("-")[:2])


def write_materials(target: Path, wheel: Path) -> None:
    """Write the bill of materials: an environment with the wheel and the locked versions and nothing else, what the
    wheel brings of others, and the digests of all of it."""
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        install = (*PIP, "--python", f"{folder}/bin/python", "install", "--quiet")
        report = Path(folder) / "installed.json"
        run(*install, "--report", report, "--require-hashes", "--requirement", LOCK)
        run(*install, "--no-deps", "--no-index", wheel)
        options = ("--output-reproducible", "--output-format", "JSON", "--output-file", target)
        run(BINARIES / "cyclonedx-py", "environment", *options, f"{folder}/bin/python")
        materials = json.loads(target.read_text("utf-8"))
        _set_subject(materials, wheel)
        add_digests(materials, json.loads(report.read_text("utf-8")))
    materials["components"] += bundled()
    target.write_text(json.dumps(materials, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _set_subject(materials: dict[str, Any], wheel: Path) -> None:
    """Make our own package the subject of a bill of materials, without the path from which it was installed."""
    (ours,) = (each for each in materials["components"] if each["name"] == "summit")
    materials["components"].remove(ours)
    ours |= {"type": "application"}
    ours.pop("externalReferences", None)
    ours["hashes"] = _hashes(wheel)
    materials.setdefault("metadata", {})["component"] = ours


def _hashes(path: Path) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}]


def _normalised(name: str) -> str:
    """Return the name of a package as PEP 503 has it: lower case, with single hyphens."""
    return re.sub(r"[-_.]+", "-", name).lower()


def add_digests(materials: dict[str, Any], report: dict[str, Any]) -> None:
    """Give the packages of a bill of materials the digests of the files from which pip installed them.

    `report` is what `pip install --report` wrote. Raises SystemExit if it doesn't name a package.
    """
    digests = {
        _normalised(each["metadata"]["name"]): each["download_info"]["archive_info"]["hashes"]["sha256"]
        for each in report["install"]
    }
    if unknown := sorted({_normalised(each["name"]) for each in materials["components"]} - digests.keys()):
        raise SystemExit(f"pip tells no digests of these: {', '.join(unknown)}")
    for each in materials["components"]:
        each["hashes"] = [{"alg": "SHA-256", "content": digests[_normalised(each["name"])]}]


def bundled(root: Path = ROOT) -> list[dict[str, Any]]:
    """Return what the wheel brings of others, as components of a bill of materials, each with its files.

    Raises SystemExit if a version isn't found where it is said.
    """
    found = []
    for work in BUNDLED:
        version = re.search(work.version, (root / work.said_in).read_text("utf-8"))
        if version is None:
            raise SystemExit(f"{work.said_in}: no version of {work.name} is said there ({work.version}).")
        files = [
            {"type": "file", "name": str(path.relative_to(root)), "hashes": _hashes(path)}
            for path in sorted(root.glob(work.files))
        ]
        named = {"type": "library", "bom-ref": f"bundled:{work.name}", "name": work.name, "version": version[1]}
        purl = {"purl": f"pkg:{work.package}@{version[1]}"} if work.package else {}
        found.append({**named, **purl, "licenses": [work.licence], "components": files})
    return found


def audit(report: Path, program: Path = BINARIES / "pip-audit") -> int:
    """Audit the locked versions for known weaknesses, and write what was found to a file.

    Return 1 if there are any, else 0. What couldn't be audited, since no advisories could be reached, is said loudly,
    and stands in a file beside the report, or in place of it.
    """
    options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json", "--output", report)
    ended = subprocess.run(  # noqa: S603
        (program, "--requirement", SAML_LOCK, *options), cwd=ROOT, check=False, capture_output=True, text=True
    )
    # The exit code says nothing: it is 0 where no package is known, as behind a mirror of the index.
    try:
        packages = json.loads(report.read_text("utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError):
        packages = []
    audited = [package for package in packages if "vulns" in package]
    weak = [package for package in audited if package["vulns"]]
    for package in weak:
        names = ", ".join(vulnerability["id"] for vulnerability in package["vulns"])
        sys.stdout.write(f"{package['name']} {package['version']} has known weaknesses: {names}\n")
    if not packages or len(audited) < len(packages):
        left = [package.get("skip_reason", "") for package in packages if package not in audited]
        _tell_of_skipped(report, left or [ended.stderr.strip().rpartition("\n")[2]], bool(audited))
    else:
        sys.stdout.write(f"{len(audited)} packages were audited.\n")
    return int(bool(weak))


def _tell_of_skipped(report: Path, reasons: list[str], partly: bool) -> None:
    """Say that packages weren't audited, and why, on standard error and in a file. Delete an empty report."""
    extent = f"IN PART: {len(reasons)} packages weren't audited" if partly else "altogether: no package was audited"
    said = (
        f"THE AUDIT WAS SKIPPED {extent}, since their advisories couldn't be reached. Run `make release` where "
        "pypi.org can be reached, before anybody installs this."
    )
    lines = [said, "", *sorted(set(reasons))]
    report.with_name(report.name.replace(".json", "-SKIPPED.txt")).write_text("\n".join(lines) + "\n", "utf-8")
    if not partly:
        report.unlink(missing_ok=True)
    rule = "!" * 79
    sys.stderr.write(f"{rule}\n{said}\n{rule}\n")


def write_source(path: Path) -> None:
    """Write the source, with what isn't committed of it, to an archive: deploying by units begins with it."""

    def git(*arguments: str) -> str:
        command = ("git", *arguments)
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603

    # Without this, a file that was written anew as it was makes "stash create" fail.
    git("update-index", "-q", "--refresh")
    # A commit of the changes, which no branch has; nothing if there are none.
    commit = git("-c", "user.name=release", "-c", "user.email=release@localhost", "stash", "create") or "HEAD"
    git("archive", "--format=tar.gz", f"--output={path}", commit)


def write_digests(folder: Path) -> None:
    """Write SHA256SUMS of the files of a folder into it, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def main() -> int:
    """Build the release. Return 1 if a dependency has a known weakness."""
    parser = argparse.ArgumentParser(prog="make release", description="Build a release.")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the folder, which is emptied first")
    parser.add_argument("--uncommitted", action="store_true", help="build with changes that aren't committed")
    options = parser.parse_args()
    if not options.uncommitted and (changed := changed_files()):
        raise SystemExit(
            f"These changes aren't committed. Commit them, so that the tag names what is built:\n{changed}"
        )
    if left := untranslated():
        raise SystemExit("These aren't translated. `make check` lists them:\n" + "\n".join(left))
    folder: Path = options.dist.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    name = build_wheel(folder)
    (wheel,) = folder.glob("*.whl")
    write_source(folder / f"{name}.tar.gz")
    shutil.copy(LOCK, folder / f"{name}-requirements.txt")
    shutil.copy(SAML_LOCK, folder / f"{name}-saml-requirements.txt")
    write_materials(folder / f"{name}.cdx.json", wheel)
    weak = audit(folder / f"{name}-audit.json")
    write_digests(folder)
    sys.stdout.write("".join(f"{path}\n" for path in sorted(folder.iterdir())))
    return weak


if __name__ == "__main__":
    sys.exit(main())
