"""Access to the pages of jobs: users may open their own jobs and get a 404 for the jobs of others."""

from summit.api_base.routers import register
from summit.jobs.api import JobViewSet
from summit.permissions.route_table import Gate, declare

declare("admin:jobs", Gate.DESK)
declare("admin:jobs_verify_audit", Gate.DESK, "POST", do="jobs.verify_audit")
declare("admin:jobs_job", Gate.DESK, kind="jobs.job", see="jobs.job.view")
# The file of an exported list is only for the user who asked for it, whatever their permissions.
declare("admin:jobs_table", Gate.DESK, kind="kept table", see="jobs.job.view")
declare("admin:jobs_cancel", Gate.DESK, "POST", kind="jobs.job", see="jobs.job.view")
# A retry needs the permission to start such a job. The action here is that of the audit's verification.
declare("admin:jobs_retry", Gate.DESK, "POST", kind="jobs.job", see="jobs.job.view", do="jobs.verify_audit")
register(JobViewSet)
