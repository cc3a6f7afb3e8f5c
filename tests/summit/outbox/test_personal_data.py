"""Mail of somebody who is erased, and mail to others that names them."""

import pytest

from summit.outbox.models import Message
from summit.privacy.registry import Subject, portions
from tests.factories import START, MessageFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_mail_to_the_person_goes_and_mail_that_names_them_once_it_is_out() -> None:
    person = PersonFactory(name="Ada Alander", email="ada@land.example")
    about = {"summit": person.summit, "facts": {"label": "Ada Alander"}}
    waits = MessageFactory(**about)
    MessageFactory(**about, state="sent", sent_at=START)
    # Nothing but the mailbox says whose it is.
    MessageFactory(summit=person.summit, address="Ada@Land.example")
    erase = [each.erase for each in portions() if each.model is Message and each.erase is not None]
    assert [act(Subject(person)) for act in erase] == [1, 1]
    assert list(Message.objects.all()) == [waits]
