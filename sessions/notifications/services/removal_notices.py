"""Messages to accredited media about sessions that left the public agenda. Each release sends one to each mailbox.

If a session was removed without a public notice, the messages don't mention it. The people with a place in the
session get the message about changes in their programme (`notices`).
"""

from collections.abc import Iterable, Sequence

from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from sessions.agenda.models.releases import Release, ReleaseEntry
from sessions.agenda.models.removals import PublicNotice
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.notifications.message_session_facts import session_facts, summit_facts
from summit.outbox import enqueue
from summit.outbox.failure_reasons import because
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User

KIND = "public_removal"
PUBLIC_AGAIN = "agenda.public_again"


def store(*, release: Release, told: Iterable[tuple[Snapshot, str]]) -> int:
    """Save a message about these sessions to each mailbox, and return the number of messages.

    `told` has pairs of a session's last public state and its `PublicNotice`; sessions with `PublicNotice.NONE` are
    left out. It must be called in the transaction of the release. Makes four queries for the mailboxes, and one for
    the accounts.
    """
    sessions = [
        {**session_facts(session.key, session), "notice": notice}
        for session, notice in told
        if notice != PublicNotice.NONE
    ]
    if not sessions:
        return 0
    summit = release.summit
    drafts = [
        enqueue.draft(
            summit=summit,
            kind=KIND,
            subject_key=f"release:{release.public_id}",
            version=release.number,
            recipient_key=key,
            address=address,
            language=language,
            facts={"summit": summit_facts(summit, language), "sessions": sessions},
        )
        for key, address, language in _mailboxes(summit)
    ]
    return enqueue.store(drafts)


def _mailboxes(summit: Summit) -> list[tuple[str, str, str]]:
    """Return (recipient key, address, language) for each mailbox of accredited media.

    Accredited media are members with the capacity of media, and accounts with the role of a media representative.
    """
    members = Membership.objects.filter(person__summit=summit, capacity=Capacity.MEDIA)
    people = set(members.values_list("person_id", flat=True))
    mailboxes = mailboxes_selectors.for_members(summit=summit, party_ids=set(), person_ids=people)
    found = {box.address.casefold(): (box.party_key, box.address, box.language) for box in mailboxes}
    accounts = User.objects.filter(
        roles__summit=summit, roles__role=Role.MEDIA_REPRESENTATIVE, is_active=True
    ).exclude(email="")
    for email in accounts.order_by("pk").values_list("email", flat=True):
        found.setdefault(email.casefold(), ("people", email, summit.language))
    return list(found.values())


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from primary key to reason for the messages whose sessions are all public again.

    Makes one query.
    """
    keys = {session["key"] for message in messages for session in message.facts["sessions"]}
    current = ReleaseEntry.objects.filter(session__public_id__in=keys, release__in=Release.objects.current())
    public = set(current.for_public().values_list("session__public_id", flat=True))
    return {
        message.pk: because(PUBLIC_AGAIN)
        for message in messages
        if public.issuperset(session["key"] for session in message.facts["sessions"])
    }
