"""What the real clamd says of uploads, with a signature of its own for the EICAR text.

Needs Debian's clamav-daemon. freshclam isn't asked: the signatures are made here.
"""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

from summit.uploads import clamd
from tests.processes import wait_for
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
