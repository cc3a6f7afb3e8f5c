"""How long people wait for a page while bulk work runs: a large summit is loaded and an archive comes out, on SQLite,
where one writes at a time. `make run` as it is, with people who sign in and read all the while."""

import itertools
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from tools.running import ROOT, Running, make_run

TEXTS = 193
# Seconds.
QUIET = 8
MOST = 5.0
LOOK = 0.1
PEOPLE = 4
PAGES = ("/admin/", "/admin/agenda/session/", "/admin/summit/person/", "/admin/press/text/")
# Writes texts, has them approved, and lets all of them come out, as after an archive was taken over.
PUBLISH = f"""
from datetime import timedelta
from django.utils import timezone
from press.embargoes.services import bulk_decisions
from press.texts.services import texts
from summit.core.lock_yielding import Turns
from summit.summits.models import Summit
from summit.users.models import User
summit = Summit.objects.get(slug="border-security-2025")
by, approver = (User.objects.get(email=name + "@summit.example") for name in ("press", "approver"))
made, turns = [], Turns()
for number in range({TEXTS}):
    turns.yield_if_due()
    about = {{"summit": summit, "kind": "statement", "title": f"Text {{number}}", "language": "en", "by": by}}
    made.append(texts.create_text(body="Words. " * 2000, **about))
moment = timezone.now() + timedelta(seconds=8)
for name, who in (("submit", by), ("approve", approver), ("set_moment", by)):
    reach = bulk_decisions.decide(action=bulk_decisions.BULK_DECISIONS[name], texts=made, by=who, moment=moment)
    assert len(reach.to) == {TEXTS}, (name, reach.skipped[:1])
"""


@dataclass
class Waits:
    """How long whom had to wait, in seconds, and what was refused."""

    of: list[tuple[float, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The longest of them."""
        return max(self.of)[0]


def measure() -> tuple[Waits, Waits, float]:
    """Return the waits while nothing else happens and during the bulk work, and how long that took, in seconds."""
    with TemporaryDirectory(prefix="summit-bench-") as folder, make_run(Path(folder)) as run:
        quiet = _waits(run, lambda: time.sleep(QUIET))
        started = time.monotonic()
        bulk = _waits(run, lambda: _bulk(run))
        return quiet, bulk, time.monotonic() - started


def _bulk(run: Running) -> None:
    commands = (["demo", "--slug", "big"], ["shell", "--no-imports", "-c", PUBLISH])
    working = [
        subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=run.env, stdout=subprocess.DEVNULL)
        for command in commands
    ]
    ended = [process.wait() for process in working]
    if any(ended):
        raise RuntimeError("The bulk work failed.")
    # What came out is announced.
    time.sleep(QUIET)


def _waits(run: Running, until: Callable[[], None]) -> Waits:
    """Let people click until something is done."""
    waits, done = Waits(), threading.Event()
    people = [threading.Thread(target=_click, args=(run, waits, done)) for _each in range(PEOPLE)]
    for person in people:
        person.start()
    try:
        until()
    finally:
        done.set()
        for person in people:
            person.join()
    return waits


def _click(run: Running, waits: Waits, done: threading.Event) -> None:
    while not done.is_set():
        person = Person(run, waits)
        person.sign_in("organiser@summit.example")
        # Thirty may sign in from one address in a minute.
        until = time.monotonic() + 60 * PEOPLE / 25
        for page in itertools.cycle(PAGES):
            if done.wait(LOOK) or time.monotonic() > until:
                break
            person.ask(page)


class Person:
    """Somebody with a browser, who notes how long each answer takes."""

    def __init__(self, run: Running, waits: Waits) -> None:
        self.run, self.waits, self.cookies = run, waits, CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def sign_in(self, login: str) -> None:
        """Sign in, which writes a session and the record of it."""
        self.ask("/accounts/login/")
        token = next(str(cookie.value) for cookie in self.cookies if "csrf" in cookie.name)
        self.ask("/accounts/login/", login=login, password=self.run.password, csrfmiddlewaretoken=token)

    def ask(self, path: str, **data: str) -> None:
        """Ask for a page, or send a form to it."""
        request = urllib.request.Request(self.run.base + path, urlencode(data).encode() if data else None)  # noqa: S310
        request.add_header("Referer", self.run.base + path)
        started = time.monotonic()
        try:
            with self.browser.open(request, timeout=120) as answer:
                answer.read()
        except urllib.error.HTTPError as problem:
            self.waits.refused.append(f"{problem.code} {path}")
        self.waits.of.append((time.monotonic() - started, path))
