"""The demonstration, the Border Security Summit of 2025: what is loaded."""

import pytest

from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.privacy.services import retention
from portal.demo import accounts, border_security
from press.subscriptions.models import Subscriber
from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from sessions.agenda.models.releases import Release
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests.module_fixtures import once_a_module

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@once_a_module
def summit() -> Summit:
    return border_security.load()


def test_what_is_known_of_people_says_that_it_is_a_specimen_and_is_stored(summit: Summit) -> None:
    found = Particulars.objects.select_related("person")
    assert found.count() > 20
    for row in found:
        assert row.passport_name.startswith("SPECIMEN ")
        assert row.passport_number.startswith("SPEC")
        assert row.entered_for is not None
    # Who has an account is left to enter their own.
    assert not found.filter(person__user__isnull=False).exists()
    assert retention.purge(summit=summit) == {}
    assert found.filter(passport_digest="").count() == 0
    # Nobody has a name, and mailboxes are nobody's.
    assert set(Person.objects.values_list("name", flat=True)) == {""}
    boxes = [
        *Party.objects.values_list("mission_email", flat=True),
        *Person.objects.exclude(email="").values_list("email", flat=True),
        *Subscriber.objects.values_list("address", flat=True),
        *User.objects.values_list("email", flat=True),
    ]
    assert {box.rpartition(".")[2] for box in boxes} == {"example"}


def test_accounts(summit: Summit) -> None:
    roles = {user.email: set(user.roles.values_list("role", flat=True)) for user in User.objects.all()}
    assert roles == {account.email: set(account.roles) for account in accounts.ACCOUNTS}
    assert not User.objects.filter(is_superuser=True).exists()
    assert all(user.check_password(accounts.PASSWORD) for user in User.objects.all())
    focal = FocalPoint.objects.get(person__user__email="focal@summit.example")
    deputy = Membership.objects.get(person__user__email="delegate@summit.example")
    assert (focal.party.name, deputy.party.name, deputy.capacity) == ("France", "France", "alternate")


def test_nothing_is_out_yet_and_every_text_says_that_it_is_a_sample(summit: Summit) -> None:
    assert (Release.objects.count(), Message.objects.count(), public_editions().count()) == (0, 0, 0)
    assert set(Edition.objects.values_list("state", "author__email")) == {("draft", "press@summit.example")}
    assert set(Text.objects.values_list("embargo__moment", "embargo__held_at")) == {(None, None)}
    assert (Subscriber.objects.active().count(), Edition.objects.count()) == (4, 6)
    for edition in Edition.objects.all():
        assert edition.body.startswith("*Sample text, written for this demonstration. Nobody spoke or issued")
