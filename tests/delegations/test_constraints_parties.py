"""Every constraint of parties, their names, their keys and the policy: breaking it fails in the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from delegations.models import ExternalId, Party, PartyName, Policy
from tests import factories as f
from tests.delegations import test_constraints

pytestmark = pytest.mark.django_db


def second_name_in_a_language() -> None:
    name = f.PartyNameFactory()
    f.PartyNameFactory(party=name.party, language=name.language)


def key_of_a_party() -> ExternalId:
    return f.ExternalIdFactory()


def key_of_a_person() -> ExternalId:
    return f.ExternalIdFactory(party=None, person=f.PersonFactory())


def key_of_nobody() -> None:
    ExternalId.objects.create(summit=f.SummitFactory(), system="registry", value="1")


def key_of_two() -> None:
    party = f.PartyFactory()
    f.ExternalIdFactory(party=party, person=f.PersonFactory(summit=party.summit))


def partys_key_twice() -> None:
    key = key_of_a_party()
    f.ExternalIdFactory(party=f.PartyFactory(summit=key.summit), value=key.value)


def persons_key_twice() -> None:
    key = key_of_a_person()
    f.ExternalIdFactory(party=None, person=f.PersonFactory(summit=key.summit), value=key.value)


def second_key_of_a_party() -> None:
    f.ExternalIdFactory(party=key_of_a_party().party)


def second_key_of_a_person() -> None:
    f.ExternalIdFactory(party=None, person=key_of_a_person().person)


BREAKS: dict[str, Callable[[], object]] = {
    "party_flag_known": lambda: f.PartyFactory(flag="pirate"),
    "party_level_known": lambda: f.PartyFactory(level="king"),
    "party_flag_of_recognised": lambda: f.PartyFactory(recognised=False, flag="own"),
    "party_name_in_language_once": second_name_in_a_language,
    "external_id_of_one": key_of_nobody,
    "external_id_of_party_once": partys_key_twice,
    "external_id_of_person_once": persons_key_twice,
    "external_id_once_for_party": second_key_of_a_party,
    "external_id_once_for_person": second_key_of_a_person,
    "policy_confirmed_after_named": lambda: f.PolicyFactory(name_by=f.START, confirm_by=f.START - timedelta(days=1)),
}
KEY = "UNIQUE constraint failed: delegations_externalid"
SAID_BY_SQLITE = {
    "party_name_in_language_once": (
        "UNIQUE constraint failed: delegations_partyname.party_id, delegations_partyname.language"
    ),
    "external_id_of_party_once": f"{KEY}.summit_id, delegations_externalid.system, delegations_externalid.value",
    "external_id_of_person_once": f"{KEY}.summit_id, delegations_externalid.system, delegations_externalid.value",
    "external_id_once_for_party": f"{KEY}.party_id, delegations_externalid.system",
    "external_id_once_for_person": f"{KEY}.person_id, delegations_externalid.system",
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        BREAKS[name]()
    said = str(broken.value)
    assert name in said or said == SAID_BY_SQLITE.get(name)


def test_a_key_is_not_of_two() -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        key_of_two()
    assert "external_id_of_one" in str(broken.value)


def test_every_constraint_is_tried() -> None:
    found = {
        constraint.name for model in (Party, PartyName, ExternalId, Policy) for constraint in model._meta.constraints
    }
    assert found <= set(BREAKS) | set(test_constraints.BREAKS)


def test_a_party_and_a_person_may_have_one_key_in_one_system() -> None:
    key = key_of_a_party()
    f.ExternalIdFactory(party=None, person=f.PersonFactory(summit=key.summit), value=key.value)
    assert ExternalId.objects.filter(value=key.value).count() == 2
