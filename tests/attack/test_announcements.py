"""Corrections that overtake the mail about what they correct."""

import pytest
from django.core import mail

from press.domain import announce
from press.tasks import deliver_announcements
from summit.outbox.models import Message
from tests.factories import SubscriberFactory, SummitFactory
from tests.press.helpers import add_edition, ago, make_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("sent_before", "subjects"), [(False, ["Right"]), (True, ["Wrong", "Corrected: Right"])])
def test_who_never_had_the_first_mail_is_not_told_of_a_correction(sent_before: bool, subjects: list[str]) -> None:
    summit = SummitFactory()
    SubscriberFactory(summit=summit, address="a@x.example")
    first = make_text(summit=summit, moment=ago(5), decided_at=ago(9), title="Wrong")
    announce.announce_due()
    if sent_before:
        deliver_announcements(list(Message.objects.values_list("pk", flat=True)))
    add_edition(first.version, decided_at=ago(1), title="Right", change_note="The sum.")
    announce.announce_due()
    deliver_announcements(list(Message.objects.order_by("id").values_list("pk", flat=True)))
    assert [sent.subject for sent in mail.outbox] == subjects
    assert set(Message.objects.values_list("facts__title", "state")) == {
        ("Wrong", "sent" if sent_before else "dropped"),
        ("Right", "sent"),
    }


def test_control_who_came_after_the_first_is_told_that_it_was_corrected() -> None:
    summit = SummitFactory()
    first = make_text(summit=summit, moment=ago(5), decided_at=ago(9), title="Wrong")
    announce.announce_due()
    SubscriberFactory(summit=summit, address="a@x.example")
    add_edition(first.version, decided_at=ago(1), title="Right")
    announce.announce_due()
    deliver_announcements(list(Message.objects.values_list("pk", flat=True)))
    assert [sent.subject for sent in mail.outbox] == ["Corrected: Right"]
