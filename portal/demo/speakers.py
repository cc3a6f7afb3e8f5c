"""The speakers' list of a plenary of the Border Security Summit of 2025, and two requests for the floor.

All of it is illustrative.
"""

from datetime import datetime

from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from portal.demo.ids import Ids
from sessions.draft.models.participants import FloorRequest, Slot
from sessions.draft.models.sessions import Session

PLENARY = "Plenary: reports from the working sessions"
# Minutes before the first speech, and minutes of each speech.
OPENING, LIMIT = 10, 5
# Speakers in order, with their minutes.
SPEAKING = {"Italy": 8, "Tunisia": LIMIT, "Albania": LIMIT, "Iraq": LIMIT, "Netherlands": LIMIT, "Nigeria": LIMIT}
ASKING = {"Sweden": "Recruitment of minors by smugglers", "Vietnam": "Warnings to families before they pay"}


def load(sessions: list[Session], parties: dict[str, Party], until: datetime, ids: Ids) -> None:
    """Load the speakers' list of the plenary, and two requests for the floor.

    `until` is the deadline for requests.
    """
    plenary = next(session for session in sessions if session.title == PLENARY)
    plenary.opening, plenary.speech_minutes, plenary.requests_until = OPENING, LIMIT, until
    plenary.save(update_fields=["opening", "speech_minutes", "requests_until"])
    chosen = [parties[name] for name in (*SPEAKING, *ASKING)]
    members = Membership.objects.filter(party__in=chosen, capacity=Capacity.HEAD).select_related("person")
    heads = {session.party_id: session.person for session in members}
    for position, (name, minutes) in enumerate(SPEAKING.items()):
        party = parties[name]
        Slot.objects.create(
            public_id=ids(),
            session=plenary,
            party=party,
            speaker=heads[party.pk],
            position=position,
            minutes=minutes,
        )
    for name, subject in ASKING.items():
        party = parties[name]
        FloorRequest.objects.create(
            public_id=ids(),
            session=plenary,
            party=party,
            speaker=heads[party.pk],
            subject=subject,
            minutes=LIMIT,
        )
