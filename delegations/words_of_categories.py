"""The words for what is recorded of categories, zones, overpasses, quotas and groups of parties."""

from django.utils.translation import gettext_lazy

from delegations.models import Category, OverpassRule, PartyGroup, Zone
from summit.audit.actions import deed, deeds_of, thing

deeds_of(
    "delegations.category",
    add=gettext_lazy("added a category of people"),
    change=gettext_lazy("changed a category of people"),
    remove=gettext_lazy("deleted a category of people"),
)
deeds_of(
    "delegations.zone",
    add=gettext_lazy("added a zone"),
    change=gettext_lazy("changed a zone"),
    remove=gettext_lazy("deleted a zone"),
)
deeds_of(
    "delegations.overpassrule",
    add=gettext_lazy("added a kind of overpass"),
    change=gettext_lazy("changed a kind of overpass"),
    remove=gettext_lazy("deleted a kind of overpass"),
)
deeds_of(
    "delegations.partygroup",
    add=gettext_lazy("formed a group of parties"),
    change=gettext_lazy("changed a group of parties"),
    remove=gettext_lazy("deleted a group of parties"),
)
deed("delegations.category.arrange", gettext_lazy("put the categories in order"))
deed("delegations.zone.arrange", gettext_lazy("put the zones in order"))
deed("delegations.drop_quota", gettext_lazy("let the usual number of people hold for the party again"))
thing(Category, name=str)
thing(Zone, name=str)
thing(OverpassRule, name=str)
thing(PartyGroup, name=str)
