"""The database's clock, which decides about embargoes and all other moments."""

from datetime import datetime

from django.db.models.functions import Now

from summit.core.database_values import evaluate


def db_now() -> datetime:
    """Return the current time of the database, aware and in UTC. Makes one query.

    Use it to show times and to compute values that are stored. Queries that decide who may see what compare with
    Now() instead.
    """
    moment: datetime = evaluate(now=Now())["now"]
    return moment
