"""Previews of letters for a desk user: shown with a party's real data, or sent to the user as a test."""

import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.invitations import invitable_sessions, letter_rendering, messages
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.models.letters import Purpose
from delegations.invitations.permissions import check_can_write_templates
from delegations.invitations.selectors import letter_facts, placeholders
from delegations.invitations.selectors.default_letters import Text
from delegations.invitations.services import links
from delegations.invitations.services.first_letter import Letter
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.database_clock import db_now
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.users.models import User

TEST_LETTER = audit_action("delegations.test_letter", gettext_lazy("sent themselves a letter test"))


def _message(party: Party, purpose: str, language: str, text: Text, address: str) -> Message:
    """Return an unsaved message: a letter to a party with the given text. Its link isn't stored, so it doesn't work.

    Raises ValidationError for a text with wrong placeholders, and if there is no session to invite to.
    """
    placeholders.check(purpose=purpose, subject=text.subject, body=text.body)
    party_copy = copy.copy(party)
    # The letter is shown as if the party's language were the language of the text.
    party_copy.language = language
    summit = party.summit
    occasion = ""
    if purpose == Purpose.OCCASION:
        occasion = next((key for key, row in invitable_sessions.find(summit).items() if row.open), "")
        if not occasion:
            raise ValidationError(_("No session in the agenda is open to invitations yet."))
    invitation = Invitation(party=party_copy, occasion=occasion, sent_at=db_now())
    link = InvitationLink(invitation=invitation, address=address, expires_at=links.expiry(summit))
    paper = letter_facts.stationery(summit, [party_copy], [occasion])
    (message,) = messages.TRIAL.drafts(
        messages.trial(link=link, party=party_copy, address=address, paper=paper, text=text)
    )
    message.facts["values"] = {**dict.fromkeys(placeholders.ALLOWED[purpose], ""), **message.facts["values"]}
    return message


def read(*, party: Party, purpose: str, language: str, text: Text) -> Letter:
    """Return a preview of a text as a letter to a party. Nothing is stored.

    Raises ValidationError for a text with wrong placeholders, and if there is no session to invite to.
    """
    message = _message(party, purpose, language, text, party.mission_email)
    with translation.override(message.language):
        mail = letter_rendering.render_plain(message)
    return Letter(party, [message.address], message.language, mail.subject, mail.text)


def send(*, party: Party, purpose: str, language: str, text: Text, by: User) -> str:
    """Send a text as a letter, marked as a test, to the mailbox of `by`, and return that mailbox.

    Raises PermissionDenied, ValidationError.
    """
    check_can_write_templates(by, party.summit)
    message = _message(party, purpose, language, text, by.email)
    with transaction.atomic():
        enqueue.store([message])
        audit.record(
            by=by,
            action=TEST_LETTER,
            target=party,
            summit=party.summit,
            detail={"purpose": purpose, "language": language},
        )
    return by.email
