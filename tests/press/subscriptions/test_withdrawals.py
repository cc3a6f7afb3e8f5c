"""Those who were written to of a text learn that it was withdrawn, once; nobody else does."""

import pytest
from django.utils import translation

from press.subscriptions.messages import WITHDRAWAL
from press.subscriptions.services.announcements import announce_due
from press.subscriptions.services.withdrawals import recall, recall_due
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.services import texts
from summit.outbox.message_kinds import Mail
from summit.outbox.models import Message
from tests.factories import SubscriberFactory
from tests.press.helpers import ago, approver, make_text, officer

pytestmark = pytest.mark.django_db


def published() -> Edition:
    """Return an edition that a subscriber was written to about; a second one subscribed since."""
    edition = make_text(moment=ago(1), decided_at=ago(2), title="Ships")
    summit = edition.version.text.summit
    SubscriberFactory(summit=summit, address="first@paper.example")
    announce_due()
    SubscriberFactory(summit=summit, address="later@paper.example")
    return edition


def told() -> list[str]:
    return list(Message.objects.filter(kind="withdrawal").values_list("address", flat=True))


def sent() -> Mail:
    with translation.override("en"):
        return WITHDRAWAL.render(Message.objects.get(kind="withdrawal"))


def test_who_was_written_to_learns_of_it_once() -> None:
    text = published().version.text
    assert recall_due() == 0
    texts.withdraw(text=text, reason="The sum was wrong.", by=officer(text.summit))
    assert (recall_due(), recall_due(), recall(text.pk)) == (1, 0, False)
    assert told() == ["first@paper.example"]
    mail = sent()
    assert mail.subject == "Withdrawn: Ships"
    assert "Reason: The sum was wrong." in mail.text
    assert f"/press/{text.slug}/" in mail.text


def test_what_was_removed_is_told_with_the_reason_for_that() -> None:
    text = published().version.text
    texts.withdraw(text=text, reason="Wrong.", by=officer(text.summit))
    texts.remove(text=text, reason="It named a person.", by=approver(text.summit))
    assert recall_due() == 1
    mail = sent()
    assert "Reason: It named a person." in mail.text
    assert "The text has been removed." in mail.text
    assert text.slug not in mail.text


def test_of_what_was_never_read_and_what_was_withdrawn_long_ago_nobody_is_told() -> None:
    never = make_text(moment=ago(-1)).version.text
    SubscriberFactory(summit=never.summit)
    old = published().version.text
    for text in (never, old):
        texts.withdraw(text=text, reason="Not agreed.", by=officer(text.summit))
    Text.objects.filter(pk=old.pk).update(withdrawn_at=ago(30))
    assert (recall_due(), told()) == (0, [])
