"""Models of long work."""

from summit.work.models.jobs import UNFINISHED, Job, JobState

__all__ = ["UNFINISHED", "Job", "JobState"]
