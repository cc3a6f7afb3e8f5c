"""A quarter of an hour of mixed work on the whole system, as `make run` starts it: `python -m bench.soaking`, or
`make soak`; `python -m bench.soaking 60` takes an hour.

Readers ask for public pages and for the API, people work at the desk, and each ten seconds a session of five hundred
is moved and released, and a text comes out. Nothing may fail, and no process may grow: each quarter of a minute it
prints what was asked, how long 99 in 100 waited and what memory the processes have, at last the verdict.
"""

import contextlib
import itertools
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import clicking, connections, processes
from tools.running import ROOT, Running, free_port, make_run

MINUTES, EVERY = 15.0, 15.0
SLUG = "big"
READERS, DESKS = 8, 2
# Seconds between two questions of one of them.
READ, WORK = 0.02, 2.0
# Seconds between two releases, and between two texts.
WRITE = 10.0
# A process has grown that has so many megabytes more in the last third than in the one before, and a quarter of it
# more in the later half of that third than in the earlier.
GROWN = 8.0
PAGES = (
    *(
        f"/{SLUG}/{page}"
        for page in ("agenda/", "agenda.ics", "agenda/schedule.json", "press/", "press/feed.atom", "")
    ),
    f"/api/v1/summits/{SLUG}/agenda/",
)
DESK = (
    f"/admin/?summit={SLUG}",
    f"/admin/agenda/release/prepare/{SLUG}/",
    f"/admin/press/text/run/?summit={SLUG}",
    f"/admin/agenda/session/?summit={SLUG}",
)
ORGANISER = "organiser@summit.example"
# Makes all sessions public, as `make bench` does, and lets the demonstration's organiser work there too.
PREPARE = f"""
from bench import changing
from summit.permissions.models import RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User
summit = Summit.objects.get(slug="{SLUG}")
changing.make_public(summit)
organiser = User.objects.get(email="{ORGANISER}")
RoleAssignment.objects.create(summit=summit, user=organiser, role="organiser")
"""
# Both go on until their input ends: the first releases, the second publishes texts.
MOVE = f"""
from bench import moving
moving.main("{SLUG}", every={WRITE})
"""
PUBLISH = f"""
import select, sys
from datetime import timedelta
from django.utils import timezone
from press.embargoes.services import bulk_decisions
from press.texts.services import texts
from summit.summits.models import Summit
from summit.users.models import User
summit = Summit.objects.get(slug="{SLUG}")
rows = User.objects.filter(roles__summit=summit)
people = {{role: rows.filter(roles__role=role).first() for role in ("press_officer", "press_approver")}}
number = 0
sys.stdin.readline()
while not select.select([sys.stdin], [], [], {WRITE})[0]:
    number += 1
    about = {{"summit": summit, "kind": "statement", "title": f"Text {{number}}", "language": "en"}}
    made = [texts.create_text(body="Words. " * 500, by=people["press_officer"], **about)]
    moment = timezone.now() + timedelta(seconds=3)
    for action, who in (("submit", "press_officer"), ("approve", "press_approver"), ("set_moment", "press_officer")):
        bulk_decisions.decide(action=bulk_decisions.BULK_DECISIONS[action], texts=made, by=people[who], moment=moment)
"""


@dataclass
class Asked:
    """How long each answer took, in seconds, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sample:
    """How it stood after so many seconds: answers in the time before, the milliseconds that 99 in 100 of them took at
    most, and what each process has taken, by its number."""

    after: float
    answers: int
    waited: float
    taken: dict[int, processes.Taken]

    def __str__(self) -> str:
        web = [row.megabytes for row in self.taken.values() if "-m gunicorn" in row.command]
        workers = [row.megabytes for row in self.taken.values() if " worker " in row.command]
        whole = sum(row.megabytes for row in self.taken.values())
        said = f"{self.after / 60:5.1f} min  {self.answers / EVERY:5.0f} answers a second, p99 {self.waited:4.0f} ms"
        return f"{said}  web {max(web):4.0f} MB, worker {max(workers):4.0f} MB, all {whole:5.0f} MB"


def soak(minutes: float) -> list[str]:
    """Work for so many minutes, print how it goes, and return what went wrong: failures, and processes that grew."""
    port, asked, done = free_port(), Asked(), threading.Event()
    with TemporaryDirectory(prefix="summit-soak-") as folder, make_run(Path(folder), port=port) as run:
        run.manage("demo", "--slug", SLUG)
        run.inside(PREPARE)
        with _beside(run, MOVE) as moving, _beside(run, PUBLISH) as publishing:
            people = [partial(_read, port, asked, done, place) for place in range(READERS)]
            people += [partial(_work, run, asked, done)] * DESKS
            threads = [threading.Thread(target=each) for each in people]
            for thread in threads:
                thread.start()
            samples = list(_samples(run, asked, minutes))
            done.set()
            for thread in threads:
                thread.join()
            ended = [each.poll() for each in (moving, publishing)]
        failed = [line for line in run.printed().splitlines() if "ERROR" in line or "Traceback" in line]
    stopped = ["What released or published ended by itself."] if ended != [None, None] else []
    return asked.wrong + failed + stopped + _grown(samples)


@contextlib.contextmanager
def _beside(run: Running, program: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a program on the system's database; end its input, and it, at last."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", program]
    process = subprocess.Popen(
        command, cwd=ROOT, env=run.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(60)


def _samples(run: Running, asked: Asked, minutes: float) -> Iterator[Sample]:
    began, counted = time.monotonic(), 0
    while (passed := time.monotonic() - began) < minutes * 60:
        time.sleep(min(EVERY, minutes * 60 - passed))
        waits = asked.seconds[counted:]
        counted += len(waits)
        longest = statistics.quantiles(waits, n=100)[98] * 1000 if len(waits) > 1 else 0.0
        sample = Sample(time.monotonic() - began, len(waits), longest, processes.below(run.pid))
        print(sample, flush=True)
        yield sample


def _read(port: int, asked: Asked, done: threading.Event, place: int) -> None:
    """Ask for one public page after another on a connection that stays open."""
    client = connections.Client(port)
    for page in itertools.islice(itertools.cycle(PAGES), place, None):
        if done.wait(READ):
            return
        began = time.monotonic()
        try:
            status = client.ask(connections.question(page))[0]
        except OSError as problem:
            asked.wrong.append(f"{page}: {problem}")
            client = connections.Client(port)
            continue
        asked.seconds.append(time.monotonic() - began)
        if status != 200:
            asked.wrong.append(f"{status} {page}")


def _work(run: Running, asked: Asked, done: threading.Event) -> None:
    """Ask for one page of the desk after another, signed in."""
    waits = clicking.Waits()
    person = clicking.Person(run, waits)
    person.sign_in(ORGANISER)
    for page in itertools.cycle(DESK):
        if done.wait(WORK):
            break
        person.ask(page)
        asked.seconds.append(waits.of[-1][0])
    asked.wrong += waits.refused


def _grown(samples: list[Sample]) -> list[str]:
    """Say which processes have more in memory in the last third of the time than in the one before, and go on growing
    in it: one that has its first work late loads what it needs once. What forked processes have in common counts for
    each: as they write to it, it becomes their own, which is no growth."""
    third = len(samples) // 3
    found = []
    for number, taken in samples[-1].taken.items():
        known = [sample.taken[number].resident for sample in samples[third:] if number in sample.taken]
        if len(known) < 2 * third:
            continue
        middle, last = statistics.median(known[:third]), statistics.median(known[third:])
        late = known[third:]
        begun, ended = statistics.median(late[: third // 2]), statistics.median(late[third // 2 :])
        if last > middle + GROWN and ended > begun + GROWN / 4:
            found.append(f"{middle:.0f} MB, then {last:.0f} MB: {taken.command[-80:]}")
    return found


def main(minutes: float = MINUTES) -> int:
    """Soak, print the verdict, and return 1 where something went wrong."""
    wrong = soak(minutes)
    print("\n".join(wrong) if wrong else "Nothing failed, and no process grew.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2])))
