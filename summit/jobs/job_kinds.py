"""The registry of the kinds of jobs. Each app registers its own kinds, and workers find a kind by its name."""

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
    """The result of a finished job: a code, and the keys and numbers (`params`) from which its message is made."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobStep:
    """The outcome of a step: how many units are done, how many there are, and the checkpoint for the next step.

    The outcome of the last step also has the result of the job.
    """

    done: int
    total: int
    checkpoint: dict[str, Any]
    result: Result | None = None


@dataclass(frozen=True)
class JobLine:
    """The outcome for one row of a job, as the job's page lists it.

    `name` and `about` identify the row. `said` is the outcome in words, and `sign` says how the page marks it, such
    as "good" or "bad". `language` and `about_language` are the languages of `name` and `about`, "" if unknown.
    """

    name: str
    said: str
    sign: str
    url: str = ""
    about: str = ""
    language: str = ""
    about_language: str = ""


@dataclass(frozen=True)
class JobKind:
    """A kind of job.

    `step` does a small part of the work from the job's checkpoint, in the caller's transaction. It must be safe to
    run again from the same checkpoint. `may` returns whether an account may start a job in a summit. `progress`
    returns a sentence about a running job from the units done and in total. `result` returns a sentence about a
    finished job, and `bad` returns whether its result is bad news.
    """

    name: str
    title: str | Promise
    step: Callable[[Job], JobStep]
    may: Callable[[Actor, Summit | None], bool]
    progress: Callable[[int, int], str]
    result: Callable[[Job], str]
    bad: Callable[[Job], bool]
    # Does what is slow before that transaction. If it returns an outcome, the step is done already. Two workers may
    # do it at once if one of them has lost the job.
    prepare: Callable[[Job], JobStep | None] | None = None
    # Returns the row that the audit's entry is about. If None, the entry is about the job itself.
    about: Callable[[Job], models.Model] | None = None
    # Returns the outcome for each row, for the job's page. The number of its queries must not grow with the rows.
    lines: Callable[[Job], list[JobLine]] | None = None
    # Returns the URL of the file that the job made and the button's label, or None once the file is deleted.
    file: Callable[[Job], tuple[str, str] | None] | None = None
    # Returns the URL of the page that shows the finished work, and the button's label.
    onward: Callable[[Job], tuple[str, str] | None] | None = None


KINDS: dict[str, JobKind] = {}


def register(kind: JobKind) -> JobKind:
    """Register a kind of job and return it. Raises ValueError if another kind has its name."""
    if KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of work are called {kind.name}")
    return kind
