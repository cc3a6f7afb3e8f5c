"""The job that withdraws many members of a summit's parties, a few in each step, with a result for each member.

Each step stores its results, so that the job can continue after its worker was killed. If somebody else withdrew a
member in the meantime, the result says so.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from delegations.members.models.members import Membership
from delegations.members.selectors.naming_rules import NamingRefused
from delegations.members.services import bulk_changes, members
from delegations.parties.selectors import party_names
from summit.jobs import services as jobs_services
from summit.jobs.job_kinds import JobKind, JobLine, JobStep, Result, register
from summit.jobs.models.jobs import Job
from summit.people.models import Person
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.users.models import User

NAME = "withdraw_members"
WITHDRAW = "delegations.withdraw"
# Members in each step. A step takes a fraction of a second, because badges, letters and visits end too.
BATCH = 5
DONE, GONE, REFUSED = "withdrawn", "gone", "refused"


def ask(*, memberships: Iterable[Membership], by: User) -> list[Job]:
    """Start one job for each summit of these members, and return the jobs.

    Raises PermissionDenied if `by` may not withdraw one of the members.
    """
    rows_by_summit: dict[Summit, list[list[int]]] = {}
    for row in bulk_changes.to_withdraw(memberships=memberships, by=by).to:
        rows_by_summit.setdefault(row.party.summit, []).append([row.pk, row.person_id, row.party_id])
    # Parties are always locked in the same order, to avoid deadlocks.
    return [
        jobs_services.start(
            kind=NAME, by=by, summit=summit, params={"rows": sorted(rows, key=lambda row: (row[2], row[0]))}
        )
        for summit, rows in rows_by_summit.items()
    ]


def step(job: Job) -> JobStep:
    """Withdraw the next BATCH members and return the job's state."""
    rows, outcomes = job.params["rows"], list(job.checkpoint.get("came", []))
    for key, _person, _party in rows[len(outcomes) : len(outcomes) + BATCH]:
        with undo.grouped(job.act):
            outcomes.append(_withdraw(key, job.by))
    result = None
    if len(outcomes) == len(rows):
        result = Result(DONE, {"number": outcomes.count(DONE), "total": len(rows)})
    return JobStep(len(outcomes), len(rows), {"came": outcomes}, result)


def _withdraw(key: int, by: User) -> str:
    row = Membership.objects.select_related("party__summit").filter(pk=key).first()
    if row is None:
        return GONE
    try:
        members.withdraw(membership=row, by=by)
    except NamingRefused:
        return GONE
    except PermissionDenied:
        return REFUSED
    return DONE


def may_withdraw(actor: Actor, summit: Summit | None) -> bool:
    """Return whether somebody may withdraw members of a summit's parties."""
    return summit is not None and allows(actor, WITHDRAW, summit)


def progress(done: int, total: int) -> str:
    """Return a sentence that says how many of the job's members are dealt with."""
    message = ngettext("%(done)d of %(total)d member processed", "%(done)d of %(total)d members processed", total)
    return message % {"done": done, "total": total}


def result(job: Job) -> str:
    """Return a sentence that says how many members were withdrawn, and how many were not."""
    number, total = int(job.result_params["number"]), int(job.result_params["total"])
    message = ngettext("%(n)d member withdrawn.", "%(n)d members withdrawn.", number) % {"n": number}
    if number == total:
        return message
    rest = ngettext(
        "%(n)d was not changed. The reason is below.",
        "%(n)d were not changed. The reasons are below.",
        total - number,
    )
    return f"{message} {rest % {'n': total - number}}"


def _outcome_labels() -> dict[str, tuple[str, str]]:
    return {
        "": ("wait", _("to be withdrawn")),
        DONE: ("good", pgettext("member", "withdrawn")),
        GONE: ("off", _("already removed")),
        REFUSED: ("bad", _("not withdrawn: you can no longer withdraw people from this delegation")),
    }


def lines(job: Job) -> list[JobLine]:
    """Return a line with the result for each member. Makes two queries.

    Return an empty list if the job's owner may no longer withdraw members.
    """
    if not may_withdraw(job.by, job.summit):
        return []
    rows, outcomes = job.params["rows"], job.checkpoint.get("came", [])
    people = Person.objects.in_bulk([person for _key, person, _party in rows])
    names = party_names.to_readers(party for _key, _person, party in rows)
    labels = _outcome_labels()
    return [
        _line(people.get(person), names.get(party), labels[outcomes[number] if number < len(outcomes) else ""])
        for number, (_key, person, party) in enumerate(rows)
    ]


def _line(person: Person | None, party: party_names.NamedParty | None, outcome: tuple[str, str]) -> JobLine:
    party_details: dict[str, Any] = {} if party is None else {"about": party.name, "about_language": party.language}
    sign, label = outcome
    if person is None:
        return JobLine("", label, sign, **party_details)
    return JobLine(
        person.label, label, sign, url=reverse("admin:summit_person_detail", args=[person.pk]), **party_details
    )


WITHDRAW_MEMBERS = register(
    JobKind(
        name=NAME,
        title=gettext_lazy("Withdrawing members"),
        step=step,
        may=may_withdraw,
        progress=progress,
        result=result,
        bad=lambda job: not job.result_params["number"],
        lines=lines,
    )
)
