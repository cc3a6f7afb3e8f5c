"""Makes, verifies and revokes the links in letters.

Tokens signed with a key of SECRET_KEY_FALLBACKS are still valid. `delegations.invitations.link_tokens` makes them.
"""

import base64
import re
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.errors import NotNow
from delegations.invitations import link_tokens
from delegations.invitations.link_tokens import address, sign
from delegations.invitations.models.invitations import InvitationLink, InvitationState
from delegations.invitations.permissions import check_can_revoke
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.users.models import User

_NONCE_BYTES = 16
# 33 bytes fill 44 characters exactly: changing any character changes the signed bytes.
_FORM = re.compile(r"[A-Za-z0-9_-]{44}")
LIFETIME = timedelta(days=60)
REVOKE_LINK = audit_action("delegations.revoke_link", gettext_lazy("revoked a letter’s link"))


class LinkProblem(Exception):
    """Raised if a token isn't valid. `reason` is "mangled", "unknown", "expired", "revoked" or "superseded".

    `link` is set for the last three, so that the page can say whom to write to.
    """

    def __init__(self, reason: str, link: InvitationLink | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.link = link


def token(link: InvitationLink) -> str:
    """Return the token of a link."""
    return sign(link.nonce)


def url(link: InvitationLink) -> str:
    """Return the absolute URL of a link, as in the letter."""
    return address(link.nonce)


def nonce_of(token: str) -> str:
    """Return the nonce in a token. Raises LinkProblem("mangled") if its form or signature is wrong."""
    if not _FORM.fullmatch(token):
        raise LinkProblem("mangled")
    packed = base64.urlsafe_b64decode(token)
    nonce, signed = packed[:_NONCE_BYTES].hex(), packed[_NONCE_BYTES:]
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(signed, link_tokens.signature(nonce, secret)) for secret in secrets):
        raise LinkProblem("mangled")
    return nonce


def resolve(token: str) -> InvitationLink:
    """Return the live link of a token, joined with its invitation, party and summit. Raises LinkProblem.

    Makes three queries at most, and none for a token with a wrong signature.
    """
    nonce = nonce_of(token)
    rows = InvitationLink.objects.select_related("invitation__party__summit", "person")
    link = rows.live().filter(nonce=nonce).first()
    if link is not None:
        return link
    dead = rows.filter(nonce=nonce).first()
    if dead is None:
        raise LinkProblem("unknown")
    raise LinkProblem(why_dead(dead), dead)


def why_dead(link: InvitationLink) -> str:
    """Return why a link no longer works: "superseded", "expired" or "revoked". Makes one query at most.

    What neither of the first two ends was revoked: the link, its invitation, or the party's invitation to the summit.
    """
    if link.invitation.state == InvitationState.SUPERSEDED:
        return "superseded"
    return "expired" if link.revoked_at is None and link.expires_at <= db_now() else "revoked"


def expiry(summit: Summit) -> datetime:
    """Return the moment at which a link that is made now expires.

    This is the latest of 60 days from now, the deadline for answers, and the end of the summit's last day at the
    venue: the link also leads to the delegation's agenda.
    """
    last = datetime.combine(summit.ends_on + timedelta(days=1), time.min, summit.zone).astimezone(UTC)
    return max(db_now() + LIFETIME, last, *([summit.answer_by] if summit.answer_by else []))


def record_first_use(link: InvitationLink) -> None:
    """Store the present moment as the link's first use, by a person or by a mail scanner. An earlier first use is
    kept."""
    InvitationLink.objects.filter(pk=link.pk, first_used_at__isnull=True).update(first_used_at=Now())


def revoke(*, link: InvitationLink, by: User) -> None:
    """Revoke a link. It stops working, also in browsers that have opened it.

    Raises PermissionDenied, and NotNow if it was revoked before.
    """
    summit = link.invitation.party.summit
    check_can_revoke(by, summit)
    with transaction.atomic():
        changed = InvitationLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=Now())
        if not changed:
            raise NotNow(_("This link is already revoked."))
        audit.record(by=by, action=REVOKE_LINK, target=link, summit=summit, fields=["revoked_at"])
