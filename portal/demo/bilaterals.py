"""Requests for bilateral meetings at the Border Security Summit of 2025. All of them are illustrative."""

from datetime import datetime
from typing import Any

from delegations.parties.models.parties import Party
from portal.demo.ids import Ids
from sessions.bilaterals.models import Bilateral, BilateralState

# Who asks whom, for what, in which state, and what else is asked.
ASKED: tuple[tuple[str, str, str, BilateralState, dict[str, Any]], ...] = (
    ("Netherlands", "France", "Joint patrols on the Channel coast", BilateralState.ASKED, {"spray_by_party": True}),
    ("France", "Germany", "Exchange of data on small boats", BilateralState.ASKED, {"language": "fr"}),
    ("Italy", "Albania", "Protocol on returns", BilateralState.APPROVED, {"minutes": 45}),
    ("Iraq", "Sweden", "Voluntary return of families", BilateralState.ACCEPTED, {"language": "ar"}),
    ("Tunisia", "Italy", "Search and rescue", BilateralState.SCREENING, {"language": "fr", "level": "head1"}),
)


def load(parties: dict[str, Party], asked_at: datetime, ids: Ids) -> None:
    """Load the requests. `asked_at` is when they were made."""
    for party, counterpart, purpose, state, more in ASKED:
        row = Bilateral.objects.create(
            public_id=ids(),
            party=parties[party],
            counterpart=parties[counterpart],
            purpose=purpose,
            state=state,
            forwarded_at=None if state == BilateralState.SCREENING else asked_at,
            **more,
        )
        Bilateral.objects.filter(pk=row.pk).update(asked_at=asked_at)
