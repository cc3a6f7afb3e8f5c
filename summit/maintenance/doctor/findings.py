"""Findings of checks, without secrets, and the exit code that follows from them."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from summit.core.log_filters import HIDDEN
from summit.core.registry import Registry

# Shorter values are found in ordinary words, and aren't secrets.
SHORTEST = 6


class Status(enum.StrEnum):
    """How bad a finding is. The order is that of the exit codes: 0, 1, 2."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What a check found: its status, what it looked at, what is the case, and what to do if that isn't right."""

    status: Status
    text: str
    todo: str = ""


def ok(text: str) -> Finding:
    """Return a finding that is as it should be."""
    return Finding(Status.OK, text)


def warn(text: str, todo: str) -> Finding:
    """Return a finding that should be put right, although the installation works."""
    return Finding(Status.WARN, text, todo)


def fail(text: str, todo: str) -> Finding:
    """Return a finding with which the installation doesn't work."""
    return Finding(Status.FAIL, text, todo)


@dataclass(frozen=True)
class Check:
    """A check: the name of what it looks at, and the function that returns its findings."""

    name: str
    function: Callable[[], list[Finding]]

    def run(self) -> list[Finding]:
        """Return the findings, without secrets. An exception is a finding too, and stops no other check."""
        try:
            findings = self.function()
        except Exception as problem:
            findings = [fail(f"not looked at: {type(problem).__name__}: {first_line(problem)}", "See to that first.")]
        return [Finding(each.status, hidden(each.text), hidden(each.todo)) for each in findings]


# The checks of packages above this one, which the table can't name.
further: Registry[Check] = Registry()


def exit_code(findings: list[Finding]) -> int:
    """Return 0 if all is well, 1 if something should be put right, and 2 if something doesn't work."""
    order = list(Status)
    return max((order.index(each.status) for each in findings), default=0)


def first_line(problem: Exception) -> str:
    """Return the first line of an exception's message."""
    return next(iter(str(problem).splitlines()), "")


def hidden(text: str) -> str:
    """Return a text in which the secrets of the settings are replaced by HIDDEN: drivers put them into errors."""
    for secret in sorted(secrets(), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def secrets() -> set[str]:
    """Return all secrets of the settings, as they are written there and as libraries take them apart."""
    addresses = [settings.REDIS_URL, settings.CELERY_BROKER_URL, getattr(settings, "SENTRY_DSN", "")]
    passwords = [urlsplit(str(each)).password or "" for each in addresses]
    found: list[Any] = [
        *(settings.SECRET_KEY, settings.METRICS_TOKEN, settings.EMAIL_HOST_PASSWORD, settings.MAIL_WEBHOOK_SECRET),
        *(*settings.SECRET_KEY_FALLBACKS, *settings.FIELD_KEYS, *settings.ANYMAIL.values()),
        *(*passwords, *map(unquote, passwords)),
        *(database.get("PASSWORD") for database in settings.DATABASES.values()),
    ]
    return {str(each) for each in found if each and len(str(each)) >= SHORTEST}
