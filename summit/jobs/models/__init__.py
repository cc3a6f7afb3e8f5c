"""Models of long work."""

from summit.jobs.models.exported_files import KeptPart, KeptTable
from summit.jobs.models.jobs import UNFINISHED, Job, JobState

__all__ = ["UNFINISHED", "Job", "JobState", "KeptPart", "KeptTable"]
