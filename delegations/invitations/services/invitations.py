"""Inviting parties, writing to them anew, and revoking.

An invitation and its letters are stored in one transaction. Pressing twice, or in two browsers at once, writes once:
an invitation is sent by the UPDATE that finds it approved, and `invitation_once` lets a party have one.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.core.errors import NotNow
from delegations.invitations.models.invitations import Invitation, InvitationLink, InvitationState
from delegations.invitations.permissions import check_can_invite, check_can_revoke
from delegations.invitations.selectors import letter_facts
from delegations.invitations.selectors.eligibility import STANDING, Reach, no_mailbox, preview
from delegations.invitations.services import links
from delegations.invitations.services.approval import count
from delegations.invitations.state_machine import sources
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit import services as audit
from summit.outbox import enqueue
from summit.summits.models import Summit
from summit.users.models import User

__all__ = ["Reach", "invite", "preview", "revoke", "write_anew"]


def invite(*, parties: Iterable[Party], by: User, occasion: str = "") -> Reach:
    """Invite parties to the summit, or to one of its sessions: every one that can be reached and isn't invited yet
    gets its letters. All or none.

    Where letters need no second person, what isn't approved yet is approved by this. Returns whom that reached.
    Raises PermissionDenied.
    """
    with transaction.atomic():
        rows = list(Party.objects.filter(pk__in=[party.pk for party in parties]).select_related("summit"))
        summits = {row.summit_id: row.summit for row in rows}
        for summit in summits.values():
            check_can_invite(by, summit)
        _lock(summits)
        reach = preview(parties=rows, occasion=occasion)
        won: dict[int, Invitation] = {}
        for key, summit in summits.items():
            won |= _send([party for party in reach.to if party.summit_id == key], summit, occasion, by)
        late = [party for party in reach.to if party.pk not in won]
        reach.to = [party for party in reach.to if party.pk in won]
        reach.skipped += [(party, _("Somebody else invited it a moment ago.")) for party in late]
        written = _write([(won[party.pk], party) for party in reach.to], reach.boxes)
        audit.record_many(
            [
                audit.entry(
                    by=by,
                    action="delegations.invite",
                    target=won[party.pk],
                    summit=party.summit,
                    fields=["state", "sent_at", "sent_by"],
                    detail={"letters": written[party.pk]},
                )
                for party in reach.to
            ]
        )
    return reach


def _lock(summits: Iterable[int]) -> None:
    """Let whoever else counts invitations of these summits wait. Rows that only refer to a summit are let through."""
    list(Summit.objects.filter(pk__in=summits).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _send(parties: list[Party], summit: Summit, occasion: str, by: User) -> dict[int, Invitation]:
    """Make the invitations of parties of one summit sent ones, and return by the parties' keys those that this call
    has sent."""
    if not parties:
        return {}
    second = Policy.objects.of(summit).second_person
    if not second:
        # A party that has one already keeps it: the conflict with invitation_once makes two browsers safe.
        ordered = sorted(parties, key=lambda party: party.pk)
        drafts = [Invitation(party=party, occasion=occasion, prepared_by=by) for party in ordered]
        Invitation.objects.bulk_create(drafts, ignore_conflicts=True)
    rows = _sendable(parties, occasion, approves=not second)
    keys = [row.pk for row in rows]
    approved = Invitation.objects.filter(pk__in=keys, state__in=sources(InvitationState.APPROVED))
    approved.update(state=InvitationState.APPROVED, approved_at=Now(), approved_by=by)
    Invitation.objects.filter(pk__in=keys).update(state=InvitationState.SENT, sent_at=Now(), sent_by=by)
    count(rows=rows, summit=summit)
    return {row.party_id: row for row in rows}


def _sendable(parties: list[Party], occasion: str, *, approves: bool) -> list[Invitation]:
    """Lock and return the invitations that may become sent, where this `approves` also drafts. Those that another
    browser is sending are waited for and then are none of them any more; SQLite has let only one transaction in."""
    states = sources(InvitationState.SENT) + (sources(InvitationState.APPROVED) if approves else [])
    rows = Invitation.objects.filter(party__in=parties, occasion=occasion, state__in=states)
    if not approves:
        rows = rows.exclude(prepared_by=F("approved_by"))
    return list(rows.select_for_update().order_by("pk"))


def _write(sent: list[tuple[Invitation, Party]], boxes: dict[int, list[Mailbox]], version: int = 0) -> dict[int, int]:
    """Store the links and letters of invitations, and return the number of letters by the parties' keys."""
    focal = mailboxes_selectors.focal_points([party.pk for _invitation, party in sent])
    made: list[tuple[InvitationLink, Party, Mailbox]] = []
    papers: dict[int, letter_facts.Stationery] = {}
    until: dict[int, datetime] = {}
    for invitation, party in sent:
        if party.summit_id not in until:
            until[party.summit_id] = links.expiry(party.summit)
            ours = [(each, one) for each, one in sent if one.summit_id == party.summit_id]
            papers[party.summit_id] = letter_facts.stationery(
                party.summit, [one for _each, one in ours], {each.occasion for each, _one in ours}
            )
        for box in boxes[party.pk]:
            people = [row.person for row in focal.get(party.pk, []) if _same(row.person.email, box.address)]
            link = InvitationLink(
                invitation=invitation,
                # A mailbox that several read stands for nobody in particular.
                person=people[0] if len(people) == 1 else None,
                address=box.address,
                expires_at=until[party.summit_id],
            )
            made.append((link, party, box))
    InvitationLink.objects.bulk_create([link for link, _party, _box in made])
    enqueue.store(
        [
            letter_facts.draft(link=link, party=party, box=box, version=version, paper=papers[party.summit_id])
            for link, party, box in made
        ]
    )
    return {party.pk: len(boxes[party.pk]) for _invitation, party in sent}


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def write_anew(*, invitation: Invitation, by: User) -> int:
    """Send the letter again with new links, to the party's mailboxes as they are now; the old links open nothing from
    now on. Return the number of letters. Raises PermissionDenied, or NotNow where it isn't sent or no mailbox is
    known."""
    party = invitation.party
    check_can_invite(by, party.summit)
    with transaction.atomic():
        # The lock makes two browsers that write anew wait for each other, so that each letter's version is its own.
        row = Invitation.objects.select_for_update().filter(pk=invitation.pk, state__in=STANDING).first()
        if row is None:
            raise NotNow(_("Only an invitation that stands can be written anew. Invite the party first."))
        boxes = mailboxes_selectors.for_letters([party])
        if not boxes:
            raise NotNow(no_mailbox())
        version = row.links.aggregate(n=Count("pk"))["n"]
        row.links.filter(revoked_at__isnull=True).update(revoked_at=Now())
        written = _write([(row, party)], {party.pk: boxes}, version)[party.pk]
        audit.record(
            by=by,
            action="delegations.write_anew",
            target=row,
            summit=party.summit,
            detail={"letters": written},
        )
    return written


def revoke(*, invitation: Invitation, by: User) -> None:
    """Take an invitation back: its links open nothing from now on, and letters not sent yet stay here. Raises
    PermissionDenied, or NotNow if it was revoked before."""
    summit: Summit = invitation.party.summit
    check_can_revoke(by, summit)
    with transaction.atomic():
        changed = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.REVOKED)).update(
            state=InvitationState.REVOKED
        )
        if not changed:
            raise NotNow(_("This invitation was revoked before."))
        InvitationLink.objects.filter(invitation=invitation, revoked_at__isnull=True).update(revoked_at=Now())
        audit.record(by=by, action="delegations.revoke", target=invitation, summit=summit, fields=["state"])
