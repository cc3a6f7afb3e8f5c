"""The printed table: every address by every role."""

from functools import cache
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from summit.management.commands.routes import READERS, table
from summit.permissions.models import Role
from summit.permissions.route_table import existing

rows = cache(table)


def cells(name: str, method: str) -> dict[str, str]:
    """Return a row's cells by the readers' names."""
    [row] = [row for row in rows() if row[0] == name and method in row[1].split("/")]
    return {reader.name: each for reader, each in zip(READERS, row[3:], strict=True)}


def test_it_has_every_address_and_every_role() -> None:
    assert {row[0] for row in rows()} == {name for name, _pattern in existing()}
    assert {str(role) for role in Role} < {reader.name for reader in READERS}


def test_a_deed_at_a_desk() -> None:
    led = dict.fromkeys(
        ("nobody", "account", "focal_point", "delegate", "liaison_officer", "media_representative"), ">"
    )
    seeing = ("protocol", "conference_officer", "press_officer", "press_approver", "viewer")
    assert cells("admin:agenda_session_cancel", "POST") == {
        **led,
        **dict.fromkeys(seeing, "see"),
        **{"organiser": "all", "programme": "all", "accreditation": "-", "vetting": "-", "superuser": "every"},
    }


def test_own_objects_in_the_portal() -> None:
    got = {method: cells("portal:invitation", method) for method in ("GET", "POST")}
    assert {method: row["focal_point"] for method, row in got.items()} == {"GET": "own", "POST": "own"}
    assert {method: row["delegate"] for method, row in got.items()} == {"GET": "own", "POST": "see own"}
    assert (got["GET"]["organiser"], got["GET"]["nobody"]) == ("!", ">")


def test_what_is_public_is_the_same_for_all() -> None:
    assert set(cells("press:text", "GET").values()) == {"all"}


def test_each_form_has_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("summit.management.commands.routes.table", rows)
    for form in ("text", "markdown", "compact"):
        out = StringIO()
        call_command("routes", stdout=out, format=form)
        for name, _pattern in existing():
            assert name.replace("|", "\\|" if form == "markdown" else "|") in out.getvalue()
        assert "all declared" in out.getvalue()


def test_a_view_without_a_declaration_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "summit.management.commands.routes.faults", lambda: ["views.py:3 (page) declares no route: x"]
    )
    with pytest.raises(CommandError, match=r"views\.py:3"):
        call_command("routes", stdout=StringIO())
