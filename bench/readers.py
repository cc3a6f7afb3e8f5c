"""What "My agenda" costs fifty readers who look at once, from two web processes on the same machine.

Each reader has an account, a connection that stays open, and a programme of their own. "At once": each asks again as
soon as they have the answer, so that all fifty wait all the time. "Each second": each asks once a second.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.test import Client as Browser

from bench import connections, serving
from sessions.agenda.models.releases import ReleasedParticipant, ReleaseEntry
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

READERS, TURNS = 50, 12


@dataclass(frozen=True)
class Waits:
    """How long answers took, in milliseconds: of those that come at once and of those asked for each second."""

    at_once: list[float]
    each_second: list[float]
    # The same of a bare answer of the server (/healthz).
    bare: list[float]

    @staticmethod
    def share(waits: list[float], share: float) -> float:
        """Return what at most that share of them took."""
        return sorted(waits)[max(0, int(len(waits) * share + 0.999999) - 1)]

    def said(self) -> str:
        """Say them in a line."""
        at_once, paced, bare = (
            f"p50 {self.share(waits, 0.5):.0f} ms, p95 {self.share(waits, 0.95):.0f} ms"
            for waits in (self.at_once, self.each_second, self.bare)
        )
        times = self.share(self.at_once, 0.95) / self.share(self.bare, 0.95)
        return f"at once {at_once} ({times:.0f} times a bare answer: {bare}); each second {paced}"


def measure(summit: Summit) -> Waits:
    """Measure with readers who take part in the newest release."""
    cookies = [_cookie(person) for person in _people(summit)]
    asked = [_question(f"/portal/agenda/?summit={summit.slug}", cookie) for cookie in cookies]
    with serving.serving() as port:
        # Each process makes what it keeps.
        _ask(port, asked, 2, 0)
        at_once = _ask(port, asked, TURNS, 0)
        paced = _ask(port, asked, TURNS, 1.0)
        bare = _ask(port, [_question("/healthz", "")] * len(asked), TURNS, 0)
    return Waits(at_once, paced, bare)


def _people(summit: Summit) -> list[Person]:
    full = ReleaseEntry.objects.current(summit).values("full")
    keys = ReleasedParticipant.objects.filter(released_session__in=full, person__user__isnull=True).values("person")
    found = list(Person.objects.filter(pk__in=keys).order_by("pk")[:READERS])
    if len(found) < READERS:
        raise RuntimeError(f"only {len(found)} people take part by name")
    return found


def _cookie(person: Person) -> str:
    person.user = User.objects.create_user(email=f"reader-{person.pk}@bench.example", name=person.name)
    person.save(update_fields=["user"])
    browser = Browser()
    browser.force_login(person.user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _question(path: str, cookie: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {settings.SESSION_COOKIE_NAME}={cookie}"]
    return "\r\n".join([*lines, "", ""]).encode()


def _ask(port: int, questions: list[bytes], turns: int, every: float) -> list[float]:
    """Let all ask so many times, `every` so many seconds; return how long each answer took, in milliseconds."""
    waits: list[float] = []
    wrong: list[int] = []
    begin = time.perf_counter() + 0.2

    def ask(place: int, question: bytes) -> None:
        client = connections.Client(port)
        for turn in range(turns):
            # Readers are not in step: each has a moment of the second of their own.
            due = begin + every * (turn + place / len(questions))
            time.sleep(max(0.0, due - time.perf_counter()))
            # An answer that is late for its second is late from then on.
            started = due if every else time.perf_counter()
            status, _head, _length = client.ask(question)
            waits.append((time.perf_counter() - started) * 1000)
            if status != 200:
                wrong.append(status)
        client.close()

    _all(lambda place: ask(place, questions[place]), len(questions))
    if wrong:
        raise RuntimeError(f"answered {wrong[0]}")
    return waits


def _all(do: Callable[[int], None], number: int) -> None:
    threads = [threading.Thread(target=do, args=[place]) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
