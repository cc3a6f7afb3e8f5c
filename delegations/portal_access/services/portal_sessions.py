"""Browsers in which the portal is open to somebody without an account: opened, listed, ended."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import InvitationLink
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services.sign_in_codes import people_at
from summit.audit import services as audit
from summit.audit.services import By, Mailbox
from summit.maintenance import heartbeats
from summit.people.models import Person

AGENT_LENGTH = 300
# A browser that was not seen for so long has lost its session (SESSION_COOKIE_AGE); it is noted every five minutes.
GONE = timedelta(seconds=settings.SESSION_COOKIE_AGE) + timedelta(minutes=10)


def stands_for(mailbox: str, person: Person) -> bool:
    """Return whether a mailbox that was proven still stands for a person, who comes with their membership's party:
    their own address, or where they have none their mission's. No query."""
    address = person.email
    if not address:
        membership = getattr(person, "membership", None)
        address = membership.party.mission_email if membership else ""
    return address.strip().lower() == mailbox


def open_by_link(*, link: InvitationLink, agent: str, known: Iterable[str] = ()) -> PortalSession:
    """Open the portal in a browser that followed a link; the same row where it did so before (`known`)."""
    before = PortalSession.objects.live().filter(link=link, public_id__in=list(known)).first()
    return before or PortalSession.objects.create(link=link, user_agent=agent[:AGENT_LENGTH])


def open_by_code(*, mailbox: str, person: Person, agent: str) -> PortalSession:
    """Open one person's portal in a browser that has proven a mailbox. Raises ValueError where the mailbox does not
    stand for the person."""
    if person.pk not in {row.pk for row in people_at(mailbox)}:
        raise ValueError(_("This mailbox does not stand for this person."))
    with transaction.atomic():
        row = PortalSession.objects.create(person=person, mailbox=mailbox, user_agent=agent[:AGENT_LENGTH])
        by = Mailbox(row.public_id)
        audit.record(by=by, action="delegations.sign_in", target=person, summit=person.summit)
    return row


def log_access(keys: Iterable[str]) -> None:
    """Note that a browser is there now."""
    PortalSession.objects.filter(public_id__in=list(keys), ended_at__isnull=True).update(last_seen_at=Now())


def listed(keys: Iterable[str]) -> list[PortalSession]:
    """Return the browsers that are open for the same people and by the same links as those named by `keys`, last seen
    first. Two queries."""
    rows = PortalSession.objects.live().filter(last_seen_at__gt=Now() - GONE)
    mine = list(rows.filter(public_id__in=list(keys)).values_list("link", "person"))
    people = [person for _link, person in mine if person]
    links = [link for link, _person in mine if link]
    found = rows.filter(Q(link__in=links) | Q(person__in=people))
    return list(found.select_related("person__summit", "link__invitation__party").order_by("-last_seen_at", "-id"))


def end(*, rows: Iterable[PortalSession], by: By | None) -> int:
    """End browsers, with their person joined: what they show is gone at their next request. Returns how many were
    open. `by` is None where a browser leaves by itself. What a code opened is recorded as closed, as it was recorded
    as opened; a link's browsers are as many as followed it."""
    ended = 0
    with transaction.atomic():
        for row in rows:
            if not PortalSession.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=Now()):
                continue
            ended += 1
            if row.person is not None:
                who = by or Mailbox(row.public_id)
                audit.record(by=who, action="delegations.sign_out", target=row.person, summit=row.person.summit)
    return ended


@heartbeats.clears(20)
def clear() -> None:
    """Delete the rows of links' browsers that are gone: mail scanners leave many. The audit names the link itself;
    for a code it names the row, which stays."""
    PortalSession.objects.filter(link__isnull=False, last_seen_at__lt=Now() - GONE).delete()
