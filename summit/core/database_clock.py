"""The database's clock: the one that decides."""

from datetime import datetime

from django.db.models.functions import Now

from summit.core.database_values import evaluate


def db_now() -> datetime:
    """Return the database's present moment, aware, in UTC. One query.

    For showing and for arithmetic on what is written; what decides who sees what compares with Now() in the query.
    """
    moment: datetime = evaluate(now=Now())["now"]
    return moment
