"""Inviting parties, writing to them anew, and revoking.

An invitation and its letters are stored in one transaction. Pressing twice, or in two browsers at once, writes once:
an invitation is sent by the UPDATE that finds it a draft, and `invitation_once` lets a party have one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.domain import letters, links, mailboxes
from delegations.domain.mailboxes import Mailbox
from delegations.domain.states import sources
from delegations.models import Invitation, InvitationLink, InvitationState, Party
from delegations.permissions import check_can_invite, check_can_revoke
from summit.domain import audit
from summit.models import Summit, User
from summit.outbox.domain import enqueue

_STANDING = [InvitationState.SENT, InvitationState.ANSWERED]


@dataclass
class Reach:
    """Whom an invitation reaches, and whom it does not, with the reason as a sentence."""

    to: list[Party] = field(default_factory=list)
    skipped: list[tuple[Party, str]] = field(default_factory=list)
    boxes: dict[int, list[Mailbox]] = field(default_factory=dict)

    @property
    def letters(self) -> int:
        """How many letters that makes: one for each mailbox of each party."""
        return sum(len(self.boxes[party.pk]) for party in self.to)


def preview(*, parties: Iterable[Party]) -> Reach:
    """Return whom inviting these parties would reach now, and who would be skipped and why. The number of queries
    grows with the number of summits, not of parties."""
    rows = list(Party.objects.filter(pk__in=[party.pk for party in parties]).select_related("summit"))
    invited = set(
        Invitation.objects.filter(party__in=rows, occasion="", state__in=_STANDING).values_list("party_id", flat=True)
    )
    reach = Reach()
    boxes: dict[int, list[Mailbox]] = {}
    for summit in {row.summit for row in rows}:
        ours = {row.pk for row in rows if row.summit_id == summit.pk}
        for box in mailboxes.for_members(summit=summit, party_ids=ours, person_ids=set()):
            boxes.setdefault(box.party_id or 0, []).append(box)
    for row in rows:
        reason = _why_not(row, row.pk in invited, row.pk in boxes)
        if reason:
            reach.skipped.append((row, reason))
        else:
            reach.to.append(row)
            reach.boxes[row.pk] = boxes[row.pk]
    return reach


def _why_not(party: Party, invited: bool, reachable: bool) -> str:
    if party.is_host:
        return _("The host invites; it is not invited.")
    if invited:
        return _("It has been invited already.")
    if not reachable:
        return _("It has no mailbox. Enter the mission's mailbox, or a focal point with an e-mail address.")
    return ""


def invite(*, parties: Iterable[Party], by: User) -> Reach:
    """Invite parties: every one that can be reached and isn't invited yet gets its letters. All or none.

    Returns whom that reached. Raises PermissionDenied.
    """
    with transaction.atomic():
        reach = preview(parties=parties)
        summits = {party.summit_id: party.summit for party in [*reach.to, *(party for party, _why in reach.skipped)]}
        for summit in summits.values():
            check_can_invite(by, summit)
        won = _send_drafts(reach.to, by)
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


def _send_drafts(parties: list[Party], by: User) -> dict[int, Invitation]:
    """Make each party's draft a sent invitation, and return by the parties' keys those that this call has sent."""
    # A party that has one already keeps it: the conflict with invitation_once is what makes two browsers safe.
    Invitation.objects.bulk_create(
        [Invitation(party=party) for party in sorted(parties, key=lambda party: party.pk)], ignore_conflicts=True
    )
    # Where rows can be locked, those that another browser is sending are waited for and then are no drafts any more;
    # SQLite has let only one transaction in.
    drafts = _sendable(parties)
    Invitation.objects.filter(pk__in=[draft.pk for draft in drafts]).update(
        state=InvitationState.SENT, sent_at=Now(), sent_by=by
    )
    return {draft.party_id: draft for draft in drafts}


def _sendable(parties: list[Party]) -> list[Invitation]:
    """Lock and return the invitations that may become sent."""
    rows = Invitation.objects.filter(party__in=parties, occasion="", state__in=sources(InvitationState.SENT))
    return list(rows.select_for_update().order_by("pk"))


def _write(sent: list[tuple[Invitation, Party]], boxes: dict[int, list[Mailbox]], version: int = 0) -> dict[int, int]:
    """Store the links and letters of invitations, and return the number of letters by the parties' keys."""
    until: dict[int, datetime] = {}
    made: list[tuple[InvitationLink, Party, Mailbox]] = []
    focal = mailboxes.focal_points([party.pk for _invitation, party in sent])
    for invitation, party in sent:
        if party.summit_id not in until:
            until[party.summit_id] = links.expiry(party.summit)
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
    enqueue.store([letters.draft(link=link, party=party, box=box, version=version) for link, party, box in made])
    return {party.pk: len(boxes[party.pk]) for _invitation, party in sent}


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def write_anew(*, invitation: Invitation, by: User) -> int:
    """Send the letter again with new links, to the party's mailboxes as they are now; the old links open nothing from
    now on. Return the number of letters. Raises PermissionDenied, or ValueError where it isn't sent or no mailbox is
    known."""
    party = invitation.party
    check_can_invite(by, party.summit)
    with transaction.atomic():
        # The lock makes two browsers that write anew wait for each other, so that each letter's version is its own.
        row = Invitation.objects.select_for_update().filter(pk=invitation.pk, state__in=_STANDING).first()
        if row is None:
            raise ValueError(_("Only an invitation that stands can be written anew. Invite the party first."))
        boxes = mailboxes.for_members(summit=party.summit, party_ids={party.pk}, person_ids=set())
        if not boxes:
            raise ValueError(_why_not(party, False, False))
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


def approve(*, invitation: Invitation, by: User) -> None:
    """Approve a draft, so that it can be sent. Raises PermissionDenied, or ValueError where it is no draft."""
    summit: Summit = invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        _move(invitation, InvitationState.APPROVED, approved_at=Now(), approved_by=by)
        audit.record(by=by, action="delegations.approve", target=invitation, summit=summit, fields=["state"])


def reopen(*, invitation: Invitation, by: User) -> None:
    """Make an approved invitation a draft again. Raises PermissionDenied, or ValueError where it isn't approved."""
    summit: Summit = invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        _move(invitation, InvitationState.DRAFT, approved_at=None, approved_by=None)
        audit.record(by=by, action="delegations.reopen", target=invitation, summit=summit, fields=["state"])


def _move(invitation: Invitation, target: InvitationState, **values: object) -> None:
    rows = Invitation.objects.filter(pk=invitation.pk, state__in=sources(target))
    if not rows.update(state=target, **values):
        raise ValueError(_("Somebody else changed this invitation. Look at where it stands now."))


def supersede(*, invitation: Invitation, by: User) -> Invitation:
    """Put a new draft in the place of an invitation that was sent: the old one's links open nothing from now on, its
    letters that weren't sent stay here. Raises PermissionDenied, or ValueError where it doesn't stand."""
    summit: Summit = invitation.party.summit
    check_can_invite(by, summit)
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.SUPERSEDED))
        if not rows.update(state=InvitationState.SUPERSEDED):
            raise ValueError(_("Only an invitation that stands can be superseded. Change the draft instead."))
        InvitationLink.objects.filter(invitation=invitation, revoked_at__isnull=True).update(revoked_at=Now())
        fresh = Invitation.objects.create(
            party=invitation.party, occasion=invitation.occasion, supersedes=invitation, prepared_by=by
        )
        audit.record(
            by=by, action="delegations.supersede", target=invitation, summit=summit, fields=["state"], part_of=fresh
        )
    return fresh


def revoke(*, invitation: Invitation, by: User) -> None:
    """Take an invitation back: its links open nothing from now on, and letters not sent yet stay here. Raises
    PermissionDenied, or ValueError if it was revoked before."""
    summit: Summit = invitation.party.summit
    check_can_revoke(by, summit)
    with transaction.atomic():
        changed = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.REVOKED)).update(
            state=InvitationState.REVOKED
        )
        if not changed:
            raise ValueError(_("This invitation was revoked before."))
        InvitationLink.objects.filter(invitation=invitation, revoked_at__isnull=True).update(revoked_at=Now())
        audit.record(by=by, action="delegations.revoke", target=invitation, summit=summit, fields=["state"])
