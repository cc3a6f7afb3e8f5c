"""Opening, listing and ending portal sessions of users who have no account."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations.models.invitations import InvitationLink
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services.sign_in_codes import people_at
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.audit.services import By, Link, Mailbox
from summit.maintenance import heartbeats
from summit.outbox.addressees import Addressee
from summit.people.models import Person
from summit.single_sign_on import providers
from summit.uploads.messages import mailboxes

AGENT_LENGTH = 300
# After this time without a request, a browser has lost its session (SESSION_COOKIE_AGE). The time of the last request
# is stored at most every five minutes.
GONE = timedelta(seconds=settings.SESSION_COOKIE_AGE) + timedelta(minutes=10)
SIGN_IN = audit_action("delegations.sign_in", gettext_lazy("signed in to the portal with a code"))
SIGN_OUT = audit_action("delegations.sign_out", gettext_lazy("signed out of the portal in a browser"))


@mailboxes.register(1)
def mailbox_of(by: By) -> Addressee | None:
    """Return the mailbox of somebody without an account who uploaded a file, or None."""
    if isinstance(by, Link):
        link = InvitationLink.objects.select_related("invitation__party").filter(public_id=by.public_id).first()
        return Addressee(f"link:{by.public_id}", link.address, link.invitation.party.language) if link else None
    if not isinstance(by, Mailbox):
        return None
    rows = PortalSession.objects.select_related("person").exclude(mailbox="")
    row = rows.filter(public_id=by.public_id).first()
    if row is None or row.person is None:
        return None
    return Addressee(f"mailbox:{by.public_id}", row.mailbox, row.person.language, row.person)


def open_by_link(*, link: InvitationLink, agent: str, known: Iterable[str] = ()) -> PortalSession:
    """Return a portal session for a browser that followed an invitation link.

    A session from `known`, the browser's public ids, is reused if the same link opened it.
    """
    existing = PortalSession.objects.live().filter(link=link, public_id__in=list(known)).first()
    return existing or PortalSession.objects.create(link=link, user_agent=agent[:AGENT_LENGTH])


def open_by_code(*, mailbox: str, person: Person, agent: str) -> PortalSession:
    """Return a new portal session as a person, for a browser that has proven a mailbox.

    Raises ValueError if the person can't sign in with this mailbox.
    """
    if person.pk not in {row.pk for row in people_at(mailbox)}:
        raise ValueError(_("This is not the person’s email address."))
    with transaction.atomic():
        row = PortalSession.objects.create(person=person, mailbox=mailbox, user_agent=agent[:AGENT_LENGTH])
        by = Mailbox(row.public_id)
        audit.record(by=by, action=SIGN_IN, target=person, summit=person.summit)
    return row


def record_activity(keys: Iterable[str]) -> None:
    """Store that the sessions with these public ids were used just now."""
    PortalSession.objects.filter(public_id__in=list(keys), ended_at__isnull=True).update(last_seen_at=Now())


def listed(keys: Iterable[str]) -> list[PortalSession]:
    """Return the live sessions of the same people and links as the sessions in `keys`, the last used first.

    Those that a provider has opened have its name (`summit.single_sign_on.providers.name_on`). Makes two queries.
    """
    rows = PortalSession.objects.live().filter(last_seen_at__gt=Now() - GONE)
    owners = list(rows.filter(public_id__in=list(keys)).values_list("link", "person"))
    people = [person for _link, person in owners if person]
    links = [link for link, _person in owners if link]
    sessions = providers.with_names(rows.filter(Q(link__in=links) | Q(person__in=people)))
    return list(sessions.select_related("person__summit", "link__invitation__party").order_by("-last_seen_at", "-id"))


def end(*, rows: Iterable[PortalSession], by: By | None, action: AuditAction = SIGN_OUT) -> int:
    """End sessions and return how many were open. From its next request on, the browser has no access.

    `by` is None if the user signs out in the browser itself. If a session was opened by a code or at a provider, its
    end is recorded in the audit as `action`, because its start was recorded too. Sessions of a link aren't recorded.
    The caller fetches the sessions with their persons.
    """
    ended = 0
    with transaction.atomic():
        for row in rows:
            if not PortalSession.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=Now()):
                continue
            ended += 1
            if row.person is not None:
                actor = by or Mailbox(row.public_id)
                audit.record(by=actor, action=action, target=row.person, summit=row.person.summit)
    return ended


@heartbeats.clears(20)
def clear() -> None:
    """Delete expired sessions of invitation links, because mail scanners create many.

    Sessions opened by a code are kept, because the audit refers to them. For links, the audit refers to the link.
    """
    PortalSession.objects.filter(link__isnull=False, last_seen_at__lt=Now() - GONE).delete()
