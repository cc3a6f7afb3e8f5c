"""Which releases of Summit run, on all hosts: by the connections to the database, and by the workers' own word."""

from celery import current_app
from celery.worker.control import inspect_command
from django.conf import settings
from django.db import connection

# The settings give each connection the name "summit", with the release.
CONNECTED = """
    SELECT split_part(application_name, ' ', 2), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name ~ '^summit [0-9]' AND pid <> pg_backend_pid()
    GROUP BY 1 ORDER BY 1
"""
# Seconds in which workers answer.
PATIENCE = 1.5


@inspect_command()
def summit_release(state: object) -> list[str]:
    """Return this worker's release and the name of its database, for `of_workers`."""
    return [settings.VERSION, str(settings.DATABASES["default"]["NAME"])]


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

    A worker that has done nothing yet has no connection to the database. Workers with a database of another name are
    left out: beside a running installation, a command may be for a copy of it. Raises OperationalError or OSError if
    the broker doesn't answer.
    """
    if not settings.REDIS_URL:
        return {}
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=4)
        replies = current_app.control.broadcast("summit_release", reply=True, timeout=PATIENCE, connection=broker)
    said = {name: answer for each in replies or () for name, answer in each.items()}
    here = str(settings.DATABASES["default"]["NAME"])
    return {name: str(answer[0]) for name, answer in said.items() if isinstance(answer, list) and answer[1] == here}


def others() -> list[str]:
    """Return the other releases that run, sorted. Raises OperationalError or OSError if the broker doesn't answer."""
    return sorted((set(of_workers().values()) | set(of_connections())) - {settings.VERSION})
