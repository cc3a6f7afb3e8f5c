"""Expressions that the database evaluates without a table."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models.sql import Query


def evaluate(**expressions: Any) -> dict[str, Any]:
    """Return the values of expressions, by their keywords. One query for all of them."""
    query = Query(None)
    for name, expression in expressions.items():
        query.add_annotation(expression, name)
    row = next(iter(query.get_compiler(DEFAULT_DB_ALIAS).results_iter()))
    return dict(zip(expressions, row, strict=True))
