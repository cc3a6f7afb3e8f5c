"""The mails of invitations: letters, tests of letters, and reminders."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations import letter_rendering
from delegations.invitations.models.invitations import InvitationLink, InvitationState
from delegations.invitations.models.letters import Purpose
from delegations.invitations.selectors import letter_facts
from delegations.invitations.selectors.default_letters import Text
from delegations.invitations.selectors.letter_facts import LetterFacts, Stationery
from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, for_each, never_withdrawn, once, register
from summit.outbox.models import Message
from summit.summits.models import Summit

LINK_DEAD, NEEDLESS = "delegations.link_dead", "delegations.reminder_needless"


@dataclass(frozen=True)
class InvitationMail:
    """A letter to a mailbox: its link, the party, the data that all letters share, and the text of the letter.

    `text` is the letter's own text unless given.
    """

    link: InvitationLink
    party: Party
    to: Addressee
    paper: Stationery
    version: int = 0
    text: Text | None = None

    @property
    def summit(self) -> Summit:
        """The summit of the party."""
        return self.party.summit


def letter(*, link: InvitationLink, party: Party, box: Mailbox, version: int, paper: Stationery) -> InvitationMail:
    """Return the letter to a mailbox."""
    to = Addressee(box.party_key, box.address, spoken(party.language), link.person)
    return InvitationMail(link, party, to, paper, version)


def trial(*, link: InvitationLink, party: Party, address: str, paper: Stationery, text: Text) -> InvitationMail:
    """Return a letter that a user sends to their own mailbox as a test. Its link isn't stored, so it doesn't work."""
    to = Addressee(f"test:{secrets.token_hex(8)}", address, spoken(party.language))
    return InvitationMail(link, party, to, paper, text=text)


def reminder(*, link: InvitationLink, party: Party, box: Mailbox, version: int, paper: Stationery) -> InvitationMail:
    """Return the reminder to a mailbox."""
    to = Addressee(box.party_key, box.address, spoken(party.language))
    text = paper.texts.of(Purpose.REMINDER, party.language)
    return InvitationMail(link, party, to, paper, version, text)


class ReminderFacts(LetterFacts):
    """The facts of a reminder: those of a letter, and the public id of the invitation."""

    invitation: str


def _letter_facts(mail: InvitationMail, to: Addressee) -> LetterFacts:
    return letter_facts.facts(link=mail.link, party=mail.party, paper=mail.paper, text=mail.text)


def _reminder_facts(mail: InvitationMail, to: Addressee) -> ReminderFacts:
    return {**_letter_facts(mail, to), "invitation": mail.link.invitation.public_id}


def _addressees(mail: InvitationMail) -> Iterable[Addressee]:
    yield mail.to


def _subject_key(mail: InvitationMail) -> str:
    return letter_facts.subject_key(mail.link.invitation)


def _compose_trial(message: Message) -> Mail:
    """Return the mail of a test letter, which says that it is a test. Makes no query."""
    mail = letter_rendering.render(message)
    note = _("This is a test sent by your team. Its link doesn’t work.")
    return replace(mail, subject=_("Test: %(subject)s") % {"subject": mail.subject}, text=f"{note}\n\n{mail.text}")


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of letters with a dead link to the reason not to send them. Makes one
    query."""
    keys = [message.facts["link"] for message in messages]
    live = set(InvitationLink.objects.live().filter(public_id__in=keys).values_list("public_id", flat=True))
    return {message.pk: because(LINK_DEAD) for message in messages if message.facts["link"] not in live}


def needless(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the primary keys of reminders that are no longer needed to the reason. Makes one query.

    A reminder isn't needed once the invitation is answered, revoked or replaced, or once the deadline for answers has
    passed.
    """
    keys = [message.facts["link"] for message in messages]
    rows = InvitationLink.objects.live().filter(public_id__in=keys, invitation__state=InvitationState.SENT)
    deadline = "invitation__party__summit__answer_by"
    in_time = Q(**{f"{deadline}__gt": Now()}) | Q(**{f"{deadline}__isnull": True})
    unanswered = set(rows.filter(in_time).values_list("public_id", flat=True))
    return {message.pk: because(NEEDLESS) for message in messages if message.facts["link"] not in unanswered}


INVITATION = register(
    MessageKind(
        name=letter_facts.KIND,
        label=gettext_lazy("letter of invitation"),
        task="delegations.tasks.deliver_invitations",
        shown_by="tests/delegations/invitations/test_letters.py",
        facts=LetterFacts,
        recipients=for_each(_addressees),
        subject_key=_subject_key,
        version=lambda mail: mail.version,
        build_facts=_letter_facts,
        compose=letter_rendering.render,
        why=gettext_lazy("You are receiving this because you are invited to the summit."),
        html_template="mail/letter.html",
        reasons={
            LINK_DEAD: gettext_lazy(
                "The invitation was revoked, or its link was revoked or expired, before the letter was sent."
            )
        },
        withdrawn=withdrawn,
    )
)
TRIAL = register(
    MessageKind(
        name="invitation_test",
        label=gettext_lazy("letter test"),
        task="delegations.tasks.deliver_invitations",
        shown_by="tests/delegations/invitations/test_invite_parties_admin.py",
        facts=LetterFacts,
        recipients=for_each(_addressees),
        # A test is about nothing but itself, so it shares the random key of its recipient.
        subject_key=lambda mail: f"delegations.letter_{mail.to.key}",
        version=once,
        build_facts=_letter_facts,
        compose=_compose_trial,
        why=gettext_lazy("You are receiving this because someone sent a test letter to your address."),
        html_template="mail/letter.html",
        reasons={},
        withdrawn=never_withdrawn,
    )
)
REMINDER = register(
    MessageKind(
        name="reminder",
        label=gettext_lazy("reminder"),
        task="delegations.tasks.deliver_reminders",
        shown_by="tests/delegations/invitations/test_reminders.py",
        facts=ReminderFacts,
        recipients=for_each(_addressees),
        subject_key=_subject_key,
        version=lambda mail: mail.version,
        build_facts=_reminder_facts,
        compose=letter_rendering.render_plain,
        why=gettext_lazy("You are receiving this because you are invited to the summit."),
        html_template="mail/letter.html",
        reasons={
            NEEDLESS: gettext_lazy(
                "The delegation had answered, its link no longer worked, or the deadline had passed."
            )
        },
        withdrawn=needless,
    )
)
