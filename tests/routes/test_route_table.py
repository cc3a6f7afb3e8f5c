"""Every address is declared, and every declaration is an address."""

import inspect
from functools import cache
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from press.overview.admin.decisions import DECISIONS
from press.texts.permissions import DECISIONS as NEEDED
from summit.management.commands.routes import READERS, table
from summit.permissions.models import Role
from summit.permissions.route_access import NOBODY, Access, Gate, attach, route
from summit.permissions.route_table import declared, existing, faults
from summit.permissions.rules import RULES
from tests.browser.crawl.pages import OTHERS, declared_stops


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_every_address_is_declared_and_every_declaration_is_an_address() -> None:
    assert faults() == []
    assert {name for name, _pattern in existing()} == set(declared())


def test_a_view_without_a_declaration_is_named_by_file_and_line() -> None:
    line = inspect.getsourcelines(undeclared)[1]
    assert faults([path("x/", never_cache(undeclared), name="x")]) == [
        f"tests/routes/test_route_table.py:{line} (undeclared) declares no route: x"
    ]


def test_a_second_declaration_of_a_view_is_refused() -> None:
    view = route(Gate.EVERYBODY)(lambda request: HttpResponse())
    assert faults([path("x/", view, name="x")]) == []
    with pytest.raises(ImproperlyConfigured, match="declares its route twice"):
        attach(view, Access(Gate.EVERYBODY))


def test_names_are_given_once() -> None:
    names = [name for name, _pattern in existing()]
    assert sorted(names) == sorted(set(names))


def test_declarations_name_rules_that_there_are() -> None:
    named = {
        action
        for route in declared().values()
        for action in (route.see, route.do, route.post, *dict(route.posts).values())
        if action
    }
    assert named - {NOBODY} <= set(RULES)


def test_rules_are_asked_behind_a_gate_alone() -> None:
    """A page that everybody opens can't ask for a role: it doesn't know who reads it."""
    open_ones = [route for route in declared().values() if route.gate in (Gate.EVERYBODY, Gate.HOLDER)]
    assert [route.name for route in open_ones if {route.see, route.do, route.post} - {"", NOBODY}] == []
    assert len(open_ones) > 20


def test_every_decision_about_a_text_has_its_rule() -> None:
    assert DECISIONS.keys() == NEEDED.keys()


rows = cache(table)


def cells(name: str, method: str) -> dict[str, str]:
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


def test_every_address_is_walked() -> None:
    stops = list(declared_stops())
    asked = {
        name for name, route in declared().items() if "GET" in route.methods and not name.startswith("api-desk-")
    }
    assert {stop.route for stop in stops} == asked
    assert [str(stop) for stop in stops if "<" in stop.path] == []
    assert OTHERS.keys() <= asked
