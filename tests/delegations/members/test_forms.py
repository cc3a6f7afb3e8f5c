"""What is entered of a person is checked, and refused in sentences."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from delegations.members.forms import PersonForm
from delegations.members.person_field_groups import PARTICULARS, PERSON
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f

pytestmark = pytest.mark.django_db


def errors(summit: Summit, person: Person | None = None, **values: Any) -> dict[str, list[str]]:
    fields = {name.removesuffix("_0").removesuffix("_1") for name in values}
    form = PersonForm(values, summit=summit, person=person, fields=fields)
    return {name: list(map(str, said)) for name, said in form.errors.items()}


def test_it_has_every_field_or_only_those_that_are_wanted(summit: Summit) -> None:
    assert list(PersonForm(summit=summit).fields) == [*PERSON, *PARTICULARS]
    assert list(PersonForm(summit=summit, fields={"hotel", "name"}).fields) == ["name", "hotel"]


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


def test_nobody_is_born_tomorrow_at_the_venue(summit: Summit) -> None:
    today = timezone.localdate(timezone=summit.zone)
    said = "Enter a date of birth in the past, as in the passport."
    assert errors(summit, birth_date=today.isoformat()) == {}
    assert errors(summit, birth_date=(today + timedelta(days=1)).isoformat()) == {"birth_date": [said]}


def test_moments_are_the_venues(summit: Summit) -> None:
    form = PersonForm({"arrives_at_0": "2025-03-31", "arrives_at_1": "09:30"}, summit=summit, fields=["arrives_at"])
    assert form.is_valid()
    # London has summer time on that day.
    assert form.cleaned_data == {"arrives_at": datetime(2025, 3, 31, 8, 30, tzinfo=UTC)}
    person = f.ParticularsFactory(person__summit=summit, arrives_at=f.START).person
    shown = str(PersonForm(summit=summit, person=person, fields=["arrives_at"])["arrives_at"])
    assert 'value="31/03/2025"' in shown
    assert 'value="09:00"' in shown
    # What was posted and refused stands there as it was.
    posted = PersonForm({"arrives_at_0": "2025-03-31", "arrives_at_1": ""}, summit=summit, fields=["arrives_at"])
    assert 'value="31/03/2025"' in str(posted["arrives_at"])


def test_dates_and_moments_of_python_are_taken(summit: Summit) -> None:
    values = {"arrives_at": f.START, "birth_date": date(1960, 2, 29)}
    form = PersonForm(values, summit=summit, fields=values)
    assert form.is_valid()
    assert form.cleaned_data == values


def test_what_is_not_given_counts_as_it_is(summit: Summit) -> None:
    person = f.ParticularsFactory(
        person__summit=summit, arrives_at=f.START, passport_number="1234567890", passport_type="other"
    ).person
    before = {"departs_at": ["Enter a departure after the arrival."]}
    assert errors(summit, person, departs_at="2025-03-30 12:00") == before
    assert errors(summit, person, passport_type="ordinary") == {"passport_type": [LONG]}
    assert errors(summit, person, office="") == {"office": ["Enter a name or the office held."]}


def test_changed_names_what_is_other_than_before(summit: Summit) -> None:
    person = f.ParticularsFactory(person__summit=summit, hotel="Ritz", birth_date=date(1960, 1, 1)).person
    values = {"hotel": "Savoy", "birth_date": "1960-01-01", "diet": "", "name": "Zoe", "passport_expiry": ""}
    form = PersonForm(values, summit=summit, person=person, fields=values)
    assert form.is_valid()
    assert form.changed == {"name": "Zoe", "hotel": "Savoy"}


def test_countries_are_named_in_the_readers_language(summit: Summit) -> None:
    for language, name in (("en", "Germany"), ("fr", "Allemagne")):
        with translation.override(language):
            offered = list(PersonForm(summit=summit, fields=["nationality"]).fields["nationality"].choices)
        assert offered[:2] == [("", "–"), ("AF", "Afghanistan")]
        assert dict(offered)["DE"] == name
        assert len({code for code, _name in offered}) == len(offered) == 252
