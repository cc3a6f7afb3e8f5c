"""Who sees and changes which of what people are asked for."""

from datetime import date
from typing import Any

import pytest

from delegations.members import person_field_groups
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import GROUPS, PARTICULARS, FieldReader, filled, visible_fields
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from summit.audit.services import SYSTEM, By, Link, Mailbox
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
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
EVERYTHING = {*PARTICULARS, "photo"}
VALUES: dict[str, Any] = {
    **dict.fromkeys(PARTICULARS, "x"),
    **dict.fromkeys(("birth_date", "passport_expiry"), date(2030, 1, 1)),
    **dict.fromkeys(("arrives_at", "departs_at"), f.START),
}


def entered(party: Party | None, *, member_of: Party | None = None) -> Person:
    """A person whose every field was entered for a party; None: by a desk."""
    person = f.MembershipFactory(party=member_of or party).person
    f.ParticularsFactory(person=person, entered_for=party, **VALUES)
    f.PhotoFactory(person=person, entered_for=party)
    return again(person)


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_every_field_is_in_one_group() -> None:
    columns = {field.name for field in Particulars._meta.concrete_fields}
    ours = {"id", "person", "entered_for", "withheld", "updated_at", "passport_digest", "birth_digest"}
    where = "declare them with a group and headings in delegations/members/models/particulars.py"
    assert set(PARTICULARS) == columns - ours, f"{columns - ours - set(PARTICULARS)}: {where}"
    assert sorted(person_field_groups.GROUP_OF) == sorted([*PARTICULARS, "photo"])


@pytest.fixture
def own(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Own")


@pytest.fixture
def people(own: Party) -> dict[str, Person]:
    return {
        "own": entered(own),
        "foreign": entered(f.PartyFactory(summit=own.summit)),
        "by a desk": entered(None, member_of=own),
        "elsewhere": entered(f.PartyFactory()),
    }


def test_every_role_and_group(own: Party, people: dict[str, Person]) -> None:
    for role in Role:
        user = f.UserFactory()
        if role == Role.FOCAL_POINT:
            f.FocalPointFactory(party=own, person__user=user)
        elif role == Role.DELEGATE:
            f.MembershipFactory(party=own, person__user=user)
        elif role == Role.LIAISON_OFFICER:
            f.LiaisonOfficerFactory.create(summit=own.summit, person__user=user).parties.add(own)
        else:
            own.summit.roles.create(user=user, role=role)
        for whose, person in people.items():
            desk = {name for group in GROUPS if role in DESKS[group] for name in GROUPS[group].fields}
            mine = EVERYTHING if role == Role.FOCAL_POINT and whose == "own" else set()
            expected = mine | (desk if whose != "elsewhere" else set())
            assert visible_fields(user, person) == expected, (role, whose)
            assert FieldReader(user).changeable(person) == expected, (role, whose)
    assert all(visible_fields(SYSTEM, person) == EVERYTHING for person in people.values())


def acting(how: str, party: Party) -> By:
    if how == "account":
        return f.FocalPointFactory(party=party, person__user=f.UserFactory()).person.user
    if how == "link":
        return Link(f.InvitationLinkFactory(invitation__party=party).public_id)
    point = f.FocalPointFactory(party=party)
    return Mailbox(f.PortalSessionFactory(person=point.person, mailbox=point.person.email).public_id)


HOW = ["account", "link", "mailbox"]


class TestFocalPoint:
    @pytest.mark.parametrize("how", HOW)
    def test_sees_what_was_entered_until_it_has_left(self, how: str, own: Party, people: dict[str, Person]) -> None:
        by = acting(how, own)
        seen = {whose: visible_fields(by, person) for whose, person in people.items()}
        assert seen == {"own": EVERYTHING, "foreign": set(), "by a desk": set(), "elsewhere": set()}
        assert {whose: FieldReader(by).changeable(person) for whose, person in people.items()} == seen
        if isinstance(by, User):
            f.InvitationFactory(party=own, state="revoked")
            by = User.objects.get(pk=by.pk)
        elif isinstance(by, Link):
            own.invitations.get().links.update(revoked_at=f.START)
        else:
            PortalSession.objects.update(ended_at=f.START)
        assert visible_fields(by, people["own"]) == FieldReader(by).changeable(people["own"]) == set()

    def test_sees_all_but_what_a_desk_corrected(self, own: Party, people: dict[str, Person]) -> None:
        Particulars.objects.filter(person=people["own"]).update(withheld=["passport_number", "hotel"])
        person = again(people["own"])
        rest = EVERYTHING - {"passport_number", "hotel"}
        by = acting("link", own)
        assert (visible_fields(by, person), FieldReader(by).changeable(person)) == (rest, rest)
        # That it is there may be told.
        assert filled(person) == EVERYTHING

    def test_fills_what_is_empty(self, own: Party) -> None:
        by = acting("mailbox", own)
        bare, by_desk, moved = (f.MembershipFactory(party=own).person for _each in range(3))
        f.ParticularsFactory(person=by_desk, hotel="Ritz")
        f.ParticularsFactory(person=moved, entered_for=f.PartyFactory(summit=own.summit), hotel="Ritz")
        # Whom was entered for the party and is no member yet.
        early = f.ParticularsFactory(entered_for=own, person__summit=own.summit).person
        for person, kept in ((bare, set()), (by_desk, {"hotel"}), (moved, {"hotel"}), (early, set())):
            assert FieldReader(by).changeable(again(person)) == EVERYTHING - kept
        assert visible_fields(by, again(by_desk)) == visible_fields(by, again(moved)) == set()


def test_a_desk_that_is_a_focal_point_too_sees_both(own: Party, people: dict[str, Person]) -> None:
    user = acting("account", own)
    own.summit.roles.create(user=user, role=Role.PROTOCOL)
    assert visible_fields(user, people["own"]) == EVERYTHING
    desk = {name for group in ("needs", "travel", "photo") for name in GROUPS[group].fields}
    assert visible_fields(user, people["foreign"]) == visible_fields(user, people["by a desk"]) == desk


@pytest.mark.parametrize(("how", "number"), [("account", 3), ("link", 1), ("mailbox", 1)])
def test_many_people_cost_no_more_queries_than_one(
    how: str, number: int, own: Party, django_assert_num_queries: Any
) -> None:
    by = acting(how, own)
    for _number in range(3):
        entered(own)
    joined = ("particulars__entered_for", "photo__entered_for", "membership__party")
    people = list(Person.objects.filter(membership__party=own, particulars__isnull=False).select_related(*joined))
    with django_assert_num_queries(number):
        reader = FieldReader(by)
        assert all(reader.visible(person) == reader.changeable(person) == EVERYTHING for person in people)
    assert len(people) == 3


def test_the_control_of_what_is_withheld(own: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    person = entered(None, member_of=own)
    by = acting("link", own)
    assert FieldReader(by).changeable(person) == set()
    monkeypatch.setattr(person_field_groups, "others", lambda person, party: set())
    assert FieldReader(by).changeable(person) == EVERYTHING
