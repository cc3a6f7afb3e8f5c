"""The pages of jobs: the list of a user's jobs, one job with its progress, and the buttons to cancel and retry."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.sites import site
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from summit.admin_base.pages import desk_page
from summit.jobs import audit_verification, services
from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import Job, JobState
from summit.jobs.permissions import may_verify_audit, visible
from summit.jobs.progress_messages import job_progress
from summit.undo import selectors as undo_selectors
from summit.users.models import User

PER_PAGE = 50


def user_of(request: HttpRequest) -> User:
    """Return the signed-in user. Raises PermissionDenied if nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _get_job_or_404(request: HttpRequest, public_id: str) -> Job:
    """Return a job by its public id. Raises Http404 if the user may not see it."""
    job = visible(request.user).filter(public_id=public_id).first()
    if job is None:
        raise Http404
    return job


@desk_page("jobs/", "jobs")
def listed(request: HttpRequest) -> HttpResponse:
    """List the user's jobs, newest first, with the button to verify the audit if the user may."""
    rows = list(Job.objects.filter(by=user_of(request)).select_related("summit")[:PER_PAGE])
    context = {
        **site.each_context(request),
        "title": _("Background jobs"),
        "jobs": [job_progress(job) for job in rows],
        "may_verify": may_verify_audit(request.user, None),
    }
    return TemplateResponse(request, "admin/jobs/list.html", context)


@desk_page("jobs/verify-audit/", "jobs_verify_audit", "POST", do="jobs.verify_audit")
def verify_audit(request: HttpRequest) -> HttpResponse:
    """Start a verification of the audit, and redirect to the job's page."""
    job = services.start(kind=audit_verification.NAME, by=user_of(request))
    return redirect("admin:jobs_job", job.public_id)


@desk_page("jobs/<slug:public_id>/", "jobs_job", kind="jobs.job", see="jobs.job.view")
@never_cache
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a job with its progress or its result. With `Accept: application/json`, return only the progress."""
    job = _get_job_or_404(request, public_id)
    status = job_progress(job)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(status.progress.as_json())
    kind = KINDS.get(job.kind)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": status.title,
        "lines": kind.lines(job) if kind and kind.lines else [],
        "file": kind.file(job) if kind and kind.file and job.by_id == user_of(request).pk else None,
        "onward": kind.onward(job) if kind and kind.onward and job.state == JobState.DONE else None,
        "summit": job.summit,
        "undo": None if job.unfinished else undo_selectors.open_act(job.act),
        "job": job,
        "shown": status,
        "progress": status.progress,
    }
    return TemplateResponse(request, "admin/jobs/job.html", context)


@desk_page("jobs/<slug:public_id>/cancel/", "jobs_cancel", "POST", kind="jobs.job", see="jobs.job.view")
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Cancel a job, and redirect to its page."""
    return _decide(request, public_id, services.cancel)


# A retry needs the permission to start such a job. The action here is that of the audit's verification.
@desk_page(
    "jobs/<slug:public_id>/retry/", "jobs_retry", "POST", kind="jobs.job", see="jobs.job.view", do="jobs.verify_audit"
)
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Retry a failed or cancelled job, and redirect to its page."""
    return _decide(request, public_id, services.retry)


def _decide(request: HttpRequest, public_id: str, decision: Callable[..., None]) -> HttpResponse:
    job = _get_job_or_404(request, public_id)
    try:
        decision(job=job, by=user_of(request))
    except ValueError as refused:
        messages.warning(request, str(refused))
    return redirect("admin:jobs_job", public_id)
