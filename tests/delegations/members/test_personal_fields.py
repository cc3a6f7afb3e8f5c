"""Every declared field of a person is everywhere: forms, API, imports, exports, access log, erasure, retention.

Where something doesn't follow from the declaration, the message names the file to change.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, EmailField
from django.utils import timezone, translation

from delegations.imports import blank_files, column_recognition
from delegations.imports.models import TableKind
from delegations.imports.selectors import cell_values
from delegations.members import column_headings, person_field_groups
from delegations.members.api.particulars import (
    NeedsFilters,
    NeedsViewSet,
    PassportViewSet,
    PersonParticularsViewSet,
    TravelViewSet,
)
from delegations.members.forms import PersonForm
from delegations.members.models.particulars import FieldGroup, Particulars
from delegations.members.person_field_groups import (
    COLUMNS,
    GROUP_OF,
    GROUPS,
    LOGGED,
    PARTICULARS,
    PERSON,
    FieldReader,
    filled,
    visible_fields,
)
from delegations.members.selectors import exports
from delegations.members.services import people
from delegations.overview.api.people import PersonViewSet
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.privacy.models import Retention
from delegations.privacy.services import retention
from portal.views.delegation.person import SECTIONS
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, By, Link, Mailbox
from summit.core.encrypted_fields import EncryptedDateField, EncryptedTextField
from summit.core.personal_data import Content, PersonalDataKind, logged_fields
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import RULES
from summit.privacy import data_export, person_erasure, registry
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.ratchets import broken, hold, table

pytestmark = pytest.mark.django_db
VIEWSETS: dict[str, type[PersonParticularsViewSet]] = {
    "passport": PassportViewSet,
    "needs": NeedsViewSet,
    "travel": TravelViewSet,
}
CONTENTS = {Content.COUNTRY_CODE: "IT", Content.COUNTRY_NAME: "Italy", Content.TIME_ZONE: "Europe/Rome"}
# Erased people still have a language, in which mail that waits is written.
STAYS = {"language": "fr"}


def value(name: str) -> Any:
    """Return a value that the form takes for a field: its example, or a text with its name."""
    column, declared = COLUMNS[name], COLUMNS[name].personal_field
    if column.choices:
        return str(column.choices[1][0])
    if isinstance(column, EncryptedDateField):
        return date.fromisoformat(str(declared.example))
    if isinstance(column, DateTimeField):
        return timezone.make_aware(datetime.fromisoformat(str(declared.example)), timezone.get_default_timezone())
    return CONTENTS.get(declared.content) or str(declared.example) or f"Canary {name}"


@pytest.fixture
def person(summit: Summit) -> Person:
    """A person of whom everything is entered, by the service that forms, imports and API use."""
    created = people.create_without_party(summit=summit, values={name: value(name) for name in COLUMNS}, by=SYSTEM)
    return again(created)


def again(person: Person) -> Person:
    return Person.objects.select_related("summit", "particulars").get(pk=person.pk)


def stored(person: Person) -> dict[str, Any]:
    row = Particulars.objects.filter(person=person).first()
    found = {name: getattr(person, name) for name in PERSON}
    return found | {name: getattr(row, name) if row else "" for name in PARTICULARS}


def all_have(has: Callable[[str], object], todo: str, names: Any = COLUMNS) -> None:
    hold(broken(todo, [(COLUMNS[name], name) for name in names if not has(name)]))


def test_it_is_entered_checked_and_stored(person: Person) -> None:
    form = PersonForm(summit=person.summit)
    all_have(lambda name: name in form.fields, "delegations/members/forms.py builds its fields from COLUMNS")
    assert stored(person) == {name: value(name) for name in COLUMNS}
    long = [name for name in COLUMNS if (COLUMNS[name].max_length or 0) >= 300]
    all_have(lambda name: COLUMNS[name].personal_field.multiline, "declare it with multiline=True", long)
    too_long = {
        name: "x" * (COLUMNS[name].max_length + 1)
        for name in COLUMNS
        if isinstance(value(name), str) and COLUMNS[name].max_length and not isinstance(COLUMNS[name], EmailField)
    }
    refused = refuses(ValidationError, people.change, person=person, values=too_long, by=SYSTEM)
    all_have(lambda name: name in refused.message_dict, "the length of the column is checked", too_long)


def test_what_a_stranger_must_not_read_is_encrypted_and_every_text_is_limited() -> None:
    secret = {*GROUPS["passport"].fields, *GROUPS["needs"].fields}
    encrypted = EncryptedTextField, EncryptedDateField
    all_have(lambda name: isinstance(COLUMNS[name], encrypted), "passports and needs are encrypted columns", secret)
    texts = [name for name in PARTICULARS if isinstance(value(name), str)]
    all_have(lambda name: bool(COLUMNS[name].max_length), "declare it with a max_length", texts)
    all_have(lambda name: COLUMNS[name].blank, "declare it with blank=True: particulars come one by one", PARTICULARS)


def test_its_heading_is_recognised_in_each_language() -> None:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            headings = {name: column_headings.heading(name) for name in COLUMNS}
        found = {name: column_recognition.recognise([heading]).known for name, heading in headings.items()}
        all_have(lambda name: found[name] == {0: name}, f"locale/{language}/LC_MESSAGES/django.po")  # noqa: B023
        twice = Counter(headings.values())
        all_have(lambda name: twice[headings[name]] == 1, f"another field is called so too in {language}")  # noqa: B023
    words = {name: column.personal_field.headings for name, column in COLUMNS.items()}
    known = {each: column_recognition.recognise([each]).known for name in words for each in words[name].split(",")}
    all_have(lambda name: all(known[each] for each in words[name].split(",")), "another field has one of its words")
    all_have(lambda name: re.search("[\u0600-\u06ff]", words[name]), "write one of its headings in Arabic")


def test_blank_files_have_it_and_say_what_it_takes() -> None:
    shown = blank_files.names(TableKind.PEOPLE)
    all_have(lambda name: name in shown, "delegations/imports/blank_files.py")
    assert blank_files._accepted_values("sex", {}) == "One of: female, male, unspecified."
    assert blank_files._accepted_values("birth_date", {}) == "Year, month and day"
    assert blank_files._accepted_values("departs_at", {}) == "Date and time at the venue"
    examples = {name: blank_files._example(name) for name in COLUMNS}
    taken = {name: cell_values.cell(name, example) == (example or "") for name, example in examples.items()}
    all_have(taken.__getitem__, "declare it with an example that a file may have")


def test_the_api_takes_and_gives_it() -> None:
    for group, viewset in VIEWSETS.items():
        fields, taken = viewset.serializer_class().fields, viewset.input_serializer_class().fields  # type: ignore[misc]
        where = "delegations/members/api/particulars.py builds its fields from the group"
        all_have(lambda name: name in fields and name in taken, where, GROUPS[group].fields)  # noqa: B023
    whole = PersonViewSet.serializer_class().fields, PersonViewSet.update_serializer_class().fields  # type: ignore[misc]
    all_have(lambda name: all(name in fields for fields in whole), "delegations/overview/api/people.py", PERSON)
    assert set(VIEWSETS) == set(GROUPS) - {"photo"}


def test_the_api_finds_whoever_has_any_need(summit: Summit) -> None:
    needs = GROUPS["needs"].fields
    people = {name: f.ParticularsFactory(person__summit=summit, **{name: value(name)}).person for name in needs}
    f.ParticularsFactory(person__summit=summit, hotel="Ritz")
    found = NeedsFilters({"entered": "true"}, Person.objects.all()).qs
    all_have(lambda name: people[name] in found, "NeedsFilters in delegations/members/api/particulars.py", needs)
    assert len(found) == len(needs)


def test_each_group_has_its_rules_and_a_section_in_the_portal() -> None:
    for group in GROUPS.values():
        assert RULES[group.view].any == set(group.viewers)
        assert RULES[group.change].any == set(group.changers)
    assert {name: fields for name, (_title, fields) in SECTIONS.items() if name in VIEWSETS} == {
        name: GROUPS[name].fields for name in VIEWSETS
    }
    assert len({*GROUPS.values()}) == len(GROUPS)
    assert all(isinstance(each, FieldGroup) for each in GROUPS.values())


def test_whoever_sees_it_is_recorded(person: Person) -> None:
    desk = signed_in(f.UserFactory(is_superuser=True))
    for group in VIEWSETS:
        assert desk.get(f"/admin/summit/person/{person.pk}/{group}/").status_code == 200
    assert desk.get(f"/admin/summit/person/{person.pk}/").status_code == 200
    seen = {name for entry in AuditEntry.objects.filter(action=SEEN) for name in entry.fields}
    logged = {name for name in COLUMNS if COLUMNS[name].personal_field.logged}
    all_have(lambda name: name in seen, "page_shows in delegations/overview/admin/people.py", logged)
    assert set(COLUMNS) - logged == {"language", "time_zone"}
    assert not seen & {"language", "time_zone"}


def test_the_audit_never_stores_it_exports_have_it_and_the_person_gets_it(person: Person) -> None:
    assert set(LOGGED) == logged_fields(Person) & set(PERSON)
    assert logged_fields(Particulars) == set(PARTICULARS)
    dump = " ".join(str(row) for row in AuditEntry.objects.values_list("fields", "detail"))
    texts = [name for name in COLUMNS if isinstance(value(name), str) and len(value(name)) > 2]
    all_have(lambda name: value(name) not in dump, "the audit holds its value", texts)
    named = {name for entry in AuditEntry.objects.all() for name in entry.fields}
    all_have(lambda name: name in named, "the audit says that it was entered", set(COLUMNS) - {"language"})
    table = exports.people(Person.objects.all(), by=SYSTEM)
    cells = dict(zip(table.names, table.rows[0], strict=True))
    all_have(lambda name: bool(cells.get(name)), "delegations/members/selectors/exports.py")
    assert set(table.fields) == {name for name in COLUMNS if COLUMNS[name].personal_field.logged}
    parts = data_export.gather(registry.subject_of(person))
    given = {**parts["person"].rows[0], **parts["particulars"].rows[0]}
    all_have(lambda name: given.get(name) not in (None, ""), "summit/privacy/registry.py leaves it out")
    (portion,) = [each for each in registry.portions() if each.name == "particulars"]
    restricted = {name: each.action for each in portion.restricted for name in each.columns}
    assert restricted == {name: GROUP_OF[name].view for name in PARTICULARS}


def test_erasing_a_person_leaves_none_of_it(person: Person) -> None:
    person_erasure.clear(person=person, by=SYSTEM)
    left = stored(again(person))
    assert left.pop("name") == "erased person"
    assert {name: kept for name, kept in left.items() if kept} == STAYS


def test_each_retention_time_ends_it(person: Person) -> None:
    for kind in PersonalDataKind:
        Retention.objects.create(summit=person.summit, what=kind, days=1)
    for kind in {COLUMNS[name].personal_field.kept_as for name in COLUMNS} - {PersonalDataKind.PERSON}:
        names = [name for name in COLUMNS if COLUMNS[name].personal_field.kept_as == kind]
        Retention.objects.exclude(what=kind).update(days=None)
        Retention.objects.filter(what=kind).update(days=1)
        retention.purge(summit=person.summit, today=date(2030, 1, 1))
        left = stored(again(person))
        all_have(lambda name: left[name] in ("", None), f"the purge of {kind} leaves it", names)  # noqa: B023
    assert not filled(again(person))
    Retention.objects.update(days=1)
    retention.purge(summit=person.summit, today=date(2030, 1, 1))
    left = stored(again(person))
    assert left.pop("name") == "erased person"
    assert {name: kept for name, kept in left.items() if kept} == STAYS


def test_control_a_field_that_no_group_has(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """What everything follows from: without its group, nobody sees a field, and no page has it."""
    monkeypatch.setitem(vars(GROUPS["needs"]), "fields", ("diet",))
    assert "access" not in NeedsViewSet.serializer_class().fields  # type: ignore[misc]
    assert "access" not in FieldReader(SYSTEM).visible(person)


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
def by_entry(own: Party) -> dict[str, Person]:
    return {
        "own": entered(own),
        "foreign": entered(f.PartyFactory(summit=own.summit)),
        "by a desk": entered(None, member_of=own),
        "elsewhere": entered(f.PartyFactory()),
    }


def test_every_role_and_group(own: Party, by_entry: dict[str, Person]) -> None:
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
        for whose, person in by_entry.items():
            desk = {name for group in GROUPS if role in DESKS[group] for name in GROUPS[group].fields}
            mine = EVERYTHING if role == Role.FOCAL_POINT and whose == "own" else set()
            expected = mine | (desk if whose != "elsewhere" else set())
            assert visible_fields(user, person) == expected, (role, whose)
            assert FieldReader(user).changeable(person) == expected, (role, whose)
    assert all(visible_fields(SYSTEM, person) == EVERYTHING for person in by_entry.values())


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
    def test_sees_what_was_entered_until_it_has_left(self, how: str, own: Party, by_entry: dict[str, Person]) -> None:
        by = acting(how, own)
        seen = {whose: visible_fields(by, person) for whose, person in by_entry.items()}
        assert seen == {"own": EVERYTHING, "foreign": set(), "by a desk": set(), "elsewhere": set()}
        assert {whose: FieldReader(by).changeable(person) for whose, person in by_entry.items()} == seen
        if isinstance(by, User):
            f.InvitationFactory(party=own, state="revoked")
            by = User.objects.get(pk=by.pk)
        elif isinstance(by, Link):
            own.invitations.get().links.update(revoked_at=f.START)
        else:
            PortalSession.objects.update(ended_at=f.START)
        assert visible_fields(by, by_entry["own"]) == FieldReader(by).changeable(by_entry["own"]) == set()

    def test_sees_all_but_what_a_desk_corrected(
        self, own: Party, by_entry: dict[str, Person], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Particulars.objects.filter(person=by_entry["own"]).update(withheld=["passport_number", "hotel"])
        person = again(by_entry["own"])
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


def test_a_desk_that_is_a_focal_point_too_sees_both(own: Party, by_entry: dict[str, Person]) -> None:
    user = acting("account", own)
    own.summit.roles.create(user=user, role=Role.PROTOCOL)
    assert visible_fields(user, by_entry["own"]) == EVERYTHING
    desk = {name for group in ("needs", "travel", "photo") for name in GROUPS[group].fields}
    assert visible_fields(user, by_entry["foreign"]) == visible_fields(user, by_entry["by a desk"]) == desk


def test_many_people_cost_no_more_queries_than_one(own: Party, django_assert_num_queries: Any) -> None:
    for _number in range(3):
        entered(own)
    joined = ("particulars__entered_for", "photo__entered_for", "membership__party")
    by_entry = list(Person.objects.filter(membership__party=own, particulars__isnull=False).select_related(*joined))
    assert len(by_entry) == 3
    for how, number in (("account", 3), ("link", 1), ("mailbox", 1)):
        by = acting(how, own)
        with django_assert_num_queries(number):
            reader = FieldReader(by)
            assert all(reader.visible(person) == reader.changeable(person) == EVERYTHING for person in by_entry)


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
