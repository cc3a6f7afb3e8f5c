"""A disk that is full: said so, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends import db
from django.db import OperationalError, connection
from django.test import Client

from summit.core.database_cache import DatabaseCache
from summit.public import health
from tests import factories as f

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once,  # A server knows of its own disk.
]


@pytest.fixture
def full() -> Iterator[None]:
    """Let the database's file grow no more."""
    f.UserFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def fill() -> None:
    """Store until nothing more fits, however small."""
    for size in (2000, 100, 1):
        for number in range(2000):
            try:
                cache.add(f"filler-{size}-{number}", "x" * size)
            except OperationalError:
                break
        else:
            raise AssertionError("it grows on")


def test_signing_in_is_answered_by_503_and_not_by_too_often(full: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    said = {"login": "ada@land.example", "password": "correct-border-2025"}
    assert Client(raise_request_exception=False).post("/accounts/login/", said).status_code == 503
    # The control: Django's own cache answers as if it had been too often.
    monkeypatch.setattr(DatabaseCache, "add", db.DatabaseCache.add)
    assert Client(raise_request_exception=False).post("/accounts/login/", said).status_code == 429


def test_readiness_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = health.LEAST_FREE - 1

    assert Client().get("/readyz").status_code == 200
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage)
    answer: Any = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (
        503,
        b"the disk is full: nothing can be written to the database\n",
    )
