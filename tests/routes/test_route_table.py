"""Every address is declared, and every declaration is an address."""

from press.overview.admin.decisions import DECISIONS
from press.texts.permissions import DECISIONS as NEEDED
from summit.permissions.route_table import NOBODY, Gate, declared, existing
from summit.permissions.rules import RULES


def test_every_address_is_declared_and_every_declaration_is_an_address() -> None:
    assert {name for name, _pattern in existing()} == set(declared())


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
