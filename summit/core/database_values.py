"""Expressions that the database evaluates without a table."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models.sql import Query


def evaluate(**expressions: Any) -> dict[str, Any]:
    """Return a dict from each keyword to the value of its expression. Makes one query."""
    query = Query(None)
    for name, expression in expressions.items():
        query.add_annotation(expression, name)
    row = next(iter(query.get_compiler(DEFAULT_DB_ALIAS).results_iter()))
    return dict(zip(expressions, row, strict=True))
