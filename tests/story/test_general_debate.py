"""The United Nations' table of 2022: a dry run first, what is odd in it, then written, and twice without change."""

from typing import Any

import pytest
from django.core.management import call_command

from delegations.models import Category, Membership, Particulars, Party
from summit.models import AuditEntry, Person, Summit
from tests import factories as f
from tests.schemas import DATA, needs_data

pytestmark = [
    pytest.mark.django_db,
    needs_data,
]
ODD = """Columns not known, and not used: order.
Row 110 (new) Palestine, Mahmoud Abbas: An observer at the United Nations, not a member: look at recognition and flag.
Row 111 (new) European Union, Charles Michel: “EU” is no code of ISO 3166: entered as an international \
organisation.
Row 149 (new) Holy See, Pietro Parolin: An observer at the United Nations, not a member: look at recognition and flag.
"""
NEW = "193 new, 0 changed, 0 as they are, 0 refused; 3 odd.\n"
SAME = "193 rows are read. 0 new, 0 changed, 193 as they are, 0 refused; 0 odd.\n"


def run(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    path = DATA / "unga-77" / "speakers.csv"
    call_command("import_delegations", str(path), "--summit", "debate", *args)
    return capsys.readouterr().out


def rows() -> list[list[Any]]:
    """All that an import writes, and what it records."""
    models = (Party, Person, Membership, Particulars, AuditEntry)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="debate")
    Category.objects.of(found)
    return found


def test_it_is_read_once_however_often(summit: Summit, capsys: pytest.CaptureFixture[str]) -> None:
    empty = rows()
    assert empty == [[]] * 5
    dry = run(capsys, "--dry-run")
    assert dry == f"{ODD}193 rows would be read: nothing was written. {NEW}"
    assert rows() == empty
    assert run(capsys) == f"{ODD}193 rows are read. {NEW}"
    written = rows()
    assert [len(table) for table in written[:3]] == [193, 193, 193]
    assert run(capsys) == f"Columns not known, and not used: order.\n{SAME}"
    assert rows() == written


def test_control_where_nobody_is_found_again_each_row_is_a_second_head(
    summit: Summit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys)
    monkeypatch.setattr("delegations.domain.incoming.known.Known.person", lambda self, party, **said: None)
    said = run(capsys)
    assert "Row 2 (refused) Brazil, Jair Bolsonaro: Brazil has a head already. Replace that person instead.\n" in said
    assert said.endswith("193 rows are read. 0 new, 0 changed, 0 as they are, 193 refused; 0 odd.\n")


def test_what_became_of_the_rows(summit: Summit, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys)
    for name, code, kind, head, office in (
        ("Palestine", "PS", "country", "Mahmoud Abbas", "President"),
        ("European Union", "", "international", "Charles Michel", "President"),
        ("Holy See", "VA", "country", "Pietro Parolin", "Secretary of State"),
        ("Germany", "DE", "country", "Olaf Scholz", "Prime Minister"),
    ):
        party = Party.objects.get(name=name)
        (member,) = party.memberships.select_related("person")
        assert (party.iso_code, party.kind) == (code, kind)
        assert (member.capacity, member.person.name, member.person.office) == ("head", head, office)
    assert Party.objects.exclude(kind="country").get().name == "European Union"
    # Names stand as the table has them, with their commas and accents.
    assert not Person.objects.filter(name="").exists()
