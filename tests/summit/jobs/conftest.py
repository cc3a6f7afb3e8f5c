"""What the tests of long work share: a kind of work that counts."""

from collections.abc import Iterator
from typing import Any

import pytest

from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.jobs.job_kinds import KINDS, JobKind, JobStep, Result
from summit.jobs.models.jobs import Job
from summit.users.models import User


class Counting:
    """Counts to ten, one a step, and notes each step; breaks where it is told to."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.breaks: dict[int, Exception] = {}
        self.during: Any = None

    def step(self, job: Job) -> JobStep:
        number = job.checkpoint.get("number", 0) + 1
        if number in self.breaks:
            raise self.breaks[number]
        self.steps.append(number)
        if self.during:
            self.during(number)
        result = Result("counted", {"number": number}) if number == 10 else None
        return JobStep(number, 10, {"number": number}, result)


@pytest.fixture
def counting() -> Iterator[Counting]:
    found = Counting()
    KINDS["count"] = JobKind(
        name="count",
        title="Counting to ten",
        step=found.step,
        may=lambda user, summit: True,
        progress=lambda done, total: f"{done} of {total}",
        result=lambda job: f"Counted to {job.result_params['number']}.",
        bad=lambda job: False,
    )
    yield found
    del KINDS["count"]


@pytest.fixture
def job(counting: Counting, organiser: User) -> Job:
    return jobs_services.start(kind="count", by=organiser)


def claimed(job: Job) -> Job:
    found = runner.claim(job.pk)
    assert found is not None
    return found
