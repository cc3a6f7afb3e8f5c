"""Jobs on other pages of the admin: the user's unfinished jobs on the home page, and the last verification's result.

The result is displayed above the list of audit entries.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from summit.admin_base.audit_filters import audit_head
from summit.admin_base.dashboard import desk_panel
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.core.database_clock import db_now
from summit.jobs import audit_verification
from summit.jobs.models.jobs import UNFINISHED, Job, JobState
from summit.jobs.permissions import may_verify_audit
from summit.jobs.progress_messages import job_progress
from summit.permissions.rules import may_everything
from summit.summits.models import Summit
from summit.templatetags.moments import clock_zone, day_clock, local
from summit.users.models import User


@desk_panel(90)
def unfinished_jobs(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the template and variables of the panel with the user's unfinished jobs, at most five.

    Return None if the user has none. Makes one query.
    """
    if not isinstance(request.user, User):
        return None
    rows = list(Job.objects.filter(by=request.user, state__in=UNFINISHED)[:5])
    return ("admin/jobs/panel.html", {"jobs": [job_progress(job) for job in rows]}) if rows else None


@audit_head.register(10)
def verified(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Return the template and variables for the result of the last verification of the audit, by any user.

    The variables include whether the user may start another verification. Makes one query.
    """
    job = Job.objects.filter(kind=audit_verification.NAME, state=JobState.DONE).order_by("-finished_at").first()
    context: dict[str, Any] = {"may_verify": may_verify_audit(request.user, None)}
    if job is not None and job.finished_at is not None:
        whole = job.result == audit_verification.WHOLE
        summit = chosen_summit(request, summits_of(request))
        message = audit_verification.checked(job, when(job.finished_at, summit))
        context |= {
            "said": message,
            "word": _("intact") if whole else _("broken"),
            "sign": "good" if whole else "bad",
        }
        # A job's page is only for the user who asked for it, and for accounts that may do everything.
        context["job"] = job if job.by_id == request.user.pk or may_everything(request.user) else None
    return "admin/jobs/audit_verification.html", context


def when(moment: datetime, summit: Summit | None) -> str:
    """Return a moment in words in the summit's time zone, such as "today 14:30 London time".

    If the moment isn't today, the text has its date. Without a summit the time is in UTC.
    """
    if summit is None:
        return f"{moment:%Y-%m-%d %H:%M} UTC"
    if local(moment, summit).date() == local(db_now(), summit).date():
        return _("today %(time)s") % {"time": clock_zone(moment, summit)}
    return day_clock(moment, summit)
