"""The words for what is recorded of badges, and of what was somebody's own."""

from django.utils.translation import gettext_lazy

from delegations.models import Badge, Handover, Party
from summit.audit.actions import deed, part, personal, thing
from summit.people.models import Person

deed("delegations.badge.issue", gettext_lazy("issued a badge"))
deed("delegations.badge.end", gettext_lazy("ended a badge"))
# The badge is the person’s; its own page shows what became of it.
thing(Badge, related=("person",), name=lambda row: row.person.label)
part(Person, Badge, lambda row: Badge.objects.filter(person=row))
part(Party, Badge, lambda row: Badge.objects.filter(party=row))
personal(Badge, "why")
deed("delegations.handover.open", gettext_lazy("left something of their own to protocol’s decision"))
deed("delegations.handover.pass_on", gettext_lazy("passed on what was somebody’s own"))
deed("delegations.handover.drop", gettext_lazy("dropped what was somebody’s own"))
thing(Handover, related=("giver", "party"), name=lambda row: row.giver.label)
part(Party, Handover, lambda row: Handover.objects.filter(party=row))
