"""Brings the demonstration of the real summit to where a synthetic one stands: invited, released, published."""

from datetime import timedelta

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import answers, invitations
from delegations.parties.models.parties import Party
from press.embargoes.services import embargoes
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.services import decisions
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from summit.users.models import User

LATER = timedelta(minutes=5)


def advance(summit: Summit) -> None:
    """Invite all, let one accept, release the agenda twice with changes between, and publish what waits for none."""
    organiser = User.objects.get(email="organiser@summit.example")
    invitations.invite(parties=Party.objects.filter(summit=summit), by=organiser)
    accepted = Invitation.objects.select_related("party__summit").get(party__summit=summit, party__name="France")
    answers.answer(invitation=accepted, answer="attending", note="", name="Focal point", by=organiser)
    releases.release(summit=summit, by=organiser, tell=False)
    plenary, *_others = Session.objects.filter(summit=summit, visibility=Visibility.PUBLIC)
    cancel_and_move.move(
        session=plenary,
        starts_at=plenary.starts_at + LATER,
        ends_at=plenary.ends_at + LATER,
        room=plenary.room,
        by=organiser,
    )
    cancel_and_move.cancel(session=Session.objects.filter(summit=summit).latest("starts_at"), by=organiser)
    releases.release(summit=summit, by=organiser)
    _publish(summit)


def _publish(summit: Summit) -> None:
    officer, approver = (User.objects.get(email=f"{box}@summit.example") for box in ("press", "approver"))
    for edition in Edition.objects.filter(version__text__summit=summit).select_related("version__text__summit"):
        decisions.submit(edition=edition, by=officer)
        decisions.approve(edition=edition, by=approver)
    # The plenary was moved: what hangs on its speeches is held.
    for embargo in Embargo.objects.filter(summit=summit, held_at__isnull=False).select_related("summit"):
        embargoes.unhold(embargo=embargo, by=officer)
    # What waits for its speech goes on waiting, so that the desk has something to do.
    for embargo in Embargo.objects.filter(summit=summit, mode=EmbargoMode.MOMENT).select_related("summit"):
        embargoes.release_now(embargo=embargo, by=officer)
