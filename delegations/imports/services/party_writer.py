"""Stores what a table changes about existing parties."""

from collections.abc import Mapping

from delegations.parties.models.parties import Party
from delegations.parties.services.parties import PARTY_ACTIONS
from summit.audit import services as audit
from summit.audit.services import By
from summit.summits.models import Summit


def store(*, summit: Summit, changes: Mapping[int, tuple[Party, Mapping[str, str]]], by: By) -> None:
    """Store the changed values of existing parties, and record each change in the audit.

    `changes` is a dict from primary keys to the parties and their new values.
    """
    parties = Party.objects.select_for_update().filter(pk__in=list(changes)).order_by("pk")
    entries = []
    for party in parties:
        values = changes[party.pk][1]
        changed = {name: (getattr(party, name), value) for name, value in values.items()}
        for name, value in values.items():
            setattr(party, name, value)
        party.save(update_fields=list(values))
        entries.append(
            audit.entry(
                by=by,
                action=PARTY_ACTIONS.change,
                target=party,
                summit=summit,
                fields=list(values),
                detail=audit.values(Party, changed),
            )
        )
    audit.record_many(entries)
