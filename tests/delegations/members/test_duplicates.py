"""Who is perhaps entered already."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.members.models.particulars import Particulars
from delegations.members.services import duplicates, passport_digests
from delegations.members.services.duplicates import find_duplicates
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db


def there(summit: Summit, **values: Any) -> Person:
    """Somebody who is entered, with particulars as the domain stores them."""
    person = f.PersonFactory(summit=summit, name=values.pop("name", ""), email=values.pop("email", ""))
    row = f.ParticularsFactory(person=person, **values)
    Particulars.objects.filter(pk=row.pk).update(**passport_digests.of(row))
    return person


def found(summit: Summit, **values: Any) -> list[tuple[str, str]]:
    return [(hit.person.name, hit.why.value) for hit in find_duplicates(summit=summit, values=values)]


def test_who_is_found_by_what(summit: Summit) -> None:
    there(summit, name="José Maria García", passport_number="AB123")
    day, box = date(1960, 1, 2), "box@land.example"
    there(summit, name="Zoe Example", birth_date=day, email="Box@land.example")
    there(summit, name="Al de Example", email="al@land.example")
    garcia, zoe = "José Maria García", "Zoe Example"
    for values, who in (
        *(({"name": name}, [(garcia, "name")]) for name in (garcia, "garcia jose maria", "GARCÍA, José Maria")),
        *(({"name": name}, []) for name in ("José García", "José Maria García López", "")),
        ({"name": "B", "passport_number": "ab 123"}, [(garcia, "passport")]),
        ({"name": "B", "passport_number": "AB124"}, []),
        ({"name": "Zoe Sample", "birth_date": day}, [(zoe, "birth")]),
        ({"name": "Zoe Sample", "birth_date": date(1960, 1, 3)}, []),
        *(({"name": name, "birth_date": day}, []) for name in ("Ann Sample", "")),
        ({"name": "Zoe Sample", "email": box.upper()}, [(zoe, "email")]),
        # An embassy has one mailbox for many, and short parts make nobody similar.
        *(({"name": "Ann Sample", "email": box}, []), ({"name": "Al de Sample", "email": "al@land.example"}, [])),
    ):
        assert found(summit, **values) == who, values
    assert found(f.SummitFactory(), name="B", passport_number="AB123") == []


def test_the_most_likely_first_and_oneself_never(summit: Summit) -> None:
    named = there(summit, name="Zoe Example")
    there(summit, name="X", passport_number="AB1")
    values = {"name": "Zoe Example", "passport_number": "AB1"}
    assert found(summit, **values) == [("X", "passport"), ("Zoe Example", "name")]
    assert [hit.person.name for hit in find_duplicates(summit=summit, values=values, exclude=named)] == ["X"]


def test_an_older_key_still_finds(summit: Summit, settings: Any) -> None:
    there(summit, name="A", passport_number="AB1")
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [old]
    assert found(summit, passport_number="AB1") == [("A", "passport")]
    settings.SECRET_KEY_FALLBACKS = []
    assert found(summit, passport_number="AB1") == []


def test_digests_tell_nothing_and_differ_by_kind_and_summit() -> None:
    made = {passport_digests.digest(kind, number, "19600102") for kind in ("passport", "birth") for number in (1, 2)}
    assert len(made) == 4
    assert all(len(one) == 64 for one in made)
    assert passport_digests.digest("passport", 1, "") == passport_digests.digest("birth", 1, None) == ""
    assert passport_digests.possible_digests("passport", 1, " - ") == []


def test_one_query_however_large_the_summit(summit: Summit, django_assert_num_queries: Any) -> None:
    f.PersonFactory(summit=summit, name="Zoe", office="")
    (hit,) = find_duplicates(summit=summit, values={"name": "Zoe"})
    assert hit.sentence == "Zoe already exists, in no delegation: same name."
    for _number in range(duplicates.MOST + 1):
        f.MembershipFactory(party__summit=summit, person__name="Zoe Example")
    with django_assert_num_queries(1):
        hits = find_duplicates(
            summit=summit, values={"name": "Example Zoe", "passport_number": "1", "email": "z@x.example"}
        )
        assert hits[0].sentence.startswith("Zoe Example, Minister")
    assert len(hits) == duplicates.MOST


def test_protocol_tells_them_apart_once(summit: Summit, protocol: User) -> None:
    row = f.DuplicateCandidateFactory(person__summit=summit)
    for by in (
        f.UserFactory.with_role(Role.VETTING, summit),
        f.UserFactory.with_role(Role.PROTOCOL, f.SummitFactory()),
    ):
        with pytest.raises(PermissionDenied, match=r"^Roles that can do this: organiser, protocol\.$"):
            duplicates.decide(rows=[row], by=by)
    assert [duplicates.decide(rows=[row], by=protocol) for _time in range(2)] == [1, 0]
    row.refresh_from_db()
    assert (row.decided_by, row.decided_at is not None) == (protocol, True)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_key) == ("delegations.tell_apart", row.person.public_id)
    assert entry.detail == {"rows": [f"summit.person:{row.other.public_id}"]}
