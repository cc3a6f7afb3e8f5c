"""The messages that describe the audit's entries about jobs."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.actions import Facts, describe_action, describe_model
from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import Job


def _title(kind: str) -> str:
    return str(KINDS[kind].title) if kind in KINDS else kind


def _what(facts: Facts) -> dict[str, str]:
    return {"work": _title(str(facts.detail.get("kind", "")))}


describe_action(
    "jobs.start",
    lambda facts: _("asked for long work: %(work)s") % _what(facts),
    label=gettext_lazy("asked for long work"),
)
describe_action(
    "jobs.cancel",
    lambda facts: _("stopped long work: %(work)s") % _what(facts),
    label=gettext_lazy("stopped long work"),
)
describe_action(
    "jobs.retry",
    lambda facts: _("let long work go on: %(work)s") % _what(facts),
    label=gettext_lazy("let long work go on"),
)
describe_model(Job, name=lambda row: _title(row.kind))
