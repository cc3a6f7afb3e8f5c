"""Workers that race for due texts and are killed at random, in a process of its own that forks them.

`main` prints one line of JSON with what came of it. On PostgreSQL the database's clock can be set: a function of a
schema that is looked through before PostgreSQL's own tells another time. So texts go out on both sides of a change to
summer time, and back, that is months away.
"""

import json
import os
import random
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import OperationalError, connection, models
from django.utils import timezone

from press.subscriptions.models import Announcement
from press.subscriptions.services import announcements
from press.texts.models import visibility
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind, TextVersion
from summit.core.database_clock import db_now
from summit.core.local_time import local_moment
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import SubscriberFactory, SummitFactory, UserFactory
from tests.processes import wait_for

WRONG_BY = timedelta(hours=2)
PAUSE = 0.1
# When clocks in London go forward, and when back.
CHANGES = {"summer": datetime(2026, 3, 29, 1, tzinfo=UTC), "winter": datetime(2026, 10, 25, 1, tzinfo=UTC)}
CLOCK = """
CREATE SCHEMA clock;
CREATE TABLE clock.shift (by interval NOT NULL);
INSERT INTO clock.shift VALUES ('0');
CREATE FUNCTION clock.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT pg_catalog.statement_timestamp() + (SELECT by FROM clock.shift) $$;
"""


@dataclass
class Race:
    """What is raced for: `texts` in each of the `phases` ("summer", "winter" or "now"), their moments over `spread`
    seconds. `without` is the protection that a control takes away: "lock" or "database clock"."""

    phases: list[str]
    texts: int
    spread: float
    subscribers: int = 5
    workers: int = 6
    without: str = ""
    shifts: dict[int, timedelta] = field(default_factory=dict)
    moments: dict[int, datetime] = field(default_factory=dict)
    kills: int = 0
    children: dict[int, int] = field(default_factory=dict)

    def prepare(self) -> None:
        self.by: User = UserFactory()
        self.author: User = UserFactory()
        self.summit: Summit = SummitFactory(time_zone="Europe/London", public=True)
        SubscriberFactory.create_batch(self.subscribers, summit=self.summit)
        if self.without == "lock":
            _drop_what_is_unique()
        if self.phases != ["now"]:
            with connection.cursor() as cursor:
                cursor.execute(CLOCK)
                name = connection.ops.quote_name(connection.settings_dict["NAME"])
                cursor.execute(f"ALTER DATABASE {name} SET search_path = clock, pg_catalog, public")
            connection.close()

    def begin(self, phase: str) -> None:
        """Set the database's clock for a phase, and enter its texts, approved, each on an embargo of its own."""
        begins = db_now()
        shift = timedelta()
        if phase in CHANGES:
            # Half of the moments come before the change.
            begins = CHANGES[phase] - timedelta(seconds=self.spread / 2 + 1)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE clock.shift SET by = %s - pg_catalog.clock_timestamp() RETURNING by", [begins])
                shift = cursor.fetchone()[0]
            assert abs(db_now() - begins) < timedelta(seconds=5), "the database's clock can't be set"
        first = begins + timedelta(seconds=1)
        moments = [first + timedelta(seconds=self.spread * n / self.texts) for n in range(self.texts)]
        moments = [local_moment(wall_clock(moment, self.summit), self.summit.zone) for moment in moments]
        for text_id, moment in zip(self._texts(moments), moments, strict=True):
            self.moments[text_id], self.shifts[text_id] = moment, shift

    def _texts(self, moments: list[datetime]) -> list[int]:
        embargoes = Embargo.objects.bulk_create(
            Embargo(summit=self.summit, moment=moment, decided_by=self.by) for moment in moments
        )
        texts = Text.objects.bulk_create(
            Text(summit=self.summit, embargo=embargo, kind=TextKind.STATEMENT, slug=f"due-{embargo.pk}")
            for embargo in embargoes
        )
        versions = TextVersion.objects.bulk_create(
            TextVersion(text=text, language="en", authoritative=True) for text in texts
        )
        day = timedelta(days=1)
        Edition.objects.bulk_create(
            Edition(
                **{
                    "version": version,
                    "number": 1,
                    "title": f"Due {version.pk}",
                    "body": "Words.",
                    "author": self.author,
                },
                **{"state": EditionState.APPROVED, "decided_by": self.by, "decided_at": moment - day},
            )
            for version, moment in zip(versions, moments, strict=True)
        )
        return [text.pk for text in texts]

    def run(self) -> None:
        """Let the workers race through the phases, and kill one of them every now and then."""
        try:
            for number in range(self.workers):
                self.fork(number)
            for number, phase in enumerate(self.phases, start=1):
                self.begin(phase)
                deadline = time.monotonic() + self.spread + 90
                while time.monotonic() < deadline and self.announced() < number * self.texts:
                    time.sleep(random.uniform(0.2, 1.2))  # noqa: S311 - chance, no secret
                    self.kill_one()
            # Whoever announces a second time does it while the one with the wrong clock, who lives on, asks again.
            asked = len(_noted())
            wait_for(lambda: len(_noted()) >= asked + 3, 60, "all have asked again")
        finally:
            for child in self.children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)

    def kill_one(self) -> None:
        """Kill a worker with -9, wherever it is, and start another. The one with the wrong clock goes on."""
        child = random.choice([pid for pid, number in self.children.items() if number])  # noqa: S311
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.kills += 1
        self.fork(self.children.pop(child))

    def fork(self, number: int) -> None:
        """Start a worker. A connection would be shared with it, so that none is open."""
        connection.close()
        child = os.fork()
        if child:
            self.children[child] = number
            return
        try:
            self.work(number)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def work(self, number: int) -> None:
        """Announce what is due, again and again, as the task does. The first worker's clock is two hours fast."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if number == 0:
            time_machine.travel(datetime.now(UTC) + WRONG_BY, tick=True).start()
        if self.without == "lock":
            announcements.lock_text = lambda text_id: None  # type: ignore[assignment]
        elif self.without == "database clock":
            visibility.Now = lambda: models.Value(timezone.now(), models.DateTimeField())  # type: ignore[assignment,misc]
        parent = os.getppid()
        while os.getppid() == parent:
            with suppress(OperationalError):
                done = announcements.announce_due()
                if number == 0:
                    _note(f"{done}\n")
            time.sleep(random.uniform(0, 2 * PAUSE))  # noqa: S311

    def announced(self) -> int:
        rows = Announcement.objects.filter(edition__version__text__in=self.moments)
        return rows.values("edition").distinct().count()

    def result(self) -> dict[str, Any]:
        """Return what came of it: of each message the database's moment against that of its text."""
        late: list[float] = []
        seen: dict[tuple[int, str], int] = {}
        text_of = dict(Edition.objects.values_list("public_id", "version__text"))
        for subject, recipient, at in Message.objects.filter(summit=self.summit).values_list(
            "subject_key", "recipient_key", "created_at"
        ):
            text_id = text_of[subject.rpartition(":")[2]]
            seen[text_id, recipient] = seen.get((text_id, recipient), 0) + 1
            late.append((at + self.shifts[text_id] - self.moments[text_id]).total_seconds())
        return {
            "texts": len(self.moments),
            "messages": len(late),
            "told": len(seen),
            "announced": self.announced(),
            "twice": sum(times > 1 for times in seen.values()),
            "early": sum(seconds < 0 for seconds in late),
            "kills": self.kills,
            "wrong_clock_asked": len(_noted()),
            "wrong_clock_announced": sum(_noted()),
            "walls": sorted(
                {moment.astimezone(self.summit.zone).strftime("%H %Z") for moment in self.moments.values()}
            ),
        }


def wall_clock(moment: datetime, summit: Summit) -> str:
    """Return a moment as an officer at the venue enters it, to the second; of an hour that the clocks show twice, the
    first time with its distance from UTC."""
    local = moment.astimezone(summit.zone).replace(microsecond=0)
    first = local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset() and not local.fold
    return local.isoformat() if first else local.replace(tzinfo=None).isoformat()


def _noted() -> list[int]:
    """Return how many texts the worker with the wrong clock announced, each time that it asked."""
    with suppress(FileNotFoundError), open(_notes()) as file:
        return [int(line) for line in file]
    return []


def _note(line: str) -> None:
    with open(_notes(), "a") as file:
        file.write(line)


def _notes() -> str:
    return os.path.join(os.environ["VAR_DIR"], "wrong-clock.txt")


def _drop_what_is_unique() -> None:
    """Take away what keeps the database from storing anything twice, beside the lock."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_message DROP CONSTRAINT message_once")
        for name in _unique_of("press_announcement", "edition_id"):
            cursor.execute(f'ALTER TABLE press_announcement DROP CONSTRAINT "{name}"')


def _unique_of(table: str, column: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return (
        name
        for name, each in found.items()
        if each["unique"] and not each["primary_key"] and each["columns"] == [column]
    )


def main(**values: Any) -> None:
    race = Race(**values)
    race.prepare()
    race.run()
    print(json.dumps(race.result()))
