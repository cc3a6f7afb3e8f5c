"""Who drafts the agenda, and who reads the draft."""

from sessions.draft.models.sessions import Session
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model

PROGRAMME_DESK = (Role.ORGANISER, Role.PROGRAMME)
# Those who seat, run rooms, write texts for it or only look. Accreditation and vetting need no agenda.
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


def can_edit(user: Actor, session: Session) -> bool:
    """Return whether the account may move, cancel or reinstate a session of the working draft."""
    return allows(user, "agenda.edit", session.summit_id)


def check_can_edit(user: Actor, session: Session) -> None:
    """Raise PermissionDenied where `can_edit` is false."""
    check(user, "agenda.edit", session.summit_id)
