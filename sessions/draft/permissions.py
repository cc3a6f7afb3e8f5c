"""Roles that may change the draft of the agenda, and roles that may read it."""

from sessions.draft.models.sessions import Session
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

PROGRAMME_DESK = (Role.ORGANISER, Role.PROGRAMME)
# Roles that plan seating, run rooms, write texts or only view. Accreditation and vetting don't need the agenda.
DRAFT_READERS = (
    *PROGRAMME_DESK,
    Role.PROTOCOL,
    Role.CONFERENCE_OFFICER,
    Role.PRESS_OFFICER,
    Role.PRESS_APPROVER,
    Role.VIEWER,
)
declare_model("agenda.session", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("agenda.sessiontext", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("agenda.interpretation", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("agenda.customkind", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("agenda.participant", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("agenda.slot", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare("agenda.edit", PROGRAMME_DESK)
declare("agenda.run_day", (*PROGRAMME_DESK, Role.CONFERENCE_OFFICER))


def can_edit(user: Actor, session: Session) -> bool:
    """Return whether the account may move, cancel or reinstate a session of the working draft."""
    return allows(user, "agenda.edit", session.summit_id)


def check_can_edit(user: Actor, session: Session) -> None:
    """Raise PermissionDenied if `can_edit` is false."""
    check(user, "agenda.edit", session.summit_id)


def can_run_day(user: Actor, summit: Summit) -> bool:
    """Return whether the account may run the day: start and end sessions, announce delays and record who is there."""
    return allows(user, "agenda.run_day", summit)


def check_can_run_day(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied if `can_run_day` is false."""
    check(user, "agenda.run_day", summit)
