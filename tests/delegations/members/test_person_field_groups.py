"""Who sees and changes which of what people are asked for, and what is refused of what they enter."""

from datetime import date
from typing import Any

import pytest

from delegations.members import person_field_groups
from delegations.members.forms import PersonForm
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
from tests.ratchets import hold, table

pytestmark = pytest.mark.django_db
TRAVEL = {"organiser", "protocol", "accreditation", "vetting"}
# Whose role opens a whole group; each of them changes it too.
NEEDS = {"organiser", "protocol", "conference_officer"}
DESKS = {"passport": {"vetting"}, "needs": NEEDS, "travel": TRAVEL, "photo": TRAVEL}
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
    there = {name: Particulars._meta.get_field(name) for name in columns - ours}
    hold(table(there, PARTICULARS, f"{__file__} ours", "Declare it with `personal(...)`: its group and headings."))
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

    def test_sees_all_but_what_a_desk_corrected(
        self, own: Party, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Particulars.objects.filter(person=people["own"]).update(withheld=["passport_number", "hotel"])
        person = again(people["own"])
        rest = EVERYTHING - {"passport_number", "hotel"}
        by = acting("link", own)
        assert (visible_fields(by, person), FieldReader(by).changeable(person)) == (rest, rest)
        # That it is there may be told.
        assert filled(person) == EVERYTHING
        # Control: of a person whom a desk entered nothing is theirs, but for what is withheld.
        person = entered(None, member_of=own)
        assert FieldReader(by).changeable(person) == set()
        monkeypatch.setattr(person_field_groups, "others", lambda person, party: set())
        assert FieldReader(by).changeable(person) == EVERYTHING

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


def test_many_people_cost_no_more_queries_than_one(own: Party, django_assert_num_queries: Any) -> None:
    for _number in range(3):
        entered(own)
    joined = ("particulars__entered_for", "photo__entered_for", "membership__party")
    people = list(Person.objects.filter(membership__party=own, particulars__isnull=False).select_related(*joined))
    assert len(people) == 3
    for how, number in (("account", 3), ("link", 1), ("mailbox", 1)):
        by = acting(how, own)
        with django_assert_num_queries(number):
            reader = FieldReader(by)
            assert all(reader.visible(person) == reader.changeable(person) == EVERYTHING for person in people)


def errors(summit: Summit, person: Person | None = None, **values: Any) -> dict[str, list[str]]:
    fields = {name.removesuffix("_0").removesuffix("_1") for name in values}
    form = PersonForm(values, summit=summit, person=person, fields=fields)
    return {name: list(map(str, said)) for name, said in form.errors.items()}


EXPIRES = "This passport expires before the summit ends on Tuesday 1 April 2025. Enter the details of a renewed one."
NEAR = "Enter a date between Saturday 1 March 2025 and Thursday 1 May 2025."
LATIN = "Enter the name in Latin letters, as in the two lines at the bottom of the passport page."
DIGITS = "Use only Latin letters and digits. Copy the number from the passport."
LONG = "A passport number has at most 9 letters and digits. If this is another document, change its type."
WHEN = "Enter the date and time, such as 2025-03-30 14:30."
BOTH = "Enter the date and time."
YEAR = "Enter a year between 1900 and 2199."
CONTROL = "Character {} is a control character and can’t be printed. Remove it."


def other(value: str) -> str:
    return f"“{value}” is not in the list. Choose a value from the list."


# What is entered in one field, and what is said there; nothing where it is taken.
ONE: list[tuple[str, str, str]] = [
    *(("passport_expiry", "2025-03-31", EXPIRES), ("passport_expiry", "2025-04-01", "")),
    *(("passport_expiry", "2200-01-01", YEAR), ("birth_date", "1899-12-31", YEAR)),
    ("birth_date", "1990-13-45", "Enter the date, such as 1990-12-31."),
    *(("passport_name", "ÉLODIE D’ARC-MÜLLER", ""), ("passport_name", "Łukasz Ødegård Jr.", "")),
    *(("passport_name", "محمد", LATIN), ("passport_name", "ANNA 2", LATIN), ("passport_name", "…", LATIN)),
    *(("passport_number", "c01x00t47", ""), ("passport_number", "C01 X00-T47", "")),
    *(("passport_number", "C01/X00", DIGITS), ("passport_number", "Ж123", DIGITS)),
    *(("passport_number", "1234567890", LONG), ("nationality", "DE", ""), ("nationality", "XK", "")),
    *(("nationality", "QQ", other("QQ")), ("language", "xx", other("xx")), ("sex", "yes", other("yes"))),
    *(("arrives_at", "2025-03-01 00:00", ""), ("arrives_at", "2025-02-28 23:59", NEAR)),
    *(("departs_at", "2025-05-01 23:59", ""), ("departs_at", "2025-05-02 00:00", NEAR)),
    *(("arrives_at", "2025-03-30", BOTH), ("arrives_at", "2025-03-30 25:00", WHEN), ("office", "Minister", "")),
    ("name", "\u200b\u2060", "This text is invisible. Type it again, or leave it blank."),
    ("email", "office", "Enter a full email address, such as office@mission.example."),
    ("hotel", "H\x07", CONTROL.format(2)),
]


def test_what_is_refused(summit: Summit) -> None:
    for name, value, said in ONE:
        assert errors(summit, **{name: value}) == ({name: [said]} if said else {}), (name, value)
    late = "Enter a departure after the arrival."
    for values, found in (
        ({"passport_number": "1234567890", "passport_type": "diplomatic"}, {"passport_number": [LONG]}),
        ({"passport_number": "1234567890", "passport_type": "other"}, {}),
        ({"arrives_at_0": "2025-03-30", "arrives_at_1": ""}, {"arrives_at": [BOTH]}),
        ({"arrives_at_0": "", "arrives_at_1": "08:00"}, {"arrives_at": [BOTH]}),
        ({"arrives_at": "2025-03-30 12:00", "departs_at": "2025-03-30 11:59"}, {"departs_at": [late]}),
        ({"arrives_at": "2025-03-30 12:00", "departs_at": "2025-03-30 12:00"}, {}),
        ({"name": "", "office": ""}, {"name": ["Enter a name or the office held."]}),
        # Said once: there is a name, only not as it can stand.
        ({"name": "x" * 201, "office": ""}, {"name": ["Shorten this text to 200 characters. It has 201."]}),
        ({"diet": "no\x00nuts"}, {"diet": ["Null characters are not allowed.", CONTROL.format(3)]}),
    ):
        assert errors(summit, **values) == found, values


def test_what_is_not_given_counts_as_it_is_and_what_is_other_is_changed(summit: Summit) -> None:
    person = f.ParticularsFactory(
        person__summit=summit, arrives_at=f.START, passport_number="1234567890", passport_type="other"
    ).person
    before = {"departs_at": ["Enter a departure after the arrival."]}
    assert errors(summit, person, departs_at="2025-03-30 12:00") == before
    assert errors(summit, person, passport_type="ordinary") == {"passport_type": [LONG]}
    assert errors(summit, person, office="") == {"office": ["Enter a name or the office held."]}
    person = f.ParticularsFactory(person__summit=summit, hotel="Ritz", birth_date=date(1960, 1, 1)).person
    values = {"hotel": "Savoy", "birth_date": "1960-01-01", "diet": "", "name": "Zoe", "passport_expiry": ""}
    form = PersonForm(values, summit=summit, person=person, fields=values)
    assert form.is_valid()
    assert form.changed == {"name": "Zoe", "hotel": "Savoy"}
