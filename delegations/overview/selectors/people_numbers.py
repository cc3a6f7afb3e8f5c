"""The number of people in each delegation."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party

_NUMBERS = (
    Membership.objects.filter(party=OuterRef("pk"))
    .order_by()
    .values("party")
    .annotate(number=Count("pk"))
    .values("number")
)


def with_people(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Annotate parties with the number of their members, as `people_number`."""
    return parties.annotate(people_number=Coalesce(Subquery(_NUMBERS), 0))
