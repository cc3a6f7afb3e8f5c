"""Who is no longer a member of a party."""

from delegations.members.models.members import FormerMember
from delegations.parties.models.parties import Party


def of_party(party: Party) -> list[FormerMember]:
    """Return the latest former membership of each person who has left a party, the latest first. Makes one query.

    People who are its members again, and those whose data was erased, are left out.
    """
    rows = FormerMember.objects.filter(party=party, person__erased_at__isnull=True)
    gone = rows.exclude(person__membership__party=party)
    joined = gone.select_related("person__membership", "category", "successor").order_by("-ended_at", "-pk")
    latest: dict[int, FormerMember] = {}
    for row in joined:
        latest.setdefault(row.person_id, row)
    return list(latest.values())
