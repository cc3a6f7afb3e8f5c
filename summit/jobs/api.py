"""The API of jobs: list a user's jobs with their progress and result, cancel a job, retry a job."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from summit.api_base.actions import action
from summit.api_base.problems import register_problem
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.jobs import services
from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import Job, JobState
from summit.jobs.progress_messages import job_progress
from summit.users.models import User

register_problem(services.JobProblem, "conflict")


class JobSerializer(serializers.ModelSerializer[Job]):
    """Work that somebody asked for: `done` of `total` (0 where that isn't known yet)."""

    id = serializers.CharField(source="public_id", read_only=True)
    title = serializers.SerializerMethodField(help_text="What is done, in the reader's language.")
    said = serializers.SerializerMethodField(help_text="What came of it, or what to do.")

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = [
            *("id", "kind", "title", "state", "done", "total", "said", "problem", "created_at", "started_at"),
            "finished_at",
        ]

    def get_title(self, job: Job) -> str:
        """Return the title of the job's kind."""
        return job_progress(job).title

    def get_said(self, job: Job) -> str:
        """Return the job's result, or its problem and what to do, in words."""
        return job_progress(job).said


class JobFilters(django_filters.FilterSet):
    """The query parameters that filter jobs."""

    state = django_filters.ChoiceFilter(choices=JobState.choices, label=_("state"))
    kind = django_filters.ChoiceFilter(
        choices=lambda: [(name, str(kind.title)) for name, kind in sorted(KINDS.items())], label=_("type")
    )


class JobViewSet(DeskViewSet):
    """The jobs that the user has asked for."""

    name = "jobs"
    verbose_name = _("background jobs")
    permission = "jobs.job"
    allowed_methods = ()
    model = Job
    serializer_class = JobSerializer
    filterset_class = JobFilters
    ordering_fields: ClassVar[Any] = {"created_at": ("-created_at",)}

    def rows(self) -> QuerySet[Job]:
        """Return all jobs, each with its summit."""
        return Job.objects.select_related("summit")

    @action("cancel", permission="jobs.job.view")
    def cancel(self, *, by: User, row: Job, values: Values) -> None:
        """Stop a job after its current step."""
        services.cancel(job=row, by=by)

    @action("retry", permission="jobs.job.view")
    def retry(self, *, by: User, row: Job, values: Values) -> None:
        """Continue a failed or cancelled job after its last step."""
        services.retry(job=row, by=by)
