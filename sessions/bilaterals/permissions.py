"""Permissions for bilateral meetings: who reads the requests, who asks and answers, and who decides.

Only the programme desk and protocol read requests. Other desks see a meeting once it is in the draft, and other
delegations learn of it only if the released session is visible to them.
"""

from django.db.models import Q

from delegations.members.permissions import check_can_act, own_parties
from delegations.parties.models.parties import Party
from sessions.bilaterals.models import Bilateral, visible_to_parties
from sessions.draft.permissions import PROGRAMME_DESK
from summit.audit.services import By
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model, own_rows
from summit.summits.models import Summit
from summit.users.models import User

ASK, DECIDE = "agenda.ask_bilateral", "agenda.edit"
declare_model("agenda.bilateral", view=(*PROGRAMME_DESK, Role.PROTOCOL), change=(), view_own=(Role.FOCAL_POINT,))
declare(ASK, PROGRAMME_DESK, own=(Role.FOCAL_POINT,))


@own_rows(Bilateral)
def own_bilaterals(user: User, role: str) -> Q:
    """Return the condition for the requests of which the parties that an account acts for may know."""
    return visible_to_parties(own_parties(user, role).values("pk"))


def check_can_ask(by: By, party: Party) -> None:
    """Raise PermissionDenied unless `by` may ask and answer for a party: its focal points and the programme desk."""
    check_can_act(by, ASK, party)


def check_can_decide(by: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless the account may screen, approve and place meetings."""
    check(by, DECIDE, summit)


def can_see_requests(user: Actor, summit: Summit) -> bool:
    """Return whether the account may read all requests of a summit, such as in the board's tray."""
    return allows(user, "agenda.bilateral.view", summit)
