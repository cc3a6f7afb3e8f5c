"""The printed table: every address by every role."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from summit.management.commands.routes import READERS, table
from summit.models import Role
from summit.routes import existing


def printed(**options: Any) -> str:
    out = StringIO()
    call_command("routes", stdout=out, **options)
    return out.getvalue()


def cells(name: str, method: str) -> dict[str, str]:
    """Return a row's cells by the readers' names."""
    [row] = [row for row in table() if row[0] == name and method in row[1].split("/")]
    return {reader.name: each for reader, each in zip(READERS, row[3:], strict=True)}


def test_it_has_every_address_and_every_role() -> None:
    assert {row[0] for row in table()} == {name for name, _pattern in existing()}
    assert {str(role) for role in Role} < {reader.name for reader in READERS}


def test_a_deed_at_a_desk() -> None:
    led = dict.fromkeys(("nobody", "account", "focal_point", "delegate", "media_representative"), ">")
    seeing = ("protocol", "conference_officer", "press_officer", "press_approver", "viewer")
    assert cells("admin:programme_session_cancel", "POST") == {
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


@pytest.mark.parametrize("form", ["text", "markdown", "compact"])
def test_each_form_has_all_of_it(form: str) -> None:
    said = printed(format=form)
    for name, _pattern in existing():
        assert name.replace("|", "\\|" if form == "markdown" else "|") in said
    assert "all declared" in said
