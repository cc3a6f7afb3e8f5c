"""Plans and writes the import of a table of parties or people."""

from collections import Counter
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from delegations.badges.services import transferable_passes
from delegations.imports.selectors.existing_rows import SYSTEM_NAME, ExistingRows, read_existing, system_of
from delegations.imports.selectors.plan_builder import Planner
from delegations.imports.selectors.plan_types import ImportPlan
from delegations.imports.services import party_writer, people_writer
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.members import Membership
from delegations.members.permissions import check_can_act
from delegations.members.person_field_groups import GROUPS
from delegations.members.services import passport_digests
from delegations.members.services.members import MOVE, NAME
from delegations.members.services.people import PERSON_ACTIONS
from delegations.parties.models.parties import ExternalId, Party
from delegations.parties.services.parties import PARTY_ACTIONS
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.audit.services import By, System
from summit.core import bulk_insert
from summit.imports.report import ImportReport
from summit.imports.table_parsing import Table
from summit.permissions.rules import allows, check, refusal
from summit.summits.models import Summit
from summit.users.models import User

SLICE = 500
Answers = Mapping[str, str]
NO_ANSWERS: Answers = {}


def preview(
    *, summit: Summit, table: Table, by: By, party: Party | None = None, answers: Answers = NO_ANSWERS
) -> ImportReport:
    """Return the report on what a table would do, and write nothing. Raises PermissionDenied, ImportProblem."""
    check_may(summit, party, by)
    return plan(summit=summit, table=table, by=by, party=party, answers=answers)[0].report


def read_in(
    *, summit: Summit, table: Table, by: By, party: Party | None = None, answers: Answers = NO_ANSWERS
) -> ImportReport:
    """Write every row of a table that can be written, in one transaction, and return the report on all rows.

    Importing the same table again writes nothing. If two imports run at once, the second waits and then finds the
    rows of the first. Raises PermissionDenied, ImportProblem.
    """
    check_may(summit, party, by)
    with transaction.atomic():
        lock(summit, party)
        planned, known = plan(summit=summit, table=table, by=by, party=party, answers=answers)
        store(planned, known, party=party, by=by)
    return planned.report


def store(plan: ImportPlan, known: ExistingRows, *, party: Party | None, by: By) -> None:
    """Write what a table plans, in the caller's transaction and under `lock`.

    With `party`, a focal point of this party imports the table; without, a desk does.
    """
    summit = known.summit
    _store_parties(plan, summit, by)
    party_writer.store(summit=summit, changes=plan.party_changes, by=by)
    _store_people(plan, summit, by, system_of(party))
    _store_members(plan, known, by)
    people_writer.store(summit=summit, changes=plan.changes, party=party, by=by)
    _store_duplicate_candidates(plan)


def check_may(summit: Summit, party: Party | None, by: By) -> None:
    """Raise PermissionDenied unless `by` may import tables into a summit or, with `party`, for that party."""
    if party is not None:
        for action in ("delegations.read_in", "delegations.enter_person", "delegations.name"):
            check_can_act(by, action, party)
    elif isinstance(by, User):
        check(by, "delegations.read_in", summit)
    elif not isinstance(by, System):
        raise PermissionDenied(refusal("delegations.read_in"))


def lock(summit: Summit, party: Party | None) -> None:
    """Lock a summit and its parties, or only `party`, so that nobody names people meanwhile."""
    if party is None:
        # With no_key, rows that merely refer to the summit can still be written: a transaction that holds a party's
        # lock writes such rows, and must not wait for this one.
        Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    # Naming a single person locks their party too.
    rows = Party.objects.filter(summit=summit) if party is None else Party.objects.filter(pk=party.pk)
    list(rows.select_for_update().order_by("pk").values_list("pk"))


def plan(
    *,
    summit: Summit,
    table: Table,
    by: By,
    party: Party | None = None,
    answers: Answers = NO_ANSWERS,
    of_people: bool = False,
) -> tuple[ImportPlan, ExistingRows]:
    """Return what a table would write, with the report on each row, and the rows that the summit has already.

    With `of_people`, the numbers in the rows are those of people, also if no column names anybody. Raises
    ImportProblem if no column says who is meant.
    """
    known = read_existing(summit, party=party)
    allowed = {
        name
        for group in GROUPS.values()
        for name in group.fields
        if party is not None or isinstance(by, System) or (isinstance(by, User) and allows(by, group.change, summit))
    }
    desk = party is None
    planner = Planner(
        summit, known, table, frozenset(allowed), party=party, desk=desk, answers=answers, of_people=of_people
    )
    return planner.plan(), known


def _store_parties(plan: ImportPlan, summit: Summit, by: By) -> None:
    parties = [party for party, _key in plan.parties]
    bulk_insert.insert(parties)
    keys = [
        ExternalId(summit=summit, system=SYSTEM_NAME, value=key, party=party) for party, key in plan.parties if key
    ]
    bulk_insert.insert(keys)
    audit.record_many(
        [audit.entry(by=by, action=PARTY_ACTIONS.add, target=party, summit=summit) for party in parties]
    )


def _store_people(plan: ImportPlan, summit: Summit, by: By, system: str) -> None:
    persons = [row.person for row in plan.people]
    bulk_insert.insert(persons)
    rows = [row.particulars for row in plan.people if row.particulars is not None]
    for row in rows:
        for name, value in passport_digests.of(row).items():
            setattr(row, name, value)
    bulk_insert.insert(rows)
    keyed = [*((row.person, row.key) for row in plan.people if row.key), *plan.keys]
    keys = [ExternalId(summit=summit, system=system, value=key, person=person) for person, key in keyed]
    bulk_insert.insert(keys)
    audit.record_many(
        [audit.entry(by=by, action=PERSON_ACTIONS.add, target=person, summit=summit) for person in persons]
    )


def _store_duplicate_candidates(plan: ImportPlan) -> None:
    """Store the pairs of people who resemble each other as DuplicateCandidates. Each pair is stored once, whatever
    its order."""
    pairs = {frozenset((person.pk, other.pk)): (person, other, why) for person, other, why in plan.likenesses}
    keys = {key for pair in pairs for key in pair}
    stored = DuplicateCandidate.objects.filter(person__in=keys, other__in=keys).values_list("person", "other")
    stored_pairs = {frozenset(pair) for pair in stored}
    rows = [
        DuplicateCandidate(person=person, other=resembled, why=why)
        for pair, (person, resembled, why) in pairs.items()
        if pair not in stored_pairs
    ]
    DuplicateCandidate.objects.bulk_create(rows, batch_size=SLICE, ignore_conflicts=True)


def _store_members(plan: ImportPlan, known: ExistingRows, by: By) -> None:
    parties = {row.party.pk for row in plan.members}
    last = Membership.objects.filter(party__in=parties).order_by().values("party").annotate(last=Max("position"))
    places = Counter({row["party"]: row["last"] + 1 for row in last})
    for row in plan.members:
        row.position = places[row.party.pk]
        places[row.party.pk] += 1
    bulk_insert.insert(plan.members)
    transferable_passes.settle_parties(keys=parties, by=by)
    for row, category in plan.moves:
        row.category, row.capacity = category, category.capacity
    Membership.objects.bulk_update([row for row, _category in plan.moves], ["category", "capacity"], SLICE)
    audit.record_many([*_named(plan, known, by), *_moved(plan, known, by)])


def _named(plan: ImportPlan, known: ExistingRows, by: By) -> list[AuditEntry]:
    return [
        audit.entry(
            by=by,
            action=NAME,
            target=row,
            summit=known.summit,
            fields=["category", "party", "person"],
            detail={"category": row.category.code, "person": row.person.public_id},
            part_of=row.party,
        )
        for row in plan.members
    ]


def _moved(plan: ImportPlan, known: ExistingRows, by: By) -> list[AuditEntry]:
    return [
        audit.entry(
            by=by,
            action=MOVE,
            target=row,
            summit=known.summit,
            fields=["category"],
            detail={"category": category.code},
            part_of=row.party,
        )
        for row, category in plan.moves
    ]
