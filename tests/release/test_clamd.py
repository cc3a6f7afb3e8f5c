"""Uploads are scanned by the real clamd, with a signature of its own for the EICAR text: from the web to the portal.

Needs Debian's clamav-daemon. freshclam isn't asked: the signatures are made here.
"""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cache
from pathlib import Path

import httpx
import pytest

from summit.uploads import clamd
from tests.factories import PASSWORD
from tests.processes import free_port, processes, wait_for
from tools.running import ROOT

pytestmark = [pytest.mark.release, pytest.mark.loopback]

# https://www.eicar.org/download-anti-malware-testfile/, in two parts so that no scanner finds it in this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOUND = "Summit.Test.EICAR.UNOFFICIAL"
MB = 1024 * 1024
CONFIGURATION = """
Foreground yes
LogFile {folder}/clamd.log
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength 25M
MaxFileSize 25M
MaxScanSize 400M
AlertExceedsMax yes
"""


class Daemon:
    """The real clamd in a folder of its own. It can be started and stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, f"unix:{folder}/clamd.ctl"
        signatures = folder / "signatures"
        signatures.mkdir()
        # Any kind of file (0), anywhere in it (*).
        (signatures / "test.ndb").write_text(f"Summit.Test.EICAR:0:*:{EICAR.hex()}\n")
        self.configuration = folder / "clamd.conf"
        self.configuration.write_text(CONFIGURATION.format(folder=folder))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run clamd for the block."""
        program = shutil.which("clamd", path="/usr/sbin:/usr/bin")
        assert program is not None, "install Debian's clamav-daemon"
        process = subprocess.Popen([program, "--config-file", str(self.configuration)], stdout=subprocess.DEVNULL)
        try:
            wait_for(self._answers, 60, "clamd listens")
            yield
        finally:
            process.terminate()
            process.wait(30)

    def _answers(self) -> bool:
        with suppress(clamd.Unreachable):
            return clamd.scan(b"words", url=self.url, seconds=10) == ""
        return False


@pytest.fixture
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Daemon:
    # Paths of sockets are short.
    return Daemon(tmp_path_factory.mktemp("clamd"))


@cache
def docx(*, infected: bool) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        if infected:
            archive.writestr("word/embeddings/eicar.com", EICAR)
    return made.getvalue()


def as_documented(folder: Path) -> bytes:
    """Return the file that docs/virus-scanning.md makes in a folder."""
    document = (ROOT / "docs/virus-scanning.md").read_text()
    (block,) = re.findall(r"^```\n(python3 - .*?)^```$", document, re.MULTILINE | re.DOTALL)
    subprocess.run(["bash", "-c", block], cwd=folder, check=True)
    return (folder / "eicar.docx").read_bytes()


def test_what_the_real_clamd_says(daemon: Daemon) -> None:
    def scan(content: bytes) -> str:
        return clamd.scan(content, url=daemon.url, seconds=60)

    with pytest.raises(clamd.Unreachable):
        scan(b"words")
    with daemon.running():
        assert scan(b"%PDF-1.7 a brief") == ""
        assert scan(EICAR) == FOUND
        assert scan(b"%PDF-1.7 " + EICAR) == FOUND
        assert scan(docx(infected=False)) == ""
        assert scan(docx(infected=True)) == FOUND
        assert scan(as_documented(daemon.folder)) == FOUND
        # The largest upload, with the text at its end.
        assert scan(bytes(20 * MB - len(EICAR)) + EICAR) == FOUND
        assert scan(bytes(20 * MB)) == ""
        with pytest.raises(clamd.TooLarge):
            scan(bytes(26 * MB))


# Prints the keys of a session that is released for a delegate, and the addresses of the delegate and of an organiser.
PREPARE = """
from sessions.releases.services import releases
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
summit = Summit.objects.get(slug="border-security-2025")
desk = f.UserFactory.with_role(Role.ORGANISER, summit)
delegate = f.UserFactory.with_role(Role.DELEGATE, summit)
session = f.SessionFactory(summit=summit)
f.ParticipantFactory(session=session, party=delegate.people.get().membership.party)
print(session.pk, session.public_id, desk.email, delegate.email)
"""
RELEASE = """
from sessions.releases.services import releases
from summit.summits.models import Summit
from summit.users.models import User
releases.release(
    summit=Summit.objects.get(slug="border-security-2025"), by=User.objects.get(email="organiser@summit.example"),
)
"""


class Browser(httpx.Client):
    def __init__(self, base: str, email: str) -> None:
        super().__init__(base_url=base, follow_redirects=True, timeout=60)
        self.post_form("/accounts/login/", {"login": email, "password": PASSWORD})

    def post_form(self, path: str, data: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> str:
        """Send a page's form with its token, and return the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(path))
        assert token is not None
        values = {"csrfmiddlewaretoken": token[1], **data}
        answer = self.post(path, data=values, files=files, headers={"Referer": f"{self.base_url}{path}"})
        assert answer.status_code == 200, answer.text
        return answer.text

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


def test_an_upload_waits_for_clamd_and_the_portal_says_so(tmp_path: Path, shared: Path, daemon: Daemon) -> None:
    port = free_port()
    with ExitStack() as closed:
        found = closed.enter_context(processes(tmp_path, shared, CLAMD_URL=daemon.url, PORT=str(port)))
        serving = found.start("manage", "serve")
        # Killed, it would leave the processes that it has started.
        closed.callback(serving.wait, 60)
        closed.callback(serving.terminate)
        base = f"http://localhost:{port}"

        def is_up() -> bool:
            with suppress(httpx.HTTPError):
                return httpx.get(f"{base}/readyz").status_code == 200
            return False

        wait_for(is_up, 240, "everything runs")
        pk, session, desk_email, delegate_email = found.python(PREPARE).split()[-4:]
        desk = closed.enter_context(closing(Browser(base, desk_email)))
        delegate = closed.enter_context(closing(Browser(base, delegate_email)))
        papers, page = f"/admin/agenda/session/{pk}/documents/", f"/portal/agenda/{session}/"

        def upload(title: str, content: bytes) -> str:
            values = {"title": title, "language": "en"}
            return desk.post_form(papers, values, {"file": ("brief.docx", content)})

        # clamd isn't there yet.
        assert "Being checked for viruses. Reload this page in a minute." in upload("Brief", docx(infected=False))
        found.python(RELEASE)
        said = delegate.page(page)
        assert "Being checked for viruses." in said
        assert "Brief" in said
        assert f"{page}documents/" not in said
        with daemon.running():
            link = re.compile(rf'href="({re.escape(page)}[^"]*)"[^>]*>Brief<')
            released = wait_for(lambda: link.search(delegate.page(page)), 60, "the brief is clean")
            assert delegate.get(released[1]).content == docx(infected=False)
            upload("Annex", docx(infected=True))
            found.python(RELEASE)
            wait_for(lambda: "Refused by the virus check." in delegate.page(page), 60, "the annex is refused")
        assert f"Refused: a virus was found ({FOUND}). The file has been deleted. Choose another file." in desk.page(
            papers
        )
        counted = found.manage("scan_uploads")
        assert f"agenda.document:{_infected(counted)}: infected, {FOUND}" in counted
        assert "clean: 1, infected: 1" in counted


def _infected(said: str) -> str:
    match = re.search(r"agenda\.document:(\d+)", said)
    assert match is not None, said
    return match[1]
