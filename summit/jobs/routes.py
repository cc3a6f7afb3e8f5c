"""Who opens the pages of long work: one's own jobs are one's own, and those of others aren't there."""

from summit.api_base.routes import declare_resource
from summit.jobs.api import Jobs
from summit.permissions.route_table import Gate, declare

declare("admin:work", Gate.DESK)
declare("admin:work_verify_audit", Gate.DESK, "POST", do="work.verify_audit")
declare("admin:work_job", Gate.DESK, kind="work.job", see="work.job.view")
# The file of a list that was exported is for whoever asked for it alone, whatever else they may.
declare("admin:work_table", Gate.DESK, kind="kept table", see="work.job.view")
declare("admin:work_cancel", Gate.DESK, "POST", kind="work.job", see="work.job.view")
# Asked for again by whoever may ask for it: this is the one kind of work that there is.
declare("admin:work_retry", Gate.DESK, "POST", kind="work.job", see="work.job.view", do="work.verify_audit")
declare_resource(Jobs)
