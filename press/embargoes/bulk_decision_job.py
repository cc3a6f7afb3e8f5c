"""The jobs that decide about many texts, a few in each step, with a result for each edition.

There is a kind of job for each decision. Each step stores its results, so that the job can continue after its worker
was killed. If an edition can no longer be decided, the result says why.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from press.embargoes.services import bulk_decisions
from press.embargoes.services.bulk_decisions import BULK_DECISIONS, DELIVERED, BulkDecision
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from summit.jobs import services as jobs_services
from summit.jobs.job_kinds import JobKind, JobLine, JobStep, Result, register
from summit.jobs.models.jobs import Job
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit
from summit.users.models import User

# Editions in each step. A step takes about a second.
BATCH = 5
# The outcome of an edition that was decided. Any other outcome is the reason why it was not.
DONE = "done"


def ask(*, action: BulkDecision, editions: Iterable[Edition], by: User, moment: datetime | str | None = None) -> Job:
    """Start the job that makes a decision about these editions of one summit's texts, and return it.

    `moment` is as for `bulk_decisions.decide`. Raises PermissionDenied.
    """
    rows = list(editions)
    written = moment.isoformat() if isinstance(moment, datetime) else moment or ""
    params = {"rows": [[row.pk, row.version.text_id] for row in rows], "moment": written}
    return jobs_services.start(kind=name_of(action), by=by, summit=rows[0].version.text.summit, params=params)


def name_of(action: BulkDecision) -> str:
    """Return the name of the kind of job that makes a decision."""
    return f"texts_{action.name}"


def _step(action: BulkDecision, job: Job) -> JobStep:
    """Decide about the next BATCH editions, and return the job's state."""
    rows, outcomes = job.params["rows"], list(job.checkpoint.get("came", []))
    written = job.params["moment"]
    moment = datetime.fromisoformat(written) if written and written != DELIVERED else written or None
    # Reasons are for the person who asked.
    with translation.override(job.by.language):
        for edition, text in rows[len(outcomes) : len(outcomes) + BATCH]:
            outcomes.append(_decide(action, edition, text, job.by, moment))
    result = None
    if len(outcomes) == len(rows):
        result = Result(DONE, {"number": outcomes.count(DONE), "total": len(rows)})
    return JobStep(len(outcomes), len(rows), {"came": outcomes}, result)


def _decide(action: BulkDecision, edition: int, text: int, by: User, moment: datetime | str | None) -> str:
    with transaction.atomic():
        targets = bulk_decisions.decide(
            action=action, texts=Text.objects.filter(pk=text), by=by, moment=moment, only=edition
        )
    if targets.to:
        return DONE
    reasons = [reason for _edition, reason in targets.skipped]
    return reasons[0] if reasons else _("a newer edition exists")


def progress(done: int, total: int) -> str:
    """Return a sentence that says how many of the job's texts are dealt with."""
    return ngettext("%(done)d of %(total)d text processed", "%(done)d of %(total)d texts processed", total) % {
        "done": done,
        "total": total,
    }


def _result(done: Callable[[int], str], job: Job) -> str:
    number, total = int(job.result_params["number"]), int(job.result_params["total"])
    if number == total:
        return done(number)
    rest = ngettext(
        "%(n)d was not changed. The reason is below.",
        "%(n)d were not changed. The reasons are below.",
        total - number,
    )
    return f"{done(number)} {rest % {'n': total - number}}"


def lines(action: BulkDecision, job: Job) -> list[JobLine]:
    """Return a line with the result for each edition, or none if its owner may no longer decide."""
    if not _may(action, job.by, job.summit):
        return []
    rows, outcomes = job.params["rows"], job.checkpoint.get("came", [])
    editions = Edition.objects.select_related("version").defer("body").in_bulk([key for key, _text in rows])
    found = []
    for number, (key, text) in enumerate(rows):
        outcome = outcomes[number] if number < len(outcomes) else ""
        sign, said = (
            ("good", _("done")) if outcome == DONE else ("bad", outcome) if outcome else ("wait", _("waiting"))
        )
        edition = editions.get(key)
        if edition is None:
            found.append(JobLine("", said, sign))
            continue
        url = f"{reverse('admin:press_text_detail', args=[text])}?version={edition.version.language}"
        found.append(JobLine(edition.title, said, sign, url=url, language=edition.version.language))
    return found


def _may(action: BulkDecision, actor: Actor, summit: Summit | None) -> bool:
    return summit is not None and allows(actor, action.permission, summit)


_TITLES: dict[str, tuple[Promise | str, Callable[[int], str]]] = {
    "submit": (
        gettext_lazy("Submitting texts for review"),
        lambda n: ngettext("%(n)d text submitted.", "%(n)d texts submitted.", n) % {"n": n},
    ),
    "approve": (
        gettext_lazy("Approving texts"),
        lambda n: ngettext("%(n)d text approved.", "%(n)d texts approved.", n) % {"n": n},
    ),
    "set_moment": (
        gettext_lazy("Scheduling texts"),
        lambda n: ngettext("%(n)d text scheduled.", "%(n)d texts scheduled.", n) % {"n": n},
    ),
}


def _kind(action: BulkDecision) -> JobKind:
    title, done = _TITLES[action.name]
    return JobKind(
        name=name_of(action),
        title=title,
        step=partial(_step, action),
        may=partial(_may, action),
        progress=progress,
        result=partial(_result, done),
        bad=lambda job: not job.result_params["number"],
        lines=partial(lines, action),
    )


KINDS = {action.name: register(_kind(action)) for action in BULK_DECISIONS.values()}
