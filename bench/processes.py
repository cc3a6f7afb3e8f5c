"""What processes take of the machine, as Linux tells it: a system's processes, their time on the processor and their
memory; and how busy the machine was with other things while something was measured."""

import os
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Taken:
    """What one process has taken: what it was started as, seconds on the processor, megabytes that are its own, with
    its share of what it has in common with others, and all that it has in memory (`resident`)."""

    command: str
    seconds: float
    megabytes: float
    resident: float


def below(pid: int) -> dict[int, Taken]:
    """Return what a process and all beneath it have taken, by their numbers."""
    parents = {int(path.name): _fields(path) for path in Path("/proc").glob("[0-9]*")}
    found, left = {}, [pid]
    while left:
        number = left.pop()
        taken = _taken(number)
        if taken is not None:
            found[number] = taken
        left += [child for child, fields in parents.items() if fields and int(fields[1]) == number]
    return found


def _fields(path: Path) -> list[str]:
    """The fields of a process after its name, which may hold anything; none where it has ended."""
    try:
        return (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _taken(pid: int) -> Taken | None:
    path = Path("/proc", str(pid))
    fields = _fields(path)
    if not fields:
        return None
    try:
        command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        rows = [line.split() for line in (path / "smaps_rollup").read_text().splitlines()[1:]]
    except OSError:
        return None
    megabytes = {row[0]: int(row[1]) / 1024 for row in rows}
    seconds = (int(fields[11]) + int(fields[12])) / _TICKS
    return Taken(command, seconds, megabytes.get("Pss:", 0.0), megabytes.get("Rss:", 0.0))


def _busy() -> float:
    """Seconds that all processors together have been busy."""
    user, nice, system, _idle, _waiting, *interrupts = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return sum(map(int, (user, nice, system, *interrupts[:3]))) / _TICKS


def _own() -> float:
    """Seconds that this process and those of its children that have ended took."""
    times = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in times)


@dataclass
class Machine:
    """How busy the machine was with other things since this was made."""

    began: float = field(default_factory=time.monotonic)
    busy: float = field(default_factory=_busy)
    own: float = field(default_factory=_own)

    def others(self) -> float:
        """Return the processors that others kept busy, on average: 0 on a quiet machine."""
        passed = time.monotonic() - self.began
        return max(0.0, (_busy() - self.busy - (_own() - self.own)) / passed)
