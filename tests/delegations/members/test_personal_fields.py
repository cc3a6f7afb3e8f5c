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
from delegations.members import column_headings
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
)
from delegations.members.selectors import exports
from delegations.members.services import people
from delegations.overview.api.people import PersonViewSet
from delegations.privacy.models import Retention
from delegations.privacy.services import retention
from portal.views.delegation.person import SECTIONS
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core.encrypted_fields import EncryptedDateField, EncryptedTextField
from summit.core.personal_data import Content, PersonalDataKind, logged_fields
from summit.people.models import Person
from summit.permissions.rules import RULES
from summit.privacy import data_export, person_erasure, registry
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.ratchets import broken, hold

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
