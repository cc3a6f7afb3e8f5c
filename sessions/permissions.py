"""Who may do what with the agenda: the programme desk drafts it, an organiser releases it."""

from sessions.models import Session
from summit.models import Role, Summit
from summit.permissions import Actor, allows, check, declare, declare_model

PROGRAMME_DESK = (Role.ORGANISER, Role.PROGRAMME)
# Those who seat, run rooms, write texts for it or only look. Accreditation and vetting need no agenda.
_READERS = (
    *PROGRAMME_DESK,
    Role.PROTOCOL,
    Role.CONFERENCE_OFFICER,
    Role.PRESS_OFFICER,
    Role.PRESS_APPROVER,
    Role.VIEWER,
)

declare_model("sessions.session", view=_READERS, change=PROGRAMME_DESK)
declare_model("sessions.participant", view=_READERS, change=PROGRAMME_DESK)
declare_model("sessions.slot", view=_READERS, change=PROGRAMME_DESK)
declare_model("sessions.release", view=_READERS, change=())
# What of the released agenda isn't public is for those who take part in it.
declare("sessions.agenda.view", (), own=(Role.FOCAL_POINT, Role.DELEGATE))
declare("sessions.edit", PROGRAMME_DESK)
declare("sessions.release_agenda", (Role.ORGANISER,))


def can_edit(user: Actor, session: Session) -> bool:
    """Return whether the account may move, cancel or reinstate a session of the working draft."""
    return allows(user, "sessions.edit", session.summit_id)


def check_can_edit(user: Actor, session: Session) -> None:
    """Raise PermissionDenied where `can_edit` is false."""
    check(user, "sessions.edit", session.summit_id)


def can_release(user: Actor, summit: Summit) -> bool:
    """Return whether the account may release the agenda of a summit."""
    return allows(user, "sessions.release_agenda", summit)


def check_can_release(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied where `can_release` is false."""
    check(user, "sessions.release_agenda", summit)
