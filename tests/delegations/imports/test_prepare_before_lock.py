"""On SQLite a table is planned before the lock to write is taken, and taken over once, whoever writes meanwhile."""

import sqlite3
from typing import Any

import pytest
from django.db import connection

from delegations.imports.services import importer
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from summit.audit.services import SYSTEM
from summit.core import prepare_before_lock
from summit.imports import services
from summit.imports.definitions import ImportProblem
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = b"country,name\nFrance,Ada Example\n"


@pytest.fixture
def summit(request: pytest.FixtureRequest) -> Summit:
    request.getfixturevalue("transactional_db")
    found: Summit = f.SummitFactory(slug="talks")
    Category.objects.of(found)
    return found


def _amid(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Take a table over while another connection names the same person after it was planned for the first time;
    return whether the lock was held at each planning."""
    file = services.store(summit=summit, kind="people", filename="x.csv", content=TABLE, by=SYSTEM)
    party = f.PartyFactory(summit=summit, name="France", iso_code="FR")
    there = f.PersonFactory(summit=summit, name="")
    f.MembershipFactory(person=there, party=party)
    held, plan = [], importer.plan

    def planned(**asked: Any) -> Any:
        found = plan(**asked)
        held.append(connection.in_atomic_block)
        if len(held) == 1:
            other = sqlite3.connect(connection.settings_dict["NAME"], timeout=10)
            other.execute("UPDATE summit_person SET name = 'Ada Example' WHERE id = ?", (there.pk,))
            other.commit()
            other.close()
        return found

    monkeypatch.setattr(importer, "plan", planned)
    services.apply(file=file, by=SYSTEM)
    with pytest.raises(ImportProblem):
        services.apply(file=file, by=SYSTEM)
    return held


def test_what_was_written_meanwhile_is_there(summit: Summit, monkeypatch: pytest.MonkeyPatch, sqlite: bool) -> None:
    if not sqlite:
        # There others don't wait: all is done in the transaction.
        assert prepare_before_lock.others_wrote() is None
        return
    assert _amid(summit, monkeypatch) == [False, True]
    assert (Person.objects.count(), Membership.objects.count()) == (1, 1)


def test_control_where_nobody_looks_somebody_is_there_twice(
    summit: Summit, monkeypatch: pytest.MonkeyPatch, sqlite: bool
) -> None:
    if sqlite:
        monkeypatch.setattr(prepare_before_lock, "others_wrote", lambda: lambda: False)
        assert _amid(summit, monkeypatch) == [False]
        assert Person.objects.count() == 2
