"""Entering people, changing what is known of them, and who is perhaps entered already."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.members.services import duplicates, passport_digests, people
from delegations.members.services.duplicates import find_duplicates
from delegations.members.services.people import PossibleDuplicate
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, Link
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, language="fr", name="Own")


@pytest.fixture
def focal(party: Party) -> Link:
    return Link(f.InvitationLinkFactory(invitation__party=party).public_id)


def recorded() -> list[tuple[Any, ...]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "object_type", "fields", "detail"))


def stored(person: Person) -> tuple[int | None, list[str]]:
    row = Particulars.objects.get(person=person)
    return row.entered_for_id, row.withheld


class TestEnter:
    def test_by_a_focal_point(self, party: Party, focal: Link) -> None:
        values = {"name": "Zoe Example", "passport_number": "ab 123", "birth_date": "1960-01-02", "hotel": ""}
        person = people.create(party=party, values=values, by=focal)
        row = person.particulars
        assert (person.name, person.summit, person.language) == ("Zoe Example", party.summit, "fr")
        assert (row.passport_number, row.birth_date, row.hotel) == ("AB123", date(1960, 1, 2), "")
        assert stored(person) == (party.pk, [])
        assert not Membership.objects.filter(person=person).exists()
        assert recorded() == [
            ("summit.person.add", "summit.person", ["name"], {}),
            ("delegations.particulars.change", "summit.person", ["birth_date", "passport_number"], {}),
        ]

    def test_what_is_wrong_stores_nothing(self, party: Party, protocol: User) -> None:
        for values in ({}, {"diet": "vegan"}, {"name": " "}):
            refused = refuses(ValidationError, people.create, party=party, values=values, by=protocol)
            assert refused.message_dict == {"name": ["Enter a name or the office held."]}
        values = {"name": "A", "arrives_at": "2025-12-24 18:00"}
        refused = refuses(ValidationError, people.create, party=party, values=values, by=protocol)
        assert list(refused.message_dict) == ["arrives_at"]
        with pytest.raises(ValueError, match="no fields of a person: withheld"):
            people.create(party=party, values={"name": "A", "withheld": "[]"}, by=protocol)
        assert (Person.objects.filter(user=None).exists(), recorded()) == (False, [])

    def test_others_may_not(self, party: Party, vetting: User, protocol: User, focal: Link) -> None:
        foreign = f.UserFactory.with_role(Role.FOCAL_POINT, party.summit)
        some = "Roles that can do this: organiser, protocol, focal point."
        party.invitations.get().links.update(revoked_at=f.START)
        for by, values, said in (
            (vetting, {}, some),
            (foreign, {}, some),
            (protocol, {"passport_number": "1"}, "Roles that can do this: vetting, focal point."),
            (focal, {}, "You no longer act for Own."),
        ):
            refused = refuses(PermissionDenied, people.create, party=party, values={"name": "A", **values}, by=by)
            assert str(refused).startswith(said)


class TestChange:
    def test_only_what_is_named_and_other(self, party: Party, focal: Link) -> None:
        person = people.create(party=party, values={"name": "Zoe", "office": "Envoy", "hotel": "Ritz"}, by=focal)
        given = {"name": "Zoë", "office": "Envoy", "hotel": "Savoy"}
        assert people.change(person=person, values=given, by=focal) == {"name", "hotel"}
        person = Person.objects.get(pk=person.pk)
        assert (person.name, person.office, person.particulars.hotel) == ("Zoë", "Envoy", "Savoy")
        assert recorded()[-2:] == [
            ("summit.person.change", "summit.person", ["name"], {}),
            ("delegations.particulars.change", "summit.person", ["hotel"], {}),
        ]
        before = len(recorded())
        assert people.change(person=person, values=given, by=focal) == set()
        assert len(recorded()) == before

    def test_what_a_desk_corrects_is_withheld(self, party: Party, focal: Link, vetting: User, protocol: User) -> None:
        values = {"name": "Zoe", "passport_number": "AB1", "hotel": "Ritz"}
        person = people.create(party=party, values=values, by=focal)
        people.change(person=person, values={"passport_number": "AB2"}, by=vetting)
        people.change(person=person, values={"arrival_flight": "BA 1"}, by=protocol)
        assert stored(person) == (party.pk, ["arrival_flight", "passport_number"])
        refused = refuses(PermissionDenied, people.change, person=person, values={"passport_number": "AB3"}, by=focal)
        assert str(refused) == (
            "“passport number” was not entered by your delegation. To change it, write to protocol@host.example."
        )
        people.change(person=person, values={"hotel": "Savoy"}, by=focal)
        # What a desk empties may be entered again.
        people.change(person=person, values={"arrival_flight": ""}, by=protocol)
        assert stored(person) == (party.pk, ["passport_number"])
        people.change(person=person, values={"arrival_flight": "BA 2"}, by=focal)
        assert stored(person) == (party.pk, ["passport_number"])

    def test_what_others_entered_first_stays_hidden(self, party: Party, focal: Link, protocol: User) -> None:
        person, theirs = f.MembershipFactory(party=party).person, f.MembershipFactory(party=party).person
        people.change(person=person, values={"hotel": "Ritz", "diet": "vegan"}, by=protocol)
        assert stored(person) == (None, [])
        other = f.PartyFactory(summit=party.summit)
        f.ParticularsFactory(person=theirs, entered_for=other, diet="vegan", hotel="Ritz")
        for each in (person, theirs):
            people.change(person=each, values={"arrival_flight": "BA 1"}, by=focal)
            assert stored(each) == (party.pk, ["diet", "hotel"])

    def test_somebody_elses_focal_point_may_not_and_of_no_party_only_the_desks(
        self, protocol: User, focal: Link, vetting: User, party: Party
    ) -> None:
        person = f.PersonFactory(summit=protocol.roles.get().summit)
        assert people.change(person=person, values={"rank": "Minister"}, by=protocol) == {"rank"}
        for by in (focal, vetting):
            refused = refuses(PermissionDenied, people.change, person=person, values={"rank": "General"}, by=by)
            assert str(refused) == "Roles that can do this: organiser, protocol."
        person = f.MembershipFactory(party=party).person
        by = Link(f.InvitationLinkFactory(invitation__party__summit=party.summit).public_id)
        for field in ("diet", "hotel", "passport_name", "name"):
            refuses(PermissionDenied, people.change, person=person, values={field: "x"}, by=by)


def test_the_mailbox_of_a_focal_point_is_changed_by_a_desk(
    party: Party, focal: Link, protocol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mailbox opens the portal by a code: for a focal point, of all parties for which they act."""
    shared, member = (f.MembershipFactory(party=party, person__email="d@land.example").person for _each in range(2))
    f.FocalPointFactory(party=f.PartyFactory(summit=party.summit), person=shared)
    refused = refuses(PermissionDenied, people.change, person=shared, values={"email": "mine@land.example"}, by=focal)
    assert str(refused).startswith(f"{shared.office} is a focal point. To change their email address")
    assert people.change(person=shared, values={"email": "new@land.example"}, by=protocol) == {"email"}
    assert people.change(person=member, values={"email": "z@land.example"}, by=focal) == {"email"}
    # Control: without the look it would be changed.
    monkeypatch.setattr(people, "_check_mailbox", lambda *given: None)
    assert people.change(person=shared, values={"email": "mine@land.example"}, by=focal) == {"email"}


class TestAsked:
    """Whoever seems to be there already is pointed out to those who may know."""

    def test_a_desk_is_asked(self, party: Party, protocol: User) -> None:
        there = f.MembershipFactory(
            party__summit=party.summit, party__name="Aland", person__name="Zoe Example", person__office=""
        ).person
        asked = refuses(PossibleDuplicate, people.create, party=party, values={"name": "example zoë"}, by=protocol)
        assert str(asked) == "Zoe Example already exists in Aland: same name."
        assert [hit.person for hit in asked.hits] == [there]
        person = people.create(party=party, values={"name": "example zoë"}, by=protocol, another=[there.public_id])
        assert (person.name, DuplicateCandidate.objects.count()) == ("example zoë", 0)

    def test_a_focal_point_is_asked_of_its_own(
        self, party: Party, focal: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        foreign = f.MembershipFactory(party__summit=party.summit, person__name="Zoe Example").person
        # Nothing tells that somebody of another party has this passport and name.
        person = people.create(party=party, values={"name": "Zoe Example"}, by=focal)
        notes = list(DuplicateCandidate.objects.values_list("person", "other", "why", "decided_at"))
        assert notes == [(person.pk, foreign.pk, "name", None)]
        f.MembershipFactory(party=party, person=person)
        asked = refuses(PossibleDuplicate, people.create, party=party, values={"name": "Zoe Example"}, by=focal)
        assert [hit.person for hit in asked.hits] == [person]
        # Control: without the choice of what it is told it would learn of the other.
        monkeypatch.setattr(duplicates, "split_by_visibility", lambda by, hits, party: (list(hits), []))
        asked = refuses(PossibleDuplicate, people.create, party=party, values={"name": "Zoe Example"}, by=focal)
        assert {hit.person for hit in asked.hits} == {person, foreign}

    def test_the_system_asks_nobody(self, party: Party) -> None:
        f.PersonFactory(summit=party.summit, name="Zoe Example")
        people.create(party=party, values={"name": "Zoe Example"}, by=SYSTEM)
        assert DuplicateCandidate.objects.count() == 1

    def test_what_is_known_later_is_noted(self, party: Party, focal: Link) -> None:
        first = people.create(party=party, values={"name": "A", "passport_number": "AB1"}, by=focal)
        second = people.create(party=party, values={"name": "B"}, by=focal)
        assert DuplicateCandidate.objects.count() == 0
        people.change(person=second, values={"passport_number": "ab-1"}, by=focal)
        noted = DuplicateCandidate.objects.values_list("person", "other", "why")
        assert list(noted) == [(second.pk, first.pk, "passport")]
        # Not again from the other side.
        people.change(person=first, values={"name": "C"}, by=focal)
        assert DuplicateCandidate.objects.count() == 1


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


def test_digests_tell_nothing_and_an_older_key_still_finds(summit: Summit, settings: Any) -> None:
    there(summit, name="A", passport_number="AB1")
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [old]
    assert found(summit, passport_number="AB1") == [("A", "passport")]
    settings.SECRET_KEY_FALLBACKS = []
    assert found(summit, passport_number="AB1") == []
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
        values = {"name": "Example Zoe", "passport_number": "1", "email": "z@x.example"}
        hits = find_duplicates(summit=summit, values=values)
        assert hits[0].sentence.startswith("Zoe Example, Minister")
    assert len(hits) == duplicates.MOST


def test_protocol_tells_them_apart_once(summit: Summit, protocol: User, vetting: User) -> None:
    row = f.DuplicateCandidateFactory(person__summit=summit)
    for by in (vetting, f.UserFactory.with_role(Role.PROTOCOL, f.SummitFactory())):
        who = r"^Roles that can do this: organiser, protocol\.$"
        refuses(PermissionDenied, duplicates.decide, rows=[row], by=by, match=who)
    assert [duplicates.decide(rows=[row], by=protocol) for _time in range(2)] == [1, 0]
    row.refresh_from_db()
    assert (row.decided_by, row.decided_at is not None) == (protocol, True)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_key) == ("delegations.tell_apart", row.person.public_id)
    assert entry.detail == {"rows": [f"summit.person:{row.other.public_id}"]}
