"""Two who write at once: a table is planned before SQLite's lock to write is taken, and imported once."""

import sqlite3
from base64 import b64encode
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
from summit.imports.models import ImportFile
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.imports.conftest import into
from tests.summit.api.conftest import program
from tests.threads import at_once, meet_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def summit(request: pytest.FixtureRequest) -> Summit:
    request.getfixturevalue("transactional_db")
    found: Summit = f.SummitFactory(slug="talks")
    Category.objects.of(found)
    return found


def stored(summit: Summit, text: str) -> ImportFile:
    return services.store(summit=summit, kind="people", filename="x.csv", content=text.encode(), by=SYSTEM)


def _amid(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Take a table over while another connection names the same person after it was planned for the first time;
    return whether the lock was held at each planning."""
    file = stored(summit, "country,name\nFrance,Ada Example\n")
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


def test_a_program_s_file_is_read_before_the_lock(
    summit: Summit, monkeypatch: pytest.MonkeyPatch, sqlite: bool
) -> None:
    protocol, held, plan = program(f.UserFactory.with_role(Role.PROTOCOL, summit)), [], importer.plan

    def planned(**asked: Any) -> Any:
        held.append(connection.in_atomic_block)
        return plan(**asked)

    monkeypatch.setattr(importer, "plan", planned)
    f.PartyFactory(summit=summit, name="France", iso_code="FR")
    content = b64encode(b"country,name,e-mail\nFrance,Ada Example,a@x.example\nFrance,Ada Example,b@x.example\n")
    sheets = "summits/talks/desk/sheets/"
    made = protocol.post(sheets, {"file_name": "x.csv", "content": content.decode()}).json()
    for action, values in (("look", {}), ("answer", {"answers": {"3 person": "other"}}), ("take", {})):
        assert protocol.post(f"{sheets}{made['id']}/{action}/", values, If_Match="*").status_code == 200
    # On PostgreSQL the rows are locked before people are planned: nobody else waits for them.
    assert held == [False, False, False, not sqlite]


def race(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Read one table in twice, by two who both plan first; return what came of each."""
    meet_after(monkeypatch, importer, "plan")
    text, answers = "delegation,name\nAcme,Ada\n,\n", {"* enter": "enter", "* kind": "organisation"}
    came = at_once(*[lambda: into(summit, text, answers=answers)] * 2)
    assert Person.objects.count() == 1
    return sorted(type(each).__name__ for each in came)


@pytest.mark.postgresql
def test_two_imports_of_one_table_write_once(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(summit, monkeypatch) == ["ImportReport", "ImportReport"]


@pytest.mark.postgresql
def test_control_without_the_lock_one_meets_the_constraint(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "lock", lambda summit, party: None)
    assert race(summit, monkeypatch) == ["ImportReport", "IntegrityError"]


@pytest.mark.postgresql
def test_a_file_that_two_import_is_imported_once(summit: Summit) -> None:
    file = stored(summit, "party,kind,name\nFrance,country,Ada Example\nItaly,country,Bea Example\n")
    both = [ImportFile.objects.select_related("summit").get(pk=file.pk) for _number in range(2)]
    came = at_once(*(lambda mine=mine: services.apply(file=mine, by=SYSTEM) for mine in both))
    assert sorted(type(each).__name__ for each in came) == ["ImportProblem", "ImportReport"]
    assert Membership.objects.count() == 2
