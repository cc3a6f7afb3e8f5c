"""A bare Debian of its own with systemd, in namespaces of this machine: what a document says can be typed into it."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SUITE = "trixie"
# Where the mirror is named from which this machine gets its own packages.
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
CACHE = Path(os.environ.get("RELEASE_CACHE", "/var/tmp/summit-release"))  # noqa: S108
CGROUP_ROOTS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
# What the client's tools of this machine know of the network, and a new Debian doesn't.
NETWORK = (
    "PIP_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
)
LONGEST = 900
BOOT = """
set -e
cd "$1"
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for each in null zero full random urandom tty; do touch dev/$each; mount --bind /dev/$each dev/$each; done
mkdir dev/shm dev/pts old
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ip link set lo up
pivot_root . old
umount -l /old
rmdir /old
# As a container's manager does it: systemd mounts the services' credentials in a process of its own.
mount --make-rshared /
exec env -i container=summit PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --show-status=no
"""


def debian(*packages: str) -> Path:
    """Return an archive of a Debian with these packages. It is made once and kept."""
    key = hashlib.sha256(" ".join([SUITE, *packages]).encode()).hexdigest()[:12]
    archive = CACHE / f"debian-{key}.tar"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = archive.with_suffix(".new.tar")
        command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(packages)}", SUITE, str(made)]
        subprocess.run([*command, *([str(SOURCES)] if SOURCES.exists() else [])], check=True, timeout=LONGEST)
        made.rename(archive)
    return archive


def unpacked(archive: Path, root: Path) -> None:
    """Unpack a Debian into a folder, and let it know the network as this machine does."""
    root.mkdir(parents=True)
    subprocess.run(["tar", "--numeric-owner", "-xpf", str(archive), "-C", str(root), "--exclude=./dev/*"], check=True)
    for name in ("etc/resolv.conf", "etc/hosts"):
        (root / name).unlink(missing_ok=True)
        shutil.copyfile(f"/{name}", root / name)


class Machine:
    """A Debian that runs with systemd as its first process and a network of its own, where only loopback is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pid = 0
        self._unshare: subprocess.Popen[bytes] | None = None
        self._cgroup = Path()

    def boot(self) -> None:
        """Start systemd and wait until it has started everything."""
        (self.root / "etc/machine-id").write_text("")
        units = self.root / "etc/systemd/system"
        # What only a kernel of its own could do.
        for unit in ("systemd-modules-load.service", "systemd-udevd.service", "systemd-timesyncd.service"):
            (units / unit).symlink_to("/dev/null")
        (units / "default.target").unlink(missing_ok=True)
        (units / "default.target").symlink_to("/lib/systemd/system/multi-user.target")
        top = next(each for each in CGROUP_ROOTS if (each / "cgroup.procs").exists())
        self._cgroup = top / f"summit-release-{os.getpid()}"
        self._cgroup.mkdir()
        spaces = ("--mount", "--pid", "--fork", "--kill-child", "--cgroup", "--uts", "--ipc", "--net")
        # The shell enters the control group first, which then is the root of all that systemd sees.
        enter = f'echo $$ > {self._cgroup}/cgroup.procs && exec unshare "$@"'
        command = ["sh", "-c", enter, "sh", *spaces, "sh", "-c", BOOT, "sh", str(self.root)]
        with (self.root.parent / "boot.log").open("wb") as log:
            self._unshare = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        children = Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children")
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError, IndexError):
                self.pid = int(children.read_text().split()[0])
            if self.pid and self.try_("systemctl is-system-running").stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise AssertionError((self.root.parent / "boot.log").read_text(errors="replace"))

    def try_(self, script: str, *, network: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a shell script in it and return how it ended; with `network`, it reaches what this machine reaches."""
        inside = ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--uts", "--ipc", "--cgroup"]
        env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
        env |= {"DEBIAN_FRONTEND": "noninteractive"}
        if network:
            env |= {name: os.environ[name] for name in NETWORK if name in os.environ}
        else:
            inside.append("--net")
        return subprocess.run(
            [*inside, f"--root=/proc/{self.pid}/root", f"--wd=/proc/{self.pid}/root/root", "bash", "-euc", script],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=LONGEST,
        )

    def run(self, script: str, *, network: bool = False) -> str:
        done = self.try_(script, network=network)
        assert done.returncode == 0, f"{script}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def stop(self) -> None:
        if self._unshare is None:
            return
        if self.pid:
            # The first process of a namespace takes all others with it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._unshare.wait(60)
        for folder in sorted(self._cgroup.rglob("*/"), key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        with contextlib.suppress(OSError):
            self._cgroup.rmdir()


@contextlib.contextmanager
def machine(*packages: str) -> Iterator[Machine]:
    """Give a new Debian that has systemd and these packages, and runs."""
    with tempfile.TemporaryDirectory(prefix="summit-machine-", dir=CACHE.parent) as folder:
        found = Machine(Path(folder) / "root")
        unpacked(debian("dbus", "systemd", "systemd-sysv", *packages), found.root)
        try:
            found.boot()
            yield found
        finally:
            found.stop()
