"""Every constraint of what people are asked for: breaking it fails in the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from delegations.models import Particulars, Photo, Resemblance
from tests import factories as f

pytestmark = pytest.mark.django_db


def second_resemblance() -> None:
    row = f.ResemblanceFactory()
    f.ResemblanceFactory(person=row.person, other=row.other)


def own_resemblance() -> None:
    person = f.PersonFactory()
    f.ResemblanceFactory(person=person, other=person)


BREAKS: dict[str, Callable[[], object]] = {
    "particulars_departs_after_arrival": lambda: f.ParticularsFactory(
        arrives_at=f.START, departs_at=f.START - timedelta(minutes=1)
    ),
    "resemblance_once": second_resemblance,
    "resemblance_of_two": own_resemblance,
    "resemblance_why_known": lambda: f.ResemblanceFactory(why="feeling"),
    "resemblance_decided_whole": lambda: f.ResemblanceFactory(decided_at=f.START),
}
SAID_BY_SQLITE = {
    "resemblance_once": (
        "UNIQUE constraint failed: delegations_resemblance.person_id, delegations_resemblance.other_id"
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        BREAKS[name]()
    said = str(broken.value)
    assert name in said or said == SAID_BY_SQLITE.get(name)


def test_decided_by_somebody_at_no_time_fails_too() -> None:
    with pytest.raises(IntegrityError, match="resemblance_decided_whole"), transaction.atomic():
        f.ResemblanceFactory(decided_by=f.UserFactory())


def test_a_person_has_one_of_each() -> None:
    person = f.ParticularsFactory(person=f.PhotoFactory().person).person
    for again in (f.ParticularsFactory, f.PhotoFactory):
        with pytest.raises(IntegrityError), transaction.atomic():
            again(person=person)


def test_every_constraint_is_tried() -> None:
    found = {constraint.name for model in (Particulars, Photo, Resemblance) for constraint in model._meta.constraints}
    assert found == set(BREAKS)


def test_departing_when_one_arrives_is_taken() -> None:
    assert f.ParticularsFactory(arrives_at=f.START, departs_at=f.START).pk
