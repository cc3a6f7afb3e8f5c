"""Every address is declared, and every declaration is an address."""

import inspect

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from press.overview.admin.decisions import DECISIONS
from press.texts.permissions import DECISIONS as NEEDED
from summit.permissions.route_access import NOBODY, Access, Gate, attach, route
from summit.permissions.route_table import declared, existing, faults
from summit.permissions.rules import RULES


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
