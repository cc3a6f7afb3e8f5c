"""Who opens the pages of long work: one's own jobs are one's own, and those of others aren't there."""

from summit.api_base.routers import register
from summit.jobs.api import JobViewSet
from summit.permissions.route_table import Gate, declare

declare("admin:jobs", Gate.DESK)
declare("admin:jobs_verify_audit", Gate.DESK, "POST", do="jobs.verify_audit")
declare("admin:jobs_job", Gate.DESK, kind="jobs.job", see="jobs.job.view")
# The file of a list that was exported is for whoever asked for it alone, whatever else they may.
declare("admin:jobs_table", Gate.DESK, kind="kept table", see="jobs.job.view")
declare("admin:jobs_cancel", Gate.DESK, "POST", kind="jobs.job", see="jobs.job.view")
# Asked for again by whoever may ask for it: this is the one kind of work that there is.
declare("admin:jobs_retry", Gate.DESK, "POST", kind="jobs.job", see="jobs.job.view", do="jobs.verify_audit")
register(JobViewSet)
