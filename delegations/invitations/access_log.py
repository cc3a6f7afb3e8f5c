"""Records in the access log who saw the contacts to telephone about invitations."""

from collections.abc import Sequence

from delegations.invitations.models.invitations import Invitation
from delegations.parties.models.parties import Party
from summit.audit import access_log
from summit.summits.models import Summit
from summit.users.models import User


def record_contacts(*, by: User, summit: Summit, rows: Sequence[Invitation]) -> None:
    """Record that an account saw the contacts of the parties of these invitations.

    The parties' focal points should be prefetched.
    """
    if rows:
        access_log.record_list(
            by=by,
            label=Party._meta.label_lower,
            rows=[(summit.pk, row.party.public_id) for row in rows],
            fields=["focal_points", "mission_contact"],
            people=[point.person.public_id for row in rows for point in row.party.focal_points.all()],
        )
