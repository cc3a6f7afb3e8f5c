"""Who opens the pages of long work: one's own jobs are one's own, and those of others aren't there."""

from summit.routes import Gate, declare

declare("admin:work", Gate.DESK)
declare("admin:work_verify_audit", Gate.DESK, "POST", do="work.verify_audit")
declare("admin:work_job", Gate.DESK, kind="work.job", see="work.job.view")
for _name in ("cancel", "retry"):
    declare(f"admin:work_{_name}", Gate.DESK, "POST", kind="work.job", see="work.job.view")
