"""Invites parties, sends them new letters, and revokes invitations.

An invitation and its letters are stored in one transaction. Pressing the button twice, or in two browsers at once,
sends the letters once: the UPDATE that sends an invitation only finds it while it is approved, and the constraint
`invitation_once` allows a party only one.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core.errors import NotNow
from delegations.invitations import messages
from delegations.invitations.models.invitations import IN_FORCE, Invitation, InvitationLink, InvitationState
from delegations.invitations.permissions import check_can_invite, check_can_revoke
from delegations.invitations.selectors import letter_facts
from delegations.invitations.selectors.eligibility import InvitationTargets, no_mailbox, preview
from delegations.invitations.services import links
from delegations.invitations.services.drafts_and_approval import count
from delegations.invitations.state_machine import sources
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.summits.models import Summit
from summit.users.models import User

__all__ = ["InvitationTargets", "invite", "invite_on_paper", "preview", "revoke", "write_anew"]


def _letters(facts: Facts) -> dict[str, int]:
    return {"number": int(facts.detail.get("letters", 0))}


def _invited(facts: Facts) -> str:
    number = _letters(facts)
    return (
        ngettext(
            "invited the delegation, with %(number)d letter",
            "invited the delegation, with %(number)d letters",
            number["number"],
        )
        % number
    )


def _written(facts: Facts) -> str:
    number = _letters(facts)
    return (
        ngettext(
            "sent the delegation %(number)d new letter; earlier links stopped working",
            "sent the delegation %(number)d new letters; earlier links stopped working",
            number["number"],
        )
        % number
    )


INVITE = audit_action("delegations.invite", _invited, label=gettext_lazy("invited the delegation"))
INVITE_ON_PAPER = audit_action(
    "delegations.invite_on_paper", gettext_lazy("recorded that the delegation was invited on paper")
)
WRITE_ANEW = audit_action("delegations.write_anew", _written, label=gettext_lazy("sent the delegation a new letter"))
REVOKE = audit_action("delegations.revoke", gettext_lazy("revoked the invitation and its links"))


def invite(*, parties: Iterable[Party], by: User, occasion: str = "") -> InvitationTargets:
    """Invite parties to the summit or to one of its sessions, and store their letters. Everything is stored or
    nothing.

    Parties without a mailbox and parties that are invited already are skipped. If letters need no second person, this
    also approves invitations that aren't approved yet. Returns which parties were invited and which were skipped.
    Raises PermissionDenied.
    """
    with transaction.atomic():
        rows = list(Party.objects.filter(pk__in=[party.pk for party in parties]).select_related("summit"))
        summits = {row.summit_id: row.summit for row in rows}
        for summit in summits.values():
            check_can_invite(by, summit)
        _lock(summits)
        reach = preview(parties=rows, occasion=occasion)
        sent: dict[int, Invitation] = {}
        for key, summit in summits.items():
            sent |= _send([party for party in reach.to if party.summit_id == key], summit, occasion, by)
        overtaken = [party for party in reach.to if party.pk not in sent]
        reach.to = [party for party in reach.to if party.pk in sent]
        reach.skipped += [(party, _("Someone else has just invited it.")) for party in overtaken]
        letter_counts = _write([(sent[party.pk], party) for party in reach.to], reach.boxes)
        audit.record_many(
            [
                audit.entry(
                    by=by,
                    action=INVITE,
                    target=sent[party.pk],
                    summit=party.summit,
                    fields=["state", "sent_at", "sent_by"],
                    detail={"letters": letter_counts[party.pk]},
                )
                for party in reach.to
            ]
        )
    return reach


def invite_on_paper(*, party: Party, by: User) -> None:
    """Mark the invitation of a party without a mailbox as sent, because its letter was delivered on paper. Its answer
    can then be recorded.

    The system sends nothing, so that no second person is needed. Raises PermissionDenied, and NotNow if the party has
    a mailbox, is the host or is already invited.
    """
    check_can_invite(by, party.summit)
    with transaction.atomic():
        _lock([party.summit_id])
        if mailboxes_selectors.for_letters([party]):
            raise NotNow(_("It has an email address. Send its invitation there."))
        if party.is_host:
            raise NotNow(_("The host cannot be invited to its own summit."))
        sent = _send([party], party.summit, "", by, alone=True)
        if party.pk not in sent:
            raise NotNow(_("It is already invited."))
        audit.record(
            by=by,
            action=INVITE_ON_PAPER,
            target=sent[party.pk],
            summit=party.summit,
            fields=["state", "sent_at", "sent_by"],
        )


def _lock(summits: Iterable[int]) -> None:
    """Lock these summits, so that no other transaction numbers their invitations meanwhile. Rows that refer to a
    summit can still be written."""
    list(Summit.objects.filter(pk__in=summits).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _send(
    parties: list[Party], summit: Summit, occasion: str, by: User, *, alone: bool = False
) -> dict[int, Invitation]:
    """Mark the invitations of one summit's parties as sent. Return a dict from the parties' keys to the invitations
    that this call has sent. With `alone`, no second person is needed whatever the summit's policy."""
    if not parties:
        return {}
    second_person = not alone and Policy.objects.of(summit).second_person
    if not second_person:
        # A party that has an invitation keeps it: a second one from another browser violates invitation_once and is
        # ignored.
        ordered = sorted(parties, key=lambda party: party.pk)
        drafts = [Invitation(party=party, occasion=occasion, prepared_by=by) for party in ordered]
        Invitation.objects.bulk_create(drafts, ignore_conflicts=True)
    rows = _sendable(parties, occasion, approves=not second_person)
    keys = [row.pk for row in rows]
    approved = Invitation.objects.filter(pk__in=keys, state__in=sources(InvitationState.APPROVED))
    approved.update(state=InvitationState.APPROVED, approved_at=Now(), approved_by=by)
    Invitation.objects.filter(pk__in=keys).update(state=InvitationState.SENT, sent_at=Now(), sent_by=by)
    count(rows=rows, summit=summit)
    return {row.party_id: row for row in rows}


def _sendable(parties: list[Party], occasion: str, *, approves: bool) -> list[Invitation]:
    """Lock and return the invitations that may be sent. With `approves`, these include drafts, which the caller then
    approves.

    If another browser is sending some, this waits for it, and then no longer finds them. SQLite admits only one
    writing transaction anyway.
    """
    states = sources(InvitationState.SENT) + (sources(InvitationState.APPROVED) if approves else [])
    rows = Invitation.objects.filter(party__in=parties, occasion=occasion, state__in=states)
    if not approves:
        rows = rows.exclude(prepared_by=F("approved_by"))
    return list(rows.select_for_update().order_by("pk"))


def _write(sent: list[tuple[Invitation, Party]], boxes: dict[int, list[Mailbox]], version: int = 0) -> dict[int, int]:
    """Store the links and letters of invitations, and return a dict from the parties' keys to the numbers of
    letters."""
    focal = mailboxes_selectors.focal_points([party.pk for _invitation, party in sent])
    letters: list[tuple[InvitationLink, Party, Mailbox]] = []
    papers: dict[int, letter_facts.Stationery] = {}
    expiry_by_summit: dict[int, datetime] = {}
    for invitation, party in sent:
        if party.summit_id not in expiry_by_summit:
            expiry_by_summit[party.summit_id] = links.expiry(party.summit)
            of_summit = [
                (sent_invitation, sent_party)
                for sent_invitation, sent_party in sent
                if sent_party.summit_id == party.summit_id
            ]
            papers[party.summit_id] = letter_facts.stationery(
                party.summit,
                [sent_party for _sent_invitation, sent_party in of_summit],
                {sent_invitation.occasion for sent_invitation, _sent_party in of_summit},
            )
        for box in boxes[party.pk]:
            people = [row.person for row in focal.get(party.pk, []) if _same(row.person.email, box.address)]
            link = InvitationLink(
                invitation=invitation,
                # A link to a mailbox that several people share belongs to nobody in particular.
                person=people[0] if len(people) == 1 else None,
                address=box.address,
                expires_at=expiry_by_summit[party.summit_id],
            )
            letters.append((link, party, box))
    InvitationLink.objects.bulk_create([link for link, _party, _box in letters])
    mails = [
        messages.letter(link=link, party=party, box=box, version=version, paper=papers[party.summit_id])
        for link, party, box in letters
    ]
    messages.INVITATION.send(*mails)
    return {party.pk: len(boxes[party.pk]) for _invitation, party in sent}


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def write_anew(*, invitation: Invitation, by: User) -> int:
    """Send the letter again, with new links, to the party's present mailboxes, and return the number of letters.

    The old links stop working. It is the first letter of a party that answered before any was sent; who prepared the
    invitation then sends none if letters need a second person. Raises PermissionDenied, and NotNow if the invitation
    isn't in force, `by` isn't a second person, or the party has no mailbox.
    """
    party = invitation.party
    check_can_invite(by, party.summit)
    with transaction.atomic():
        _lock([party.summit_id])
        # The lock makes two browsers that send new letters wait for each other, so that each letter has its own
        # version.
        row = Invitation.objects.select_for_update().filter(pk=invitation.pk, state__in=IN_FORCE).first()
        if row is None:
            raise NotNow(_("This delegation has no valid invitation. Invite it before you send a new letter."))
        boxes = mailboxes_selectors.for_letters([party])
        if not boxes:
            raise NotNow(no_mailbox())
        if row.sent_at is None:
            _send_after_answer(row, party.summit, by)
        version = row.links.aggregate(n=Count("pk"))["n"]
        row.links.filter(revoked_at__isnull=True).update(revoked_at=Now())
        written = _write([(row, party)], {party.pk: boxes}, version)[party.pk]
        audit.record(
            by=by,
            action=WRITE_ANEW,
            target=row,
            summit=party.summit,
            detail={"letters": written},
        )
    return written


def _send_after_answer(row: Invitation, summit: Summit, by: User) -> None:
    """Mark an invitation that was answered without a letter as sent. Raises NotNow if `by` isn't a second person."""
    if Policy.objects.of(summit).second_person and row.prepared_by_id == by.pk:
        raise NotNow(_("You prepared this invitation. Another person must send its letter."))
    Invitation.objects.filter(pk=row.pk).update(sent_at=Now(), sent_by=by)
    count(rows=[row], summit=summit)


def revoke(*, invitation: Invitation, by: User) -> None:
    """Revoke an invitation. Its links stop working, and letters that aren't sent yet are not sent.

    Raises PermissionDenied, and NotNow if the invitation was revoked or superseded before.
    """
    summit: Summit = invitation.party.summit
    check_can_revoke(by, summit)
    with transaction.atomic():
        changed = Invitation.objects.filter(pk=invitation.pk, state__in=sources(InvitationState.REVOKED)).update(
            state=InvitationState.REVOKED
        )
        if not changed:
            raise NotNow(_("This invitation is already revoked."))
        InvitationLink.objects.filter(invitation=invitation, revoked_at__isnull=True).update(revoked_at=Now())
        audit.record(by=by, action=REVOKE, target=invitation, summit=summit, fields=["state"])
