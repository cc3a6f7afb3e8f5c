"""Names of the audited actions on handovers."""

from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_model, part

describe_model(Handover, related=("giver", "party"), name=lambda row: row.giver.label)
part(Party, Handover, lambda row: Handover.objects.filter(party=row))
