"""Expressions that the database evaluates without a table, and values as it sends them."""

from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models.sql import Query
from django.utils.dateparse import parse_datetime


def evaluate(**expressions: Any) -> dict[str, Any]:
    """Return a dict from each keyword to the value of its expression. Makes one query."""
    query = Query(None)
    for name, expression in expressions.items():
        query.add_annotation(expression, name)
    row = next(iter(query.get_compiler(DEFAULT_DB_ALIAS).results_iter()))
    return dict(zip(expressions, row, strict=True))


def as_moment(value: datetime | str) -> datetime:
    """Return the aware datetime for a value of the database: a datetime of PostgreSQL, or a string in UTC of SQLite.

    Raises ValueError for a string that isn't a moment.
    """
    moment = parse_datetime(value) if isinstance(value, str) else value
    if moment is None:
        raise ValueError(f"not a moment: {value!r}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
