"""Which releases of Summit run, on all hosts: by the connections to the database, and by the workers' own word."""

from celery import current_app
from celery.worker.control import inspect_command
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

# The settings give each connection the name "summit", with the release.
CONNECTED = """
    SELECT split_part(application_name, ' ', 2), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name ~ '^summit [0-9]' AND pid <> pg_backend_pid()
    GROUP BY 1 ORDER BY 1
"""
# Seconds in which workers answer.
PATIENCE = 1.5


@inspect_command()
def summit_release(state: object) -> str:
    """Return this worker's release, for `of_workers`."""
    return settings.VERSION


def of_connections() -> dict[str, int]:
    """Return how many connections to the database the processes of each release have, on all hosts, without this one.

    SQLite doesn't know: an empty dictionary.
    """
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(CONNECTED)
        return dict(cursor.fetchall())


def of_workers() -> dict[str, str]:
    """Return the release of each worker that answers, by the worker's name. Empty if there is no broker.

    A worker that has done nothing yet has no connection to the database. Raises OperationalError or OSError if the
    broker doesn't answer.
    """
    if not settings.REDIS_URL:
        return {}
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=4)
        replies = current_app.control.broadcast("summit_release", reply=True, timeout=PATIENCE, connection=broker)
    return {name: str(said) for each in replies or () for name, said in each.items()}


def others() -> list[str]:
    """Return the other releases that run, sorted. Workers aren't asked if the broker doesn't answer."""
    try:
        said = set(of_workers().values())
    except (OSError, OperationalError):
        said = set()
    return sorted((said | set(of_connections())) - {settings.VERSION})
