"""New letters that are asked for: by the holders of dead links, and by whoever names the mailbox to which a letter
went whose link arrived mangled. A request stands until a newer letter goes to its party, or a desk notes that none is
wanted."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import InvitationLink, InvitationState
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.services.links import why_dead
from summit.audit import services as audit
from summit.audit.services import SYSTEM, By, Link
from summit.summits.models import Summit
from summit.users.models import User

# Whoever presses again within a day is heard already.
ONCE_IN = timedelta(days=1)


def ask(*, link: InvitationLink) -> bool:
    """Note that whoever holds a dead link asks for a new letter; return whether that is new. Raises ValueError for a
    link that opens."""
    with transaction.atomic():
        if InvitationLink.objects.live().filter(pk=link.pk).exists():
            raise ValueError(_("This link opens. Follow it to answer."))
        return _note(link, Link(link.public_id), why_dead(link))


def ask_at(*, mailbox: str) -> None:
    """Note that a new letter is asked for at a mailbox to which letters went, once for each invitation that stands.

    Nobody learns whether any went there: for a mailbox that isn't known another's request is noted and taken back,
    so that it takes as long. Letters go to the mailbox that is noted for the party alone, once protocol says so.
    """
    with transaction.atomic():
        stand = [InvitationState.SENT, InvitationState.ANSWERED]
        rows = InvitationLink.objects.filter(invitation__state__in=stand).select_related("invitation__party__summit")
        newest: dict[int, InvitationLink] = {}
        for link in rows.filter(address__iexact=mailbox.strip()).order_by("pk"):
            newest[link.invitation_id] = link
        decoy = [] if newest else list(rows.order_by("-pk")[:1])
        with transaction.atomic():
            for link in [*newest.values(), *decoy]:
                _note(link, SYSTEM, "mailbox")
            if decoy:
                transaction.set_rollback(True)


def _note(link: InvitationLink, by: By, why: str) -> bool:
    rows = InvitationLink.objects.filter(Q(asked_at__isnull=True) | Q(asked_at__lt=Now() - ONCE_IN), pk=link.pk)
    if not rows.update(asked_at=Now()):
        return False
    audit.record(
        by=by,
        action="delegations.ask_letter",
        target=link,
        summit=link.invitation.party.summit,
        fields=["asked_at"],
        detail={"link": why},
    )
    return True


def waiting() -> QuerySet[InvitationLink]:
    """Return the links instead of which a new letter is asked for."""
    # Never itself: the process's clock made it; the database's, of milliseconds on SQLite, says when it was asked.
    newer = InvitationLink.objects.filter(
        ~Q(pk=OuterRef("pk")), invitation__party=OuterRef("invitation__party"), created_at__gt=OuterRef("asked_at")
    )
    return InvitationLink.objects.filter(~Exists(newer), asked_at__isnull=False)


def of(summit: Summit) -> QuerySet[InvitationLink]:
    """Return those that wait in a summit."""
    return waiting().filter(invitation__party__summit=summit)


def settle(*, link: InvitationLink, by: User) -> bool:
    """Note that no new letter is wanted; return whether one was waited for. Raises PermissionDenied."""
    summit = link.invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        if not InvitationLink.objects.filter(pk=link.pk, asked_at__isnull=False).update(asked_at=None):
            return False
        audit.record(by=by, action="delegations.settle_letter", target=link, summit=summit, fields=["asked_at"])
    return True
