"""Registers the audit's texts for badges and transferable passes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.parties.models.parties import Party
from summit.audit.actions import Facts, describe_action, describe_actions, describe_model, part
from summit.people.models import Person


def _counted(facts: Facts) -> str:
    numbers = {"before": int(facts.detail.get("before", 0)), "now": int(facts.detail.get("now", 0))}
    return _("brought the party’s overpasses in line: %(now)d, from %(before)d") % numbers


describe_action(
    "delegations.transferablepass.count", _counted, label=gettext_lazy("brought the party’s overpasses in line")
)
describe_action("delegations.transferablepass.hand", gettext_lazy("handed an overpass out"))
describe_action("delegations.transferablepass.take_back", gettext_lazy("took an overpass back"))
describe_action("delegations.transferablepass.pass_on", gettext_lazy("passed an overpass on"))
describe_model(TransferablePass, related=("rule", "party"), name=str, shown_on=lambda row: row.party)
part(Party, TransferablePass, lambda row: TransferablePass.objects.filter(party=row))
describe_action("delegations.badge.issue", gettext_lazy("issued a badge"))
describe_action("delegations.badge.end", gettext_lazy("ended a badge"))
# A badge is listed as part of its person; its own page shows its history.
describe_model(Badge, related=("person",), name=lambda row: row.person.label)
part(Person, Badge, lambda row: Badge.objects.filter(person=row))
part(Party, Badge, lambda row: Badge.objects.filter(party=row))
describe_actions(
    "delegations.transferablepassrule",
    add=gettext_lazy("added a kind of overpass"),
    change=gettext_lazy("changed a kind of overpass"),
    remove=gettext_lazy("deleted a kind of overpass"),
)
describe_model(TransferablePassRule, name=str)
