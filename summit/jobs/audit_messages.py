"""The messages that describe the audit's entries about jobs."""

from summit.audit.actions import describe_model
from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import Job


def _title(kind: str) -> str:
    return str(KINDS[kind].title) if kind in KINDS else kind


describe_model(Job, name=lambda row: _title(row.kind))
