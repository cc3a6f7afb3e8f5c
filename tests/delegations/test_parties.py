"""Entering and changing parties, their names and their keys, by whoever asks the domain."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from delegations.domain import entering, parties
from delegations.models import Party, PartyName
from summit.models import AuditEntry, Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db
VALUES = {"name": "France", "formal_name": "French Republic", "sort_key": "France", "iso_code": "FR"}


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory()
    return found


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def recorded() -> list[tuple[str, list[str]]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "fields"))


def test_a_party_is_entered_and_recorded(summit: Summit, protocol: User) -> None:
    party = parties.enter(summit=summit, values=VALUES, by=protocol)
    assert Party.objects.get() == party
    assert recorded() == [("delegations.party.add", sorted(VALUES))]


def test_what_is_as_it_was_is_not_recorded(summit: Summit, protocol: User) -> None:
    party = f.PartyFactory(summit=summit, **VALUES)
    parties.change(party=party, values={**VALUES, "notes": "Call first."}, by=protocol)
    assert recorded() == [("delegations.party.change", ["notes"])]
    parties.change(party=party, values=VALUES, by=protocol)
    assert len(recorded()) == 1


def test_choices_are_told_and_texts_are_not(summit: Summit, protocol: User) -> None:
    party = f.PartyFactory(summit=summit)
    parties.change(party=party, values={"flag": "none", "notes": "Secret", "recognised": False}, by=protocol)
    detail = AuditEntry.objects.get().detail
    assert detail == {"values": {"flag": ["own", "none"], "recognised": [True, False]}}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "organisation"}, "iso_code"),
        ({"recognised": False}, "__all__"),
        ({"name": "Taken"}, "__all__"),
        ({"name": ""}, "name"),
        ({"name": "A\x07B"}, "name"),
        ({"flag": "pirate"}, "flag"),
        ({"is_host": True}, "is_host"),
        ({"level": "representative"}, "level"),
    ],
)
def test_what_can_t_be_is_refused_whoever_asks(
    summit: Summit, protocol: User, values: dict[str, Any], field: str
) -> None:
    f.PartyFactory(summit=summit, name="Taken", is_host=True)
    party = f.PartyFactory(summit=summit, **VALUES)
    with pytest.raises(ValidationError) as refused:
        parties.change(party=party, values=values, by=protocol)
    assert field in refused.value.message_dict
    with pytest.raises(ValidationError):
        parties.enter(summit=summit, values={**VALUES, "name": "New", **values}, by=protocol)
    assert recorded() == []


def test_a_level_of_an_earlier_rule_hinders_no_other_change(summit: Summit, protocol: User) -> None:
    party = f.PartyFactory(summit=summit, level="representative")
    assert parties.change(party=party, values={"mission_phone": "+44 20"}, by=protocol).mission_phone == "+44 20"
    with pytest.raises(ValidationError, match="Choose one of these levels"):
        parties.change(party=party, values={"level": "executive"}, by=protocol)


def test_what_is_no_field_of_a_desk_is_refused(summit: Summit, protocol: User) -> None:
    party = f.PartyFactory(summit=summit)
    for name in ("protocol_order", "summit", "public_id"):
        with pytest.raises(ValueError, match=name):
            parties.change(party=party, values={name: 1}, by=protocol)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PROGRAMME, Role.FOCAL_POINT])
def test_who_may_not_is_told_who_can(summit: Summit, role: Role) -> None:
    user = f.UserFactory.with_role(role, summit)
    party = f.PartyFactory(summit=summit)
    deeds: list[Any] = [
        lambda: parties.enter(summit=summit, values=VALUES, by=user),
        lambda: parties.change(party=party, values=VALUES, by=user),
        lambda: parties.set_names(party=party, names={"fr": {"name": "Pays"}}, by=user),
        lambda: parties.add_names(summit=summit, language="fr", names={party.pk: "Pays"}, by=user),
        lambda: parties.set_keys(party=party, keys={"registry": "1"}, by=user),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied, match="rotocol"):
            deed()


def test_names_are_set_as_a_whole(summit: Summit, protocol: User) -> None:
    party = f.PartyFactory(summit=summit)
    parties.set_names(party=party, names={"fr": {"name": "Pays"}, "ar": {"name": "بلد"}}, by=protocol)
    parties.set_names(party=party, names={"fr": {"name": "Pays", "footnote": "Une note."}}, by=protocol)
    assert list(party.names.values_list("language", "name", "footnote")) == [("fr", "Pays", "Une note.")]
    assert recorded() == [
        ("delegations.partyname.add", ["name"]),
        ("delegations.partyname.add", ["name"]),
        ("delegations.partyname.remove", []),
        ("delegations.partyname.change", ["footnote"]),
    ]
    assert set(AuditEntry.objects.values_list("part_of", flat=True)) == {f"delegations.party:{party.public_id}"}


@pytest.mark.parametrize("language", ["en", "xx"])
def test_no_name_in_the_first_language_or_in_none(summit: Summit, protocol: User, language: str) -> None:
    party = f.PartyFactory(summit=summit)
    with pytest.raises(ValidationError) as refused:
        parties.set_names(party=party, names={language: {"name": "Land"}}, by=protocol)
    assert "language" in refused.value.message_dict


def test_confirmed_names_are_added_and_none_is_replaced(summit: Summit, protocol: User) -> None:
    one, two = f.PartyFactory(summit=summit), f.PartyFactory(summit=summit)
    elsewhere = f.PartyFactory()
    f.PartyNameFactory(party=two, language="fr", name="Déjà là")
    names = {one.pk: " Pays ", two.pk: "Autre", elsewhere.pk: "Ailleurs"}
    assert parties.add_names(summit=summit, language="fr", names=names, by=protocol) == 1
    assert set(PartyName.objects.values_list("party", "name")) == {(one.pk, "Pays"), (two.pk, "Déjà là")}
    assert recorded() == [("delegations.partyname.add", [])]
    with pytest.raises(ValidationError):
        parties.add_names(summit=summit, language="ar", names={one.pk: " "}, by=protocol)


def test_many_names_cost_as_many_queries_as_few(
    summit: Summit, protocol: User, django_assert_num_queries: Any
) -> None:
    parties.check(protocol, "delegations.partyname.change", summit)
    for language, size in (("fr", 2), ("ar", 12)):
        rows = f.PartyFactory.create_batch(size, summit=summit)
        names = {row.pk: "Pays" for row in rows}
        # Two of them are the savepoint.
        with django_assert_num_queries(6):
            parties.add_names(summit=summit, language=language, names=names, by=protocol)


def test_keys_are_set_as_a_whole(summit: Summit, protocol: User) -> None:
    party = f.PartyFactory(summit=summit)
    parties.set_keys(party=party, keys={"registry": "1", "badges": "7"}, by=protocol)
    parties.set_keys(party=party, keys={"registry": "2"}, by=protocol)
    assert list(party.external_ids.values_list("system", "value", "summit")) == [("registry", "2", summit.pk)]
    other = f.PartyFactory(summit=summit)
    with pytest.raises(ValidationError) as refused:
        parties.set_keys(party=other, keys={"registry": "2"}, by=protocol)
    assert refused.value.messages == ["Another party has this key in this system."]


def test_a_party_is_entered_with_its_names_and_keys_or_not_at_all(summit: Summit, protocol: User) -> None:
    more = {"names": {"fr": {"name": "Pays"}}, "keys": {"registry": "1"}}
    party = parties.enter(summit=summit, values=VALUES, by=protocol, **more)
    assert [action for action, _fields in recorded()] == [
        "delegations.party.add",
        "delegations.partyname.add",
        "delegations.externalid.add",
    ]
    with pytest.raises(ValidationError):
        parties.change(party=party, values={"notes": "Call."}, names={"xx": {"name": "Land"}}, by=protocol)
    assert len(recorded()) == 3
    parties.change(party=party, values={}, names={}, keys={}, by=protocol)
    assert not party.names.exists()
    assert not party.external_ids.exists()


def test_people_have_keys_too(summit: Summit, protocol: User) -> None:
    party = parties.enter(summit=summit, values=VALUES, keys={"registry": "1"}, by=protocol)
    told = {"summit": summit, "party": party, "by": protocol}
    person = entering.enter_known(values={"name": "Ada Obi"}, keys={"registry": "1"}, **told)
    entering.change_known(person=person, values={"office": "Minister"}, keys={"registry": "2"}, by=protocol)
    assert [(row.system, row.value) for row in person.external_ids.all()] == [("registry", "2")]
    entry = AuditEntry.objects.filter(action="delegations.externalid.change").get()
    assert entry.part_of == f"summit.person:{person.public_id}"
    before = AuditEntry.objects.count()
    with pytest.raises(ValidationError):
        entering.enter_known(values={"name": "Ben Eze"}, keys={"registry": "2"}, **told)
    assert AuditEntry.objects.count() == before
    alone = entering.enter_known(summit=summit, party=None, values={"name": "Cy Ode"}, by=protocol)
    assert alone.external_ids.count() == 0
