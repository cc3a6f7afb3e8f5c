"""The image of deploy/container, built without a registry, and its roles started without a container engine.

The base is a Debian of mmdebstrap's. buildah builds with `--isolation chroot`. A role runs in namespaces of its own,
in the image's files mounted read-only, as the image's user, without any capability.
"""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.processes import wait_for
from tests.release.machine import LONGEST, debian
from tools.running import ROOT

CONTAINER = ROOT / "deploy/container"
# What a container's manager does, in the order in which it does it; the role's command comes last.
ENTER = """
set -e
root=$1; secrets=$2; shift 2
mount --make-rprivate /
mount --rbind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs tmpfs "$root/tmp" -o mode=1777
mount -t tmpfs tmpfs "$root/var/lib/summit" -o uid=10001,gid=10001,mode=755
mount -t tmpfs tmpfs "$root/var/backups/summit" -o uid=10001,gid=10001,mode=700
mount -t tmpfs tmpfs "$root/run"
mkdir "$root/run/secrets"
mount --bind "$secrets" "$root/run/secrets"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev" -o mode=755
for each in null zero random urandom; do touch "$root/dev/$each"; mount --bind "/dev/$each" "$root/dev/$each"; done
mkdir -m 1777 "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm" -o mode=1777
exec setpriv --no-new-privs \\
    /usr/sbin/chroot --userspec="$SUMMIT_USER" --groups= "$root" env --chdir=/var/lib/summit "$@"
"""


@dataclass(frozen=True)
class Image:
    """The built image: its files in a folder, and what it says of itself."""

    root: Path
    config: dict[str, Any]


class Buildah:
    """buildah, with a storage of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.options = [f"--root={folder / 'storage'}", f"--runroot={folder / 'run'}", "--storage-driver=vfs"]
        self.folder = folder

    def __call__(self, *arguments: str) -> str:
        """Run a command of buildah's and return what it printed."""
        command = ["buildah", *self.options, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout.strip()

    def build(self, file: Path, context: Path, name: str, *options: str) -> None:
        """Build an image, in a chroot and with this machine's network."""
        limits = ("--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")
        how = ("--isolation=chroot", "--network=host", "--format=docker", *limits, *options)
        self("build", *how, f"--file={file}", f"--tag={name}", str(context))

    def image(self) -> Image:
        """Build the base and the image on it, and return what became of them."""
        context = self.folder / "base"
        context.mkdir()
        os.link(debian("ca-certificates", "python3", "python3-venv"), context / "debian.tar")
        (context / "Containerfile").write_text("FROM scratch\nADD debian.tar /\n")
        self.build(context / "Containerfile", context, "localhost/debian")
        self.build(
            CONTAINER / "Containerfile",
            ROOT,
            "localhost/summit",
            "--build-arg=BASE=localhost/debian",
            # All of base.txt, and what signing in by SAML needs.
            "--build-arg=REQUIREMENTS=saml",
            f"--ignorefile={CONTAINER / 'Containerfile.dockerignore'}",
            # Where packages come through a proxy with a certificate of its own.
            "--volume=/etc/ssl/certs:/etc/ssl/certs:ro",
        )
        config = json.loads(self("inspect", "--type=image", "localhost/summit"))["Docker"]["config"]
        found = self("from", "--isolation=chroot", "--network=host", "localhost/summit")
        return Image(Path(self("mount", found)), config)


class Host:
    """A network of its own, with containers that share it, and what they need: PostgreSQL, Redis, secrets."""

    def __init__(self, folder: Path, image: Image, env: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self.folder = folder
        self.image = image
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.secrets = folder / "secrets"
        self.secrets.mkdir(parents=True)
        for name, value in secrets.items():
            (self.secrets / name).write_text(value)
        names = {f"{name}_FILE": f"/run/secrets/{name}" for name in secrets}
        self.env = {**dict(each.split("=", 1) for each in image.config["Env"]), **names, **env}
        self.env["SUMMIT_USER"] = image.config["User"]
        self.inside: list[str] = []

    def __enter__(self) -> Self:
        keeper = ["unshare", "--net", "sh", "-c", "ip link set lo up; exec sleep infinity"]
        self._network = subprocess.Popen(keeper)
        self.inside = ["nsenter", f"--net=/proc/{self._network.pid}/ns/net"]
        wait_for(self._is_alone, 20, "no network of its own")
        return self

    def __exit__(self, *_problem: object) -> None:
        for name, process in self.running.items():
            with contextlib.suppress(OSError, IndexError):
                os.kill(self.first_process(name), signal.SIGKILL)
            process.wait(60)
        self._network.kill()
        self._network.wait(60)

    def _is_alone(self) -> bool:
        # Until the keeper has left this machine's network, its other devices are listed too.
        devices = self.outside("ip", "-brief", "link").splitlines()
        return len(devices) == 1 and "LOOPBACK,UP" in devices[0]

    def outside(self, *command: str) -> str:
        """Run a program of this machine's in that network, and return what it printed."""
        done = subprocess.run([*self.inside, *command], capture_output=True, text=True, check=False, timeout=LONGEST)
        return done.stdout

    def _command(self, *role: str) -> list[str]:
        spaces = ("--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts")
        entry = ["sh", "-c", ENTER, "sh", str(self.image.root), str(self.secrets)]
        return [*self.inside, "unshare", *spaces, *entry, *role]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*command), env=self.env, capture_output=True, text=True, check=False, timeout=LONGEST
        )

    def role(self, *role: str) -> str:
        """Run a role that ends, and return what it printed."""
        done = self.run(*self.image.config["Entrypoint"], *role)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    def start(self, *role: str) -> None:
        """Start a role that goes on; its output goes to a file."""
        name = "-".join(role)
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                self._command(*self.image.config["Entrypoint"], *role),
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def first_process(self, name: str) -> int:
        """Return the number, on this machine, of a container's first process."""
        # nsenter and unshare replace themselves by what they start, but for the process that waits for the namespace.
        pid = self.running[name].pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def stop(self, name: str) -> int:
        os.kill(self.first_process(name), signal.SIGTERM)
        return self.running.pop(name).wait(120)
