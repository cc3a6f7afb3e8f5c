"""Upgrades during which the former and the new version run side by side.

Each migration from after the first release declares its phase:

    class Migration(migrations.Migration):
        phase = "before"

*Before* (expand): what the former code doesn't notice, such as a new table, or a column that it needn't fill. It is
applied before the new code starts. *After* (contract): what the former code would stumble over, such as a column
that is gone, or a rule that it doesn't know. It is applied when no former code runs any more.
`tools.migration_phases` says which operations fit which phase, and a test asks it.
"""

import enum
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError as BrokerError

from summit.maintenance import releases

# Names a migration: the label of its app, and its name.
Key = tuple[str, str]
# A change of a table that waits for a lock holds up all who come after it, so it waits for this long only and then
# lets them pass, so many times, with a pause in seconds.
LOCK_TIMEOUT, ATTEMPTS, PAUSE = "2s", 60, 1.0
LOCK_NOT_AVAILABLE = "55P03"


class Phase(enum.StrEnum):
    """When a migration is applied: before the new code starts, or after the former code has ended."""

    BEFORE = "before"
    AFTER = "after"


class NotNow(Exception):
    """Migrations can't be applied in this phase. Nothing was applied. The message says what to do first."""


@dataclass(frozen=True)
class Waiting:
    """The migrations that aren't applied yet, each list in the order in which they can be.

    `held` are those of the phase before that depend on one of the phase after.
    """

    before: list[Key]
    after: list[Key]
    held: list[Key]


def phase_of(migration: Migration) -> Phase:
    """Return the phase that a migration declares; before, if it declares none, like those of the first release."""
    return Phase(getattr(migration, "phase", Phase.BEFORE))


def waiting() -> Waiting:
    """Return the migrations that aren't applied yet."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    found = Waiting([], [], [])
    for migration, _backwards in executor.migration_plan(graph.leaf_nodes()):
        key = (migration.app_label, migration.name)
        late = {*found.after, *found.held}
        if phase_of(migration) is Phase.AFTER:
            found.after.append(key)
        elif any(parent.key in late for parent in graph.node_map[key].parents):
            found.held.append(key)
        else:
            found.before.append(key)
    return found


def later() -> str:
    """Return the names of the migrations that a later version has applied and this one doesn't know, or ""."""
    loader = MigrationExecutor(connection).loader
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    return _names([key for key in unknown if key[0] in loader.migrated_apps])


def wait(number: int) -> str:
    """Return how many migrations wait, as the beginning of a sentence."""
    return "1 migration waits" if number == 1 else f"{number} migrations wait"


def apply(phase: Phase, *, tell: Callable[[str], object], **options: Any) -> int:
    """Apply the migrations of a phase beside the running system. Return their number.

    `tell` gets a line each time a table is in use for long. `options` are passed to Django's `migrate`. Raises
    NotNow if something comes first, and OperationalError if a table stays in use.
    """
    found = waiting()
    if phase is Phase.BEFORE and found.held:
        names, first = _names(found.held), _names(found.after)
        raise NotNow(
            f"{names} need {first}, which is applied after an upgrade. Run “upgrade after” with the version that "
            "runs now, then this again. Or stop all processes and run migrate: nobody is served meanwhile."
        )
    if phase is Phase.AFTER and found.before:
        raise NotNow(f"{_names(found.before)} come first: run “upgrade before”, and start the new version.")
    if phase is Phase.AFTER:
        _check_alone()
    keys = found.before if phase is Phase.BEFORE else [*found.after, *found.held]
    for app, name in _last_of_each_app(keys):
        _patiently(lambda app=app, name=name: call_command("migrate", app, name, **options), tell)  # type: ignore[misc]
    return len(keys)


def _check_alone() -> None:
    """Raise NotNow if processes of another release run: they would stumble over what is to be applied."""
    try:
        others = releases.others()
    except (OSError, BrokerError) as problem:
        raise NotNow(
            "The broker doesn't answer, so that no worker can be asked for its release. Start it."
        ) from problem
    if others:
        raise NotNow(
            f"Processes of {', '.join(others)} still run: start them anew with {settings.VERSION}, or stop them, on "
            "all hosts. `doctor` says which."
        )


def _last_of_each_app(keys: list[Key]) -> Iterator[Key]:
    """Yield the last migration of each app. Those that it depends on are applied with it."""
    yield from dict(keys).items()


def _patiently(migrate: Callable[[], object], tell: Callable[[str], object]) -> None:
    """Run `migrate`, again and again while a lock that it needs is held. What it has applied stays applied."""
    if connection.vendor != "postgresql":
        migrate()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    try:
        for left in reversed(range(ATTEMPTS)):
            try:
                migrate()
                return
            except OperationalError as problem:
                if getattr(problem.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE or not left:
                    raise
                tell(f"A table is in use: it is tried again in {PAUSE:.0f} s, {left} times more.")
                time.sleep(PAUSE)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _names(keys: list[Key]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in keys)
