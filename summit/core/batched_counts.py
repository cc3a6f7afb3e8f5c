"""Count the rows of several querysets in one query."""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from summit.core.database_values import evaluate


class _Number(Subquery):
    """A subquery that counts the rows of a query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counts(**rows: QuerySet[Any]) -> dict[str, int]:
    """Return a dict from each keyword to the number of rows of its queryset. Makes one query."""
    return evaluate(**{name: _Number(each.order_by().values("pk")) for name, each in rows.items()}) if rows else {}
