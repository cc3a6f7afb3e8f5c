"""Names of the audited actions on handovers."""

from django.utils.translation import gettext_lazy

from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_action, describe_model, part

describe_action("delegations.handover.open", gettext_lazy("left something of their own to protocol’s decision"))
describe_action("delegations.handover.pass_on", gettext_lazy("passed on what was somebody’s own"))
describe_action("delegations.handover.drop", gettext_lazy("dropped what was somebody’s own"))
describe_model(Handover, related=("giver", "party"), name=lambda row: row.giver.label)
part(Party, Handover, lambda row: Handover.objects.filter(party=row))
