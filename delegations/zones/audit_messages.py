"""Names of the audited actions on zones."""

from django.utils.translation import gettext_lazy

from delegations.zones.models import Zone
from summit.audit.actions import describe_action, describe_actions, describe_model

describe_actions(
    "delegations.zone",
    add=gettext_lazy("added a zone"),
    change=gettext_lazy("changed a zone"),
    remove=gettext_lazy("deleted a zone"),
)
describe_action("delegations.zone.arrange", gettext_lazy("put the zones in order"))
describe_model(Zone, name=str)
