"""Models of jobs."""

from summit.jobs.models.exported_files import ExportedFile, ExportedFilePart
from summit.jobs.models.jobs import UNFINISHED, Job, JobState

__all__ = ["UNFINISHED", "ExportedFile", "ExportedFilePart", "Job", "JobState"]
