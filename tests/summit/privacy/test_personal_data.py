"""What the ground floor holds of a person: handed over whole, and erased with what opens their account."""

import pytest
from allauth.mfa.models import Authenticator

from summit.audit import services as audit
from summit.people.models import Person
from summit.privacy import registry
from tests.factories import MembershipFactory, PersonFactory, UserFactory
from tests.summit.accounts.helpers import with_app

pytestmark = pytest.mark.django_db


def portion(name: str) -> registry.Portion:
    [found] = [each for each in registry.portions() if each.name == name]
    return found


def test_the_history_has_what_was_done_with_a_person_and_with_what_is_theirs() -> None:
    member, stranger = MembershipFactory(), PersonFactory()
    person: Person = member.person
    for target, part_of in ((person, None), (member, person), (member, stranger), (stranger, None)):
        audit.record(by=audit.SYSTEM, action="x", target=target, summit=person.summit, part_of=part_of)
    found = portion("history").rows(registry.subject_of(person))
    assert list(found.values_list("object_type", flat=True)) == ["summit.person", "delegations.membership"]


def test_an_account_that_is_erased_keeps_no_second_step_and_others_keep_theirs() -> None:
    person, other = PersonFactory(user=UserFactory()), UserFactory()
    for user in (person.user, other):
        with_app(user)
    erase = portion("account").erase
    assert erase is not None
    assert erase(registry.subject_of(person)) == 1
    assert Authenticator.objects.get().user == other
