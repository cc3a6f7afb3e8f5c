"""Types what docs/deploying.md says into a new Debian."""

import re
import subprocess
from pathlib import Path

from tests.release.machine import Machine
from tools.running import ROOT

DOCUMENT = ROOT / "docs/deploying.md"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# Where packages come from that this machine gets through a proxy with a certificate of its own.
FROM_OUTSIDE = ("apt-get", "pip install")


def commands(document: str) -> list[str]:
    """Return the blocks of shell commands of a document's part about units, in order."""
    part = document.partition("\n## By units\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)


def release(archive: Path) -> None:
    """Write what would be released into an archive: the files of this folder that git knows or would take in."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    names = "\0".join(name for name in listed if name and (ROOT / name).is_file())
    tar = ["tar", "-czf", str(archive), "--owner=0", "--group=0", "--null", "--files-from=-"]
    subprocess.run(tar, cwd=ROOT, input=names.encode(), check=True)


def deploy(machine: Machine) -> list[str]:
    """Type the document's commands into a machine, and return what each block printed."""
    release(machine.root / "root/summit-1.0.0.tar.gz")
    printed = []
    for block in commands(DOCUMENT.read_text()):
        outside = any(each in block for each in FROM_OUTSIDE)
        if outside:
            # Each time, since a package of Debian's writes the file anew.
            (machine.root / "root/proxy.crt").write_bytes(CERTIFICATES.read_bytes())
        printed.append(
            machine.run(f"export PIP_CERT=/root/proxy.crt\n{block}" if outside else block, network=outside)
        )
    return printed
