"""What the audit calls what happens to badges, zones and passes that change hands."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.parties.models.parties import Party
from summit.audit.actions import Facts, deed, deeds_of, part, personal, thing
from summit.people.models import Person


def _counted(facts: Facts) -> str:
    numbers = {"before": int(facts.detail.get("before", 0)), "now": int(facts.detail.get("now", 0))}
    return _("brought the party’s overpasses in line: %(now)d, from %(before)d") % numbers


deed("delegations.transferablepass.count", _counted, called=gettext_lazy("brought the party’s overpasses in line"))
deed("delegations.transferablepass.hand", gettext_lazy("handed an overpass out"))
deed("delegations.transferablepass.take_back", gettext_lazy("took an overpass back"))
deed("delegations.transferablepass.pass_on", gettext_lazy("passed an overpass on"))
thing(TransferablePass, related=("rule", "party"), name=str, shown_on=lambda row: row.party)
part(Party, TransferablePass, lambda row: TransferablePass.objects.filter(party=row))
deed("delegations.badge.issue", gettext_lazy("issued a badge"))
deed("delegations.badge.end", gettext_lazy("ended a badge"))
# The badge is the person’s; its own page shows what became of it.
thing(Badge, related=("person",), name=lambda row: row.person.label)
part(Person, Badge, lambda row: Badge.objects.filter(person=row))
part(Party, Badge, lambda row: Badge.objects.filter(party=row))
personal(Badge, "why")
deeds_of(
    "delegations.transferablepassrule",
    add=gettext_lazy("added a kind of overpass"),
    change=gettext_lazy("changed a kind of overpass"),
    remove=gettext_lazy("deleted a kind of overpass"),
)
thing(TransferablePassRule, name=str)
