"""Reminds parties that have not answered, through their missions and focal points, never through their heads.

Each run computes from the clock which reminder is due, so that a run that is late, repeated or missed does no harm.
Of the moments that have passed only the newest counts, and a reminder is stored once for each mailbox. A reminder
that a desk user sends (`delegations.invitations.services.manual_reminders`) takes the place of one that is due soon.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.invitations import messages
from delegations.invitations.messages import REMINDER, InvitationMail
from delegations.invitations.models.invitations import Invitation, InvitationLink, InvitationState
from delegations.invitations.selectors import bounces, letter_facts
from delegations.invitations.selectors.letter_facts import Stationery
from delegations.invitations.services import links
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.mailboxes.selectors import Mailbox
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.policy import Policy
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import SYSTEM, System
from summit.core.database_clock import db_now
from summit.outbox import bounce_reasons
from summit.outbox.models import Message
from summit.summits.models import Summit, sends
from summit.users.models import User

# A message's version combines the day of the deadline and the days before it: a new deadline has reminders again.
_DAYS = 1000
LEADERS = (Capacity.HEAD, Capacity.ALTERNATE)
# An invitation gets no second reminder within this time, unless both are automatic.
PAUSE = timedelta(hours=24)


def _reminded(facts: Facts) -> str:
    days = int(facts.detail.get("days", 0))
    if not days:
        return _("sent the delegation a reminder")
    return ngettext(
        "sent the delegation a reminder %(days)d day before the deadline",
        "sent the delegation a reminder %(days)d days before the deadline",
        days,
    ) % {"days": days}


REMIND = audit_action("delegations.remind", _reminded, label=gettext_lazy("sent the delegation a reminder"))


@dataclass(frozen=True)
class Reminder:
    """The reminder that is due in a summit, `days` days before answers are due. `since` is the moment from which it
    is due; `version` is the version of its messages."""

    days: int
    since: datetime
    version: int


def due(summit: Summit, policy: Policy, now: datetime) -> Reminder | None:
    """Return the newest reminder that is due. Days are counted on the venue's clock.

    Returns None before the first reminder, after the deadline, and if the summit sends no reminders.
    """
    if summit.answer_by is None or summit.answer_by <= now:
        return None
    deadline = summit.answer_by.astimezone(summit.zone)
    for days in reversed(policy.reminds):
        since = deadline - timedelta(days=days)
        if days and since <= now:
            return Reminder(days, since, deadline.toordinal() * _DAYS + days)
    return None


def planned(summit: Summit, policy: Policy) -> list[datetime]:
    """Return the moments at which reminders are sent, the earliest first, including past ones.

    The list is empty if the summit has no deadline for answers.
    """
    if summit.answer_by is None:
        return []
    deadline = summit.answer_by.astimezone(summit.zone)
    return [deadline - timedelta(days=days) for days in policy.reminds if days]


def days_of(message: Message) -> int:
    """Return how many days before the deadline an automatic reminder was sent, or 0 for one by a desk user."""
    return message.version % _DAYS


def manual_version(now: datetime) -> int:
    """Return the version of reminders that desk users send on this day in UTC.

    The constraint `message_once` allows a mailbox one of them a day. No automatic reminder has such a version,
    because `days_of` is 0 for it.
    """
    return now.astimezone(UTC).toordinal() * _DAYS


def remind() -> int:
    """Store the reminders that are due in all summits, and return how many. It is safe to run this twice, late, or
    twice at once."""
    now = db_now()
    stored = 0
    for summit in Summit.objects.filter(sends("pk"), answer_by__gt=now).order_by("pk"):
        reminder = due(summit, Policy.objects.of(summit), now)
        if reminder is not None and not is_former(summit, reminder):
            stored += _remind(summit, reminder)
    return stored


def is_former(summit: Summit, reminder: Reminder) -> bool:
    """Return whether a reminder was due before the summit was moved to this installation. The former installation has
    sent such a reminder."""
    return summit.paused_at is not None and reminder.since < summit.paused_at


def waiting(summit: Summit, reminder: Reminder) -> list[Invitation]:
    """Return the unanswered invitations to the summit for which this reminder is still to be sent. Makes one query.

    They were sent before the reminder's moment, and have no reminder of this version yet, nor one that a desk user
    has sent since the day before that moment.
    """
    rows = Invitation.objects.filter(
        party__summit=summit, occasion="", state=InvitationState.SENT, sent_at__lt=reminder.since
    )
    by_desk = Q(days=0, created_at__gte=reminder.since - PAUSE)
    stored = Message.objects.filter(kind=REMINDER.name, summit=summit).annotate(days=F("version") % _DAYS)
    reminded = stored.filter(by_desk | Q(version=reminder.version)).values("subject_key")
    keyed = rows.annotate(key=Concat(Value(f"{letter_facts.PREFIX}:"), F("public_id"))).exclude(key__in=reminded)
    return list(keyed.select_related("party__summit").order_by("pk"))


def _remind(summit: Summit, reminder: Reminder) -> int:
    with transaction.atomic():
        rows = waiting(summit, reminder)
        boxes = mailboxes(rows)
        rows = [row for row in rows if row.party_id in boxes]
        return store(summit=summit, rows=rows, boxes=boxes, version=reminder.version, by=SYSTEM) if rows else 0


def store(
    *, summit: Summit, rows: list[Invitation], boxes: dict[int, list[Mailbox]], version: int, by: User | System
) -> int:
    """Store a reminder of each unanswered invitation to its party's mailboxes, and return how many were stored.

    `boxes` is what `mailboxes` returns; each invitation needs some. If any was stored, the audit gets an entry for
    each invitation. The caller has a transaction.
    """
    paper = letter_facts.stationery(summit, [row.party for row in rows])
    link_by_mailbox = _links(rows, boxes, links.expiry(summit))
    mails = [
        _mail(link_by_mailbox[row.pk, box.address.casefold()], row, box, paper, version)
        for row in rows
        for box in boxes[row.party_id]
    ]
    stored = REMINDER.send(*mails)
    if stored:
        days = {"days": version % _DAYS} if version % _DAYS else {}
        audit.record_many(
            [
                audit.entry(
                    by=by,
                    action=REMIND,
                    target=row,
                    summit=summit,
                    detail={**days, "letters": len(boxes[row.party_id])},
                )
                for row in rows
            ]
        )
    return stored


def mailboxes(rows: Sequence[Invitation]) -> dict[int, list[Mailbox]]:
    """Return a dict from the parties' keys to the mailboxes to remind.

    Mailboxes of heads and alternates are left out. Mailboxes that don't exist according to a bounce are left out too:
    a desk user has to correct them first.
    """
    parties = [row.party for row in rows]
    heads = Membership.objects.filter(party__in=parties, capacity__in=LEADERS).exclude(person__email="")
    excluded = {(key, address.casefold()) for key, address in heads.values_list("party_id", "person__email")}
    excluded |= {
        (back.invitation.party_id, back.message.address.casefold())
        for back in bounces.letters_back(rows)
        if bounce_reasons.is_unknown(back.message.returned_why)
    }
    boxes_by_party: dict[int, list[Mailbox]] = {}
    for box in mailboxes_selectors.for_letters(parties):
        key = box.party_id or 0
        if (key, box.address.casefold()) not in excluded:
            boxes_by_party.setdefault(key, []).append(box)
    return boxes_by_party


def _links(
    rows: list[Invitation], boxes: dict[int, list[Mailbox]], until: datetime
) -> dict[tuple[int, str], InvitationLink]:
    """Return a dict with a live link for each mailbox. Its keys are pairs of the invitation's key and the address.
    Makes four queries at most.

    The link of the first letter is used if it still works; otherwise a new one is made.
    """
    live = InvitationLink.objects.live().filter(invitation__in=rows)
    link_by_mailbox = _by_mailbox(live)
    new_links = [
        InvitationLink(invitation=row, address=box.address, expires_at=until)
        for row in rows
        for box in boxes[row.party_id]
        if (row.pk, box.address.casefold()) not in link_by_mailbox
    ]
    if new_links:
        # An expired link blocks a new one for its address (link_live_once) until it is revoked.
        InvitationLink.objects.filter(
            invitation__in=rows, address__in={link.address for link in new_links}, revoked_at__isnull=True
        ).exclude(pk__in=live.values("pk")).update(revoked_at=db_now())
        InvitationLink.objects.bulk_create(new_links, ignore_conflicts=True)
        link_by_mailbox = _by_mailbox(live.all())
    return link_by_mailbox


def _by_mailbox(rows: Iterable[InvitationLink]) -> dict[tuple[int, str], InvitationLink]:
    return {(link.invitation_id, link.address.casefold()): link for link in rows}


def _mail(link: InvitationLink, row: Invitation, box: Mailbox, paper: Stationery, version: int) -> InvitationMail:
    link.invitation = row
    return messages.reminder(link=link, party=row.party, box=box, version=version, paper=paper)


def sent_reminders(invitation: Invitation) -> list[tuple[int, datetime]]:
    """Return the reminders of an invitation that were sent, as (days before the deadline, moment of the first mail)
    pairs. The days are 0 for a reminder by a desk user. Makes one query."""
    rows = Message.objects.filter(
        kind=REMINDER.name, subject_key=letter_facts.subject_key(invitation), sent_at__isnull=False
    )
    first: dict[int, Message] = {}
    for message in rows.only("version", "sent_at").order_by("sent_at"):
        first.setdefault(message.version, message)
    return [(days_of(message), message.sent_at) for message in first.values() if message.sent_at]
