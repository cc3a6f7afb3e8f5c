"""Requests for new letters.

They come from holders of dead links, and from people with a mangled link, who enter the mailbox that got the letter.
A request is open until the party gets a newer letter, or a desk user notes that none is wanted.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations.models.invitations import IN_FORCE, InvitationLink
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.services.links import why_dead
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import SYSTEM, By, Link
from summit.summits.models import Summit
from summit.users.models import User

# A second request for the same link within this time isn't recorded.
ONCE_IN = timedelta(days=1)
ASK_LETTER = audit_action("delegations.ask_letter", gettext_lazy("requested a new letter"))
SETTLE_LETTER = audit_action("delegations.settle_letter", gettext_lazy("dismissed the request for a new letter"))


def ask(*, link: InvitationLink) -> bool:
    """Record that the holder of a dead link asks for a new letter. Return False if the same request was recorded
    within a day.

    Raises ValueError for a link that works.
    """
    with transaction.atomic():
        if InvitationLink.objects.live().filter(pk=link.pk).exists():
            raise ValueError(_("This link still works. Follow it to answer."))
        return _record_request(link, Link(link.public_id), why_dead(link))


def ask_at(*, mailbox: str) -> None:
    """Record that a new letter is asked for at a mailbox, once for each of the mailbox's invitations that are in
    force.

    The caller can't learn whether the mailbox is known: for an unknown mailbox, another mailbox's request is recorded
    and rolled back, so that both cases take equally long. Once protocol agrees, a new letter is only sent to the
    mailboxes that the party has in the system.
    """
    with transaction.atomic():
        rows = InvitationLink.objects.filter(invitation__state__in=IN_FORCE).select_related(
            "invitation__party__summit"
        )
        newest: dict[int, InvitationLink] = {}
        for link in rows.filter(address__iexact=mailbox.strip()).order_by("pk"):
            newest[link.invitation_id] = link
        decoy = [] if newest else list(rows.order_by("-pk")[:1])
        with transaction.atomic():
            for link in [*newest.values(), *decoy]:
                _record_request(link, SYSTEM, "mailbox")
            if decoy:
                transaction.set_rollback(True)


def _record_request(link: InvitationLink, by: By, why: str) -> bool:
    rows = InvitationLink.objects.filter(Q(asked_at__isnull=True) | Q(asked_at__lt=Now() - ONCE_IN), pk=link.pk)
    if not rows.update(asked_at=Now()):
        return False
    audit.record(
        by=by,
        action=ASK_LETTER,
        target=link,
        summit=link.invitation.party.summit,
        fields=["asked_at"],
        detail={"link": why},
    )
    return True


def waiting() -> QuerySet[InvitationLink]:
    """Return the links with an open request for a new letter."""
    # The link itself is excluded, because the two clocks differ: `created_at` is from the process's, `asked_at` from
    # the database's, which has only milliseconds on SQLite.
    newer = InvitationLink.objects.filter(
        ~Q(pk=OuterRef("pk")), invitation__party=OuterRef("invitation__party"), created_at__gt=OuterRef("asked_at")
    )
    return InvitationLink.objects.filter(~Exists(newer), asked_at__isnull=False)


def of(summit: Summit) -> QuerySet[InvitationLink]:
    """Return the links of a summit with an open request for a new letter."""
    return waiting().filter(invitation__party__summit=summit)


def settle(*, link: InvitationLink, by: User) -> bool:
    """Close a link's request for a new letter because none is wanted, and return whether there was a request. Raises
    PermissionDenied."""
    summit = link.invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        if not InvitationLink.objects.filter(pk=link.pk, asked_at__isnull=False).update(asked_at=None):
            return False
        audit.record(by=by, action=SETTLE_LETTER, target=link, summit=summit, fields=["asked_at"])
    return True
