"""Permissions of jobs. Users may see and stop the jobs that they asked for. Each kind decides who may start a job."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import Job
from summit.permissions.models import DESKS, Role
from summit.permissions.rules import Actor, allows, declare, may_everything, own_rows
from summit.summits.models import Summit
from summit.users.models import User

declare("jobs.verify_audit", (Role.ORGANISER,))
declare("jobs.job.view", (), own=DESKS)


@own_rows(Job)
def _own(user: User, role: str) -> Q:
    return Q(by=user)


def visible(user: Actor) -> QuerySet[Job]:
    """Return the jobs that an account may see: its own, or all jobs for an account that may do everything."""
    rows = Job.objects.select_related("summit")
    if may_everything(user):
        return rows
    return rows.filter(by=user) if isinstance(user, User) else rows.none()


def may_verify_audit(user: Actor, summit: Summit | None) -> bool:
    """Return whether the account may start a job that verifies the audit's chain.

    The account needs the permission in `summit`, or in any summit if `summit` is None. All summits share one chain.
    """
    return allows(user, "jobs.verify_audit", summit)


def can_start(user: Actor, kind: str, summit: Summit | None) -> bool:
    """Return whether the account may start a job of this kind. Raises KeyError if the kind isn't registered."""
    return KINDS[kind].may(user, summit)


def check_can_start(user: Actor, kind: str, summit: Summit | None) -> None:
    """Raise PermissionDenied if the account may not start a job of this kind.

    Raises KeyError if the kind isn't registered.
    """
    if not can_start(user, kind, summit):
        raise PermissionDenied(_("Only organisers can start this."))


def check_owns(user: User, job: Job) -> None:
    """Raise PermissionDenied if another user asked for the job, unless the account may do everything."""
    if job.by_id != user.pk and not may_everything(user):
        raise PermissionDenied(_("Only the person who started this job can stop or resume it."))
