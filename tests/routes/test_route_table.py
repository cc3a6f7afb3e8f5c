"""Every address is declared, and every declaration is an address."""

import inspect
from collections import Counter
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
from tests.ratchets import at, broken, hold, page


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_every_address_is_declared_and_every_declaration_is_an_address() -> None:
    todo = "Put the decorator on the view that says who opens it: summit/permissions/route_access.py lists them."
    hold(faults() and [*faults(), f"  To do: {todo}"])
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
    names = Counter(name for name, _pattern in existing())
    twice = [(page(name), name) for name, number in names.items() if number > 1]
    hold(broken("Give each of its addresses a name of its own in the app's urls.py.", twice))


def test_declarations_name_rules_that_there_are() -> None:
    known = {"", NOBODY, *RULES}
    routes = declared().values()
    named = [(each.name, {each.see, each.do, each.post, *dict(each.posts).values()} - known) for each in routes]
    unknown = [(page(name), f"{name} asks {', '.join(actions)}") for name, actions in named if actions]
    hold(broken("Declare the rule in the package's permissions.py.", unknown))


def test_rules_are_asked_behind_a_gate_alone() -> None:
    """A page that everybody opens can't ask for a role: it doesn't know who reads it."""
    open_ones = [route for route in declared().values() if route.gate in (Gate.EVERYBODY, Gate.HOLDER)]
    asking = [page(route.name) for route in open_ones if {route.see, route.do, route.post} - {"", NOBODY}]
    hold(broken("Give it a gate that knows who reads it, such as DESK, or ask for no permission.", asking))
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
    stops, crawl = list(declared_stops()), "tests/browser/crawl/pages.py"
    routes = [name for name, each in declared().items() if "GET" in each.methods and not name.startswith("api-desk-")]
    missing = [page(name) for name in {*routes} - {stop.route for stop in stops}]
    unfilled = [(at(crawl, "FILL ="), str(stop)) for stop in stops if "<" in stop.path]
    gone = [at(crawl, each) for each in OTHERS.keys() - {*routes}]
    hold(
        broken("Let declared_stops find it.", missing),
        broken("Fill its variables in FILL. What is no page, add to OTHERS.", unfilled),
        broken("There is no such page: take it out of OTHERS.", gone),
    )
