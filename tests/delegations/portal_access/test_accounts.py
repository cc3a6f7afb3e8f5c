"""Accounts of those who work in the portal."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from delegations.parties.models.parties import Party
from delegations.portal_access.services import accounts
from summit.api import api_client_services
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import roles_by_summit
from summit.privacy import person_erasure
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.summit.accounts.helpers import by_password

pytestmark = pytest.mark.django_db


def member(party: Party, email: str, **values: Any) -> Person:
    wanted = {"person__name": "Zoe", "person__email": email, "person__office": "", **values}
    return f.MembershipFactory(party=party, **wanted).person


def said(given: accounts.AccountRecipients) -> list[tuple[str, str]]:
    return [(person.name, reason) for person, reason in given.skipped]


def test_a_focal_point_gets_one_and_is_written_to(party: Party, protocol: User) -> None:
    point = f.FocalPointFactory(party=party, person__name="Zoe", person__email="Zoe@land.example")
    point.person.language = "fr"
    point.person.save()
    given = accounts.give(people=[point.person], by=protocol)
    assert (given.to, given.skipped) == ([point.person], [])
    user = Person.objects.get(pk=point.person.pk).user
    assert user is not None
    assert (user.email, user.name, user.language) == ("zoe@land.example", "Zoe", "fr")
    assert user.has_usable_password() is False
    assert roles_by_summit(user) == {party.summit_id: {"focal_point"}}
    entry = AuditEntry.objects.filter(action="delegations.give_account").get()
    assert (entry.object_key, entry.fields) == (point.person.public_id, ["user"])
    assert entry.detail == {"rows": [f"summit.user:{user.public_id}"]}
    message = Message.objects.get()
    assert (message.kind, message.address, message.language) == ("welcome", "zoe@land.example", "fr")


def test_an_account_that_is_there_is_taken(party: Party, protocol: User) -> None:
    user = f.UserFactory(email="a@land.example")
    # An account has one person in each summit.
    f.PersonFactory(summit=f.SummitFactory(), user=user)
    person = member(party, "A@land.example")
    assert accounts.give(people=[person], by=protocol).to == [person]
    person.refresh_from_db()
    assert (person.user, User.objects.filter(email="a@land.example").count()) == (user, 1)
    assert Summit.objects.filter(people__user=user).count() == 2


def test_who_gets_none_and_why(party: Party, protocol: User) -> None:
    summit = party.summit
    has = member(party, "has@land.example", person__name="Has", person__user=f.UserFactory())
    none = f.PersonFactory(summit=summit, name="None", email="none@land.example")
    bare = member(party, "", person__name="Bare")
    f.UserFactory(email="closed@land.example", is_active=False)
    closed = member(party, "closed@land.example", person__name="Closed")
    taken = f.UserFactory(email="box@land.example")
    member(party, "", person__name="First", person__user=taken)
    second = member(party, "box@land.example", person__name="Second")
    shared = [member(party, "two@land.example", person__name=name) for name in ("One", "Two")]
    given = accounts.give(people=[has, none, bare, closed, second, *shared], by=protocol)
    assert [person.name for person in given.to] == ["One"]
    only = "Each account belongs to one person, so enter another address."
    taken_by = f"already uses this email address to sign in. {only}"
    assert said(given) == [
        ("Has", "Already has an account."),
        ("None", "Is not in any delegation and has no use for the portal."),
        ("Bare", "Has no email address to sign in with. Add one first."),
        ("Closed", "The account for this email address is closed. Ask the system administrator to reopen it."),
        ("Second", f"First {taken_by}"),
        ("Two", f"One {taken_by}"),
    ]
    assert Message.objects.count() == 1


def test_others_may_not(party: Party) -> None:
    person = member(party, "a@land.example")
    by = f.UserFactory.with_role(Role.ACCREDITATION, party.summit)
    for act in (accounts.give, accounts.withdraw_accounts):
        refuses(PermissionDenied, act, people=[person], by=by, match="^Roles that can do this: organiser, protocol")
    assert Person.objects.get(pk=person.pk).user is None


class TestTake:
    def test_ends_the_sign_ins(self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch) -> None:
        user = f.UserFactory()
        person = member(party, "a@land.example", person__user=user)
        browser = by_password(user)
        assert browser.get("/portal/").status_code == 200
        assert accounts.withdraw_accounts(people=[person], by=protocol) == 1
        assert "_auth_user_id" not in browser.session
        assert browser.get("/accounts/sessions/").status_code == 302
        person.refresh_from_db()
        assert (person.user, User.objects.filter(pk=user.pk).exists()) == (None, True)
        assert accounts.withdraw_accounts(people=[person], by=protocol) == 0
        assert AuditEntry.objects.filter(action="delegations.take_account").count() == 1
        # Control: without it the browser is signed in still, though the portal has nothing for it.
        Person.objects.filter(pk=person.pk).update(user=user)
        browser = by_password(user)
        monkeypatch.setattr("summit.accounts.browser_sessions.end_all", lambda **given: 0)
        accounts.withdraw_accounts(people=[Person.objects.get(pk=person.pk)], by=protocol)
        assert browser.session["_auth_user_id"] == str(user.pk)


class TestChoosing:
    def test_what_is_known_to_the_organiser_alone_can_be_chosen(
        self, party: Party, organiser: User, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person, stranger = member(party, "zoe@land.example"), f.UserFactory()
        own = {"person": person, "user": protocol, "by": protocol}
        refuses(PermissionDenied, accounts.assign, **own, match=r"Roles that can do this: organiser\.")
        foreign = {"person": person, "user": stranger, "by": organiser}
        refuses(ValidationError, accounts.assign, **foreign, match="Choose an account from one of your summits")
        assert Person.objects.get(pk=person.pk).user is None
        # Control: without the rule any account can.
        monkeypatch.setattr(accounts, "visible_accounts", lambda user: User.objects.all())
        accounts.assign(person=person, user=stranger, by=organiser)
        assert Person.objects.get(pk=person.pk).user == stranger
        accounts.assign(person=person, user=organiser, by=organiser)
        person_erasure.erase(person=person, reason="asked", by=organiser)
        with pytest.raises(ValidationError, match="data was erased"):
            accounts.assign(person=person, user=organiser, by=organiser)
        assert Person.objects.get(pk=person.pk).user is None

    def test_a_program_is_nobody(
        self, party: Party, organiser: User, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = {"summit": party.summit, "name": "Printer", "given": [Role.VIEWER]}
        printer = api_client_services.make(by=organiser, **client).user
        chosen, given = f.FocalPointFactory(party=party).person, member(party, printer.email)
        with pytest.raises(ValidationError, match="This account belongs to an API client"):
            accounts.assign(person=chosen, user=printer, by=organiser)
        said_of = "This account belongs to an API client. People need their own account."
        assert said(accounts.give(people=[given], by=protocol)) == [("Zoe", said_of)]
        assert not Person.objects.filter(user=printer).exists()
        # Control: without the rule it acts for the party.
        monkeypatch.setattr(api_client_services, "is_one", lambda user: False)
        accounts.assign(person=chosen, user=printer, by=organiser)
        assert "focal_point" in roles_by_summit(User.objects.get(pk=printer.pk))[party.summit_id]
