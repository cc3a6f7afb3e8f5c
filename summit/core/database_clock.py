"""The database's clock, by which embargoes and all other moments are decided."""

from datetime import datetime

from django.db.models.functions import Now

from summit.core.database_values import evaluate


def db_now() -> datetime:
    """Return the database's current time, aware, in UTC. One query.

    Use it to show times and to compute values that are stored. Queries that decide who sees what compare with Now()
    instead.
    """
    moment: datetime = evaluate(now=Now())["now"]
    return moment
