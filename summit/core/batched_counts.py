"""Numbers of rows of several kinds, asked for at once."""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from summit.core.database_values import evaluate


class _Number(Subquery):
    """How many rows a query finds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counts(**rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows each of these queries finds, by their names. One query for all of them."""
    return evaluate(**{name: _Number(each.order_by().values("pk")) for name, each in rows.items()}) if rows else {}
