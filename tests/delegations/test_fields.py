"""Who sees and changes which of what people are asked for."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from delegations import fields
from delegations.fields import GROUPS, PARTICULARS, Reader, changeable_fields, filled, visible_fields
from delegations.models import Particulars, Party, PortalSignIn
from summit.domain.audit import SYSTEM, By, Link, Mailbox
from summit.models import Person, Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db

TRAVEL = {"organiser", "protocol", "accreditation", "vetting"}
# Whose role opens a whole group; each of them changes it too.
DESKS = {
    "passport": {"vetting"},
    "needs": {"organiser", "protocol", "conference_officer"},
    "travel": TRAVEL,
    "photo": TRAVEL,
}
VALUES: dict[str, Any] = {
    **dict.fromkeys(PARTICULARS, "x"),
    **dict.fromkeys(("birth_date", "passport_expiry"), date(2030, 1, 1)),
    **dict.fromkeys(("arrives_at", "departs_at"), f.START),
}
EVERYTHING = {*PARTICULARS, "photo"}


def of_groups(names: Iterator[str]) -> set[str]:
    return {name for group in names for name in GROUPS[group].fields}


def entered(party: Party | None, *, member_of: Party | None = None, summit: Summit | None = None) -> Person:
    """A person whose every field was entered for a party; None: by a desk."""
    summit = summit or (party or member_of or f.PartyFactory()).summit
    person: Person = f.PersonFactory(summit=summit)
    f.ParticularsFactory(person=person, entered_for=party, **VALUES)
    f.PhotoFactory(person=person, entered_for=party)
    if member_of or party:
        f.MembershipFactory(party=member_of or party, person=person)
    return again(person)


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_every_field_is_in_one_group() -> None:
    columns = {field.name for field in Particulars._meta.concrete_fields}
    ours = {"id", "person", "entered_for", "withheld", "updated_at", "passport_digest", "birth_digest"}
    assert set(PARTICULARS) == columns - ours
    assert sorted(fields.GROUP_OF) == sorted([*PARTICULARS, "photo"])


@pytest.fixture
def own() -> Party:
    found: Party = f.PartyFactory(name="Own")
    return found


@pytest.fixture
def people(own: Party) -> dict[str, Person]:
    return {
        "own": entered(own),
        "foreign": entered(f.PartyFactory(summit=own.summit)),
        "by a desk": entered(None, member_of=own),
        "elsewhere": entered(f.PartyFactory()),
    }


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("group", list(GROUPS))
def test_every_role_and_group(role: Role, group: str, own: Party, people: dict[str, Person]) -> None:
    user = f.UserFactory()
    if role == Role.FOCAL_POINT:
        f.FocalPointFactory(party=own, person__user=user)
    elif role == Role.DELEGATE:
        f.MembershipFactory(party=own, person__user=user)
    else:
        own.summit.roles.create(user=user, role=role)
    wanted = set(GROUPS[group].fields)
    for whose, person in people.items():
        desk = role in DESKS[group] and whose != "elsewhere"
        mine = role == Role.FOCAL_POINT and whose == "own"
        expected = wanted if desk or mine else set()
        assert visible_fields(user, person) & wanted == expected, whose
        assert changeable_fields(user, person) & wanted == expected, whose


def acting(how: str, party: Party) -> By:
    if how == "account":
        user: User = f.FocalPointFactory(party=party, person__user=f.UserFactory()).person.user
        return user
    if how == "link":
        invitation = f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        return Link(f.InvitationLinkFactory(invitation=invitation).public_id)
    point = f.FocalPointFactory(party=party)
    return Mailbox(PortalSignIn.objects.create(person=point.person, mailbox=point.person.email).public_id)


HOW = ["account", "link", "mailbox"]


@pytest.mark.parametrize("how", HOW)
class TestFocalPoint:
    def test_sees_and_changes_what_was_entered_for_the_party(
        self, how: str, own: Party, people: dict[str, Person]
    ) -> None:
        by = acting(how, own)
        seen = {whose: visible_fields(by, person) for whose, person in people.items()}
        assert seen == {"own": EVERYTHING, "foreign": set(), "by a desk": set(), "elsewhere": set()}
        assert {whose: changeable_fields(by, person) for whose, person in people.items()} == seen

    def test_sees_all_but_what_a_desk_corrected(self, how: str, own: Party, people: dict[str, Person]) -> None:
        Particulars.objects.filter(person=people["own"]).update(withheld=["passport_number", "hotel"])
        person = again(people["own"])
        rest = EVERYTHING - {"passport_number", "hotel"}
        by = acting(how, own)
        assert (visible_fields(by, person), changeable_fields(by, person)) == (rest, rest)
        # That it is there may be told.
        assert filled(person) == EVERYTHING

    def test_fills_what_a_desk_left_empty(self, how: str, own: Party) -> None:
        person = f.MembershipFactory(party=own).person
        f.ParticularsFactory(person=person, hotel="Ritz")
        by = acting(how, own)
        assert visible_fields(by, again(person)) == set()
        assert changeable_fields(by, again(person)) == EVERYTHING - {"hotel"}

    def test_enters_all_of_whoever_has_nothing(self, how: str, own: Party) -> None:
        person = f.MembershipFactory(party=own).person
        assert changeable_fields(acting(how, own), again(person)) == EVERYTHING

    def test_looks_after_whom_was_entered_for_the_party_and_is_no_member_yet(self, how: str, own: Party) -> None:
        person = f.ParticularsFactory(entered_for=own, person__summit=own.summit).person
        assert changeable_fields(acting(how, own), again(person)) == EVERYTHING

    def test_of_a_person_who_changed_the_party_fills_what_is_empty(self, how: str, own: Party) -> None:
        person = f.MembershipFactory(party=own).person
        f.ParticularsFactory(person=person, entered_for=f.PartyFactory(summit=own.summit), diet="vegan")
        by = acting(how, own)
        assert visible_fields(by, again(person)) == set()
        assert changeable_fields(by, again(person)) == EVERYTHING - {"diet"}

    def test_acts_no_more_once_the_party_has_left(self, how: str, own: Party, people: dict[str, Person]) -> None:
        by = acting(how, own)
        if isinstance(by, User):
            f.InvitationFactory(party=own, state="revoked")
        elif isinstance(by, Link):
            own.invitations.get().links.update(revoked_at=f.START)
        else:
            PortalSignIn.objects.update(ended_at=f.START)
        assert visible_fields(by, people["own"]) == changeable_fields(by, people["own"]) == set()


def test_a_desk_that_is_a_focal_point_too_sees_both(own: Party, people: dict[str, Person]) -> None:
    user = acting("account", own)
    assert isinstance(user, User)
    own.summit.roles.create(user=user, role=Role.PROTOCOL)
    assert visible_fields(user, people["own"]) == EVERYTHING
    desk = of_groups(iter(["needs", "travel", "photo"]))
    assert visible_fields(user, people["foreign"]) == visible_fields(user, people["by a desk"]) == desk


def test_the_system_sees_everything(people: dict[str, Person]) -> None:
    assert all(visible_fields(SYSTEM, person) == EVERYTHING for person in people.values())


@pytest.mark.parametrize("how", HOW)
def test_many_people_cost_no_more_queries_than_one(how: str, own: Party, django_assert_num_queries: Any) -> None:
    by = acting(how, own)
    for _number in range(5):
        entered(own)
    joined = ("particulars__entered_for", "photo__entered_for", "membership__party")
    people = list(Person.objects.filter(membership__party=own, particulars__isnull=False).select_related(*joined))
    with django_assert_num_queries(3 if how == "account" else 1):
        reader = Reader(by)
        assert all(reader.visible(person) == reader.changeable(person) == EVERYTHING for person in people)
    assert len(people) == 5


def test_the_control_of_what_is_withheld(own: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    person = entered(None, member_of=own)
    by = acting("link", own)
    assert changeable_fields(by, person) == set()
    monkeypatch.setattr(fields, "others", lambda person, party: set())
    assert changeable_fields(by, person) == EVERYTHING
