"""What the whole system takes while nobody asks for anything, and its web processes' memory before and after load:
`make run` with the demonstration, as everybody starts it."""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import connections, processes
from tools.running import Running, free_port, make_run

# Seconds: until all that a start leaves to do is done, of doing nothing, and of asking for each page.
SETTLED, SECONDS, ASKED = 15.0, 30.0, 2.0
# Seconds of the processor in a minute that all processes together take at most.
MOST = 2.0
PAGES = ("", "agenda/", "agenda.ics", "agenda/schedule.json", "press/", "press/feed.atom", "agenda/changes/")
SLUG = "border-security-2025"


@dataclass(frozen=True)
class Idle:
    """Seconds of the processor a minute that worker processes, beat and everything together take, and megabytes of
    the largest web process before and after load."""

    workers: float
    beat: float
    whole: float
    before: float
    after: float


def measure() -> Idle:
    """Start the system, let it do nothing, then ask it for public pages."""
    port = free_port()
    with TemporaryDirectory(prefix="summit-bench-") as folder, make_run(Path(folder), port=port) as run:
        time.sleep(SETTLED)
        first, began = processes.below(run.pid), time.monotonic()
        time.sleep(SECONDS)
        then, minutes = processes.below(run.pid), (time.monotonic() - began) / 60
        spent = {
            number: (taken.command, (taken.seconds - first[number].seconds) / minutes)
            for number, taken in then.items()
            if number in first
        }
        before = web_memory(run)
        for page in PAGES:
            connections.rate(port, connections.question(f"/{SLUG}/{page}"), seconds=ASKED)
        return Idle(
            workers=sum(each for command, each in spent.values() if " worker " in command),
            beat=sum(each for command, each in spent.values() if " beat " in command),
            whole=sum(each for _command, each in spent.values()),
            before=before,
            after=web_memory(run),
        )


def web_memory(run: Running) -> float:
    """Return the megabytes of the largest web process of a system."""
    found = processes.below(run.pid).values()
    return max(taken.megabytes for taken in found if "-m gunicorn" in taken.command)
