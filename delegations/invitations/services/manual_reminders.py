"""Sends reminders that a desk user asks for, besides the automatic ones.

They are the same mails, and go to the same mailboxes. An invitation that had a reminder within `reminders.PAUSE`,
whoever sent it, is left out: pressing the button twice sends nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from delegations.invitations import letter_rendering, messages
from delegations.invitations.messages import REMINDER
from delegations.invitations.models.invitations import OVER, Invitation, InvitationLink, InvitationState
from delegations.invitations.permissions import check_can_invite
from delegations.invitations.selectors import letter_facts
from delegations.invitations.services import links, reminders
from delegations.invitations.services.first_letter import Letter
from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from summit.core.database_clock import db_now
from summit.core.languages import spoken
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User


@dataclass
class ReminderTargets:
    """The invitations of which a reminder is sent, and the parties that are skipped, each with the reason.

    `boxes` is a dict from the parties' keys to their mailboxes, and `last` one from the invitations' keys to the
    moment of their last reminder.
    """

    to: list[Invitation] = field(default_factory=list)
    skipped: list[tuple[Party, str]] = field(default_factory=list)
    boxes: dict[int, list[Mailbox]] = field(default_factory=dict)
    last: dict[int, datetime] = field(default_factory=dict)

    @property
    def letters(self) -> int:
        """The number of reminders: one for each mailbox of each party."""
        return sum(len(self.boxes[row.party_id]) for row in self.to)


def preview(*, invitations: Iterable[Invitation] = (), parties: Iterable[Party] = ()) -> ReminderTargets:
    """Return of which of these invitations a reminder would be sent now, and who would be skipped and why.

    Of `parties`, the invitation to the summit is meant. The number of queries doesn't grow with the number of rows.
    """
    party_rows = list(parties)
    chosen = Invitation.objects.filter(pk__in=[row.pk for row in invitations])
    if party_rows:
        to_summit = Invitation.objects.filter(party__in=party_rows, occasion="").exclude(state__in=OVER)
        chosen = chosen | to_summit
    rows = list(chosen.select_related("party__summit").order_by("party__sort_key", "pk"))
    targets = ReminderTargets(boxes=reminders.mailboxes(rows), last=_last(rows))
    now = db_now()
    for row in rows:
        reason = _why_not(row, targets, now)
        if reason:
            targets.skipped.append((row.party, reason))
        else:
            targets.to.append(row)
    invited = {row.party_id for row in rows}
    targets.skipped += [(party, _not_invited(party)) for party in party_rows if party.pk not in invited]
    return targets


def send(*, by: User, invitations: Iterable[Invitation] = (), parties: Iterable[Party] = ()) -> ReminderTargets:
    """Store the reminders of these invitations, or of the invitations of `parties` to the summit, all or none.

    Returns of which invitations a reminder was stored, and who was skipped. Raises PermissionDenied.
    """
    invitation_rows, party_rows = list(invitations), list(parties)
    with transaction.atomic():
        for summit in _summits(invitation_rows, party_rows):
            check_can_invite(by, summit)
        keys = [row.pk for row in preview(invitations=invitation_rows, parties=party_rows).to]
        # Of two browsers that send at once, the second one waits here, and then finds the first one's reminders.
        list(Invitation.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        targets = preview(invitations=invitation_rows, parties=party_rows)
        for summit in {row.party.summit for row in targets.to}:
            reminders.store(
                summit=summit,
                rows=[row for row in targets.to if row.party.summit_id == summit.pk],
                boxes=targets.boxes,
                version=reminders.manual_version(db_now()),
                by=by,
            )
    return targets


def read(invitation: Invitation, boxes: list[Mailbox]) -> Letter:
    """Return a preview of the reminder, in the party's language. Nothing is stored: the link in it doesn't work."""
    party = invitation.party
    paper = letter_facts.stationery(party.summit, [party])
    link = InvitationLink(invitation=invitation, address=boxes[0].address, expires_at=links.expiry(party.summit))
    (message,) = REMINDER.drafts(messages.reminder(link=link, party=party, box=boxes[0], version=0, paper=paper))
    with translation.override(spoken(message.language)):
        mail = letter_rendering.render_plain(message)
    return Letter(party, [box.address for box in boxes], spoken(message.language), mail.subject, mail.text)


def _summits(invitations: Iterable[Invitation], parties: Iterable[Party]) -> set[Summit]:
    return {row.party.summit for row in invitations} | {party.summit for party in parties}


def _last(rows: Iterable[Invitation]) -> dict[int, datetime]:
    """Return a dict from the invitations' keys to the moment when their last reminder was stored. Makes one query."""
    by_key = {letter_facts.subject_key(row): row.pk for row in rows}
    stored = Message.objects.filter(kind=REMINDER.name, subject_key__in=by_key).order_by()
    moments = stored.values_list("subject_key").annotate(Max("created_at"))
    return {by_key[key]: moment for key, moment in moments}


def _why_not(row: Invitation, targets: ReminderTargets, now: datetime) -> str:
    if row.state in OVER:
        return _("Its invitation was revoked or replaced.")
    if row.state == InvitationState.ANSWERED:
        return _("It has already answered.")
    if row.state != InvitationState.SENT:
        return _not_invited(row.party)
    if row.occasion:
        return _("Reminders are only for invitations to the summit. Send a new letter.")
    return _why_not_now(row, targets, now)


def _why_not_now(row: Invitation, targets: ReminderTargets, now: datetime) -> str:
    summit, last = row.party.summit, targets.last.get(row.pk)
    if summit.answer_by is not None and summit.answer_by <= now:
        return _("The deadline for answers has passed. Set a later one, or call the delegation.")
    if last is not None and last > now - reminders.PAUSE:
        params = {"moment": letter_facts.moment(last, summit)}
        return _("It had a reminder on %(moment)s. You can send another 24 hours later.") % params
    if row.party_id not in targets.boxes:
        return _(
            "It has no email address for reminders. Add one, or correct the one that bounced. Reminders don’t go to "
            "heads of delegation."
        )
    return ""


def _not_invited(party: Party) -> str:
    return _("It is the host.") if party.is_host else _("It is not invited yet. Send its invitation first.")
