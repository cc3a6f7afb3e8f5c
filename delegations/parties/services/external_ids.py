"""The ids of parties and people in other systems, such as a ministry's registry or a badge printer."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.parties.models.parties import ExternalId, Party
from summit.audit import services as audit
from summit.audit.actions import AuditAction, row_actions
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.externalid.change"
# A dict from system to the id in it.
Keys = Mapping[str, str]
EXTERNAL_ID_ACTIONS = row_actions(
    "delegations.externalid",
    add=gettext_lazy("added an external ID"),
    change=gettext_lazy("changed an external ID"),
    remove=gettext_lazy("removed an external ID"),
)


def set_keys(*, of: Party | Person, keys: Keys, by: User) -> None:
    """Set the ids of a party or a person in other systems; `keys` is a dict from system to id.

    Ids in systems that aren't in `keys` are deleted. Raises PermissionDenied, and ValidationError if another party or
    person has one of the ids.
    """
    check(by, CHANGE, of.summit)
    with transaction.atomic():
        # A second change in the same summit waits here, and then finds these ids.
        Summit.objects.select_for_update().get(pk=of.summit_id)
        stored = {row.system: row for row in of.external_ids.all()}
        removed = [row for system, row in stored.items() if system not in keys]
        entries = [_entry(row, of, by, action=EXTERNAL_ID_ACTIONS.remove) for row in removed]
        ExternalId.objects.filter(pk__in=[row.pk for row in removed]).delete()
        for system, value in keys.items():
            row = stored.get(system) or _new(of, system)
            verb, fields = rows.store(row, {"value": value})
            if verb == "add":
                entries.append(_entry(row, of, by, fields, action=EXTERNAL_ID_ACTIONS.add))
            elif fields:
                entries.append(_entry(row, of, by, fields, action=EXTERNAL_ID_ACTIONS.change))
        audit.record_many(entries)


def _new(of: Party | Person, system: str) -> ExternalId:
    owner = {"party": of} if isinstance(of, Party) else {"person": of}
    return ExternalId(summit=of.summit, system=system, **owner)


def _entry(
    row: ExternalId, of: Party | Person, by: User, fields: Iterable[str] = (), *, action: AuditAction
) -> AuditEntry:
    return audit.entry(by=by, action=action, target=row, summit=of.summit, fields=fields, part_of=of)
