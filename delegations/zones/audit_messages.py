"""What the audit calls what happens to zones."""

from django.utils.translation import gettext_lazy

from delegations.zones.models import Zone
from summit.audit.actions import deed, deeds_of, thing

deeds_of(
    "delegations.zone",
    add=gettext_lazy("added a zone"),
    change=gettext_lazy("changed a zone"),
    remove=gettext_lazy("deleted a zone"),
)
deed("delegations.zone.arrange", gettext_lazy("put the zones in order"))
thing(Zone, name=str)
