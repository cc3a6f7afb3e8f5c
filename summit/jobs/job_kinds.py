"""The kinds of long work. Each app registers its own; the workers know them by name alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise

from summit.jobs.models.jobs import Job
from summit.permissions.rules import Actor
from summit.summits.models import Summit


@dataclass(frozen=True)
class Result:
    """What came of a job: a code with keys and numbers, and whether it is bad news."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What a step did: how much is done of how much, where the next one starts, and at the end the result."""

    done: int
    total: int
    checkpoint: dict[str, Any]
    result: Result | None = None


@dataclass(frozen=True)
class Line:
    """What came of one of the rows that a job is about: whose or which, and `said` with the sign of a state word.
    `language` and `about_language` are those of the names, "" where nobody knows."""

    name: str
    said: str
    sign: str
    url: str = ""
    about: str = ""
    language: str = ""
    about_language: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of work.

    `step` does a small part, from the job's checkpoint, inside a transaction that is not its own; it is safe to run
    again from the same checkpoint. `may` says who may ask for it. `progress`, `result` and `bad` put into words what
    the page shows: numbers while it runs, what came of it, and whether that is bad news.
    """

    name: str
    title: str | Promise
    step: Callable[[Job], Step]
    may: Callable[[Actor, Summit | None], bool]
    progress: Callable[[int, int], str]
    result: Callable[[Job], str]
    bad: Callable[[Job], bool]
    # The row that the work is about, for the audit; the job itself where there is none.
    about: Callable[[Job], models.Model] | None = None
    # What came of each row, where whoever asked wants to know: the page lists them. Its queries don't grow with them.
    lines: Callable[[Job], list[Line]] | None = None
    # The file that it made, as long as it is kept: its address, and what the button says.
    file: Callable[[Job], tuple[str, str] | None] | None = None
    # Where what it made is looked at, once it is done: its address, and what the button says.
    onward: Callable[[Job], tuple[str, str] | None] | None = None


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError where another has its name."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of work are called {kind.name}")
    return kind
