"""Models of long work."""

from summit.work.models.jobs import UNFINISHED, Job, JobState
from summit.work.models.kept import KeptPart, KeptTable

__all__ = ["UNFINISHED", "Job", "JobState", "KeptPart", "KeptTable"]
