"""Registers the kinds of message for letters of invitation, their tests, and reminders."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations import letter_rendering
from delegations.invitations.models.invitations import InvitationLink, InvitationState
from delegations.invitations.selectors import letter_facts
from delegations.invitations.services import reminders
from summit.outbox import failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, never_withdrawn, register
from summit.outbox.models import Message


def render_trial(message: Message) -> Mail:
    """Return the mail of a test letter, which says that it is a test. Makes no query."""
    mail = letter_rendering.render(message)
    note = _("This is a test that somebody at your desk sent to you. The address in it opens nothing.")
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
    unanswered = set(rows.filter(invitation__party__summit__answer_by__gt=Now()).values_list("public_id", flat=True))
    return {message.pk: because(NEEDLESS) for message in messages if message.facts["link"] not in unanswered}


LINK_DEAD = failure_reasons.register(
    "delegations.link_dead",
    gettext_lazy("The invitation or its link was revoked, or the link expired, before the letter was sent."),
)
INVITATION = register(
    MessageKind(
        "invitation",
        "delegations.tasks.deliver_invitations",
        letter_rendering.render,
        withdrawn,
        gettext_lazy("letter of invitation"),
    )
)
TRIAL = register(
    MessageKind(
        letter_facts.TEST,
        "delegations.tasks.deliver_invitations",
        render_trial,
        never_withdrawn,
        gettext_lazy("test of a letter"),
    )
)
NEEDLESS = failure_reasons.register(
    "delegations.reminder_needless",
    gettext_lazy("The party had answered, its link opened nothing any more, or answers were due already."),
)
REMINDER = register(
    MessageKind(
        reminders.KIND,
        "delegations.tasks.deliver_reminders",
        letter_rendering.render_plain,
        needless,
        gettext_lazy("reminder"),
    )
)
