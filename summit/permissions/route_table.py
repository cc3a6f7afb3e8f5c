"""The table of all routes, with the permissions that each route needs.

It is collected from the URL resolver: each view has its declaration attached (`summit.permissions.route_access`).

`tests/routes` requests every URL as every role, for objects of its own, of others, of other summits, and for an
object that doesn't exist. It fails on a URL without a declaration and on a response that isn't the declared one.
`manage.py routes` prints the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from summit.permissions.models import DESKS, FOLLOWING
from summit.permissions.route_access import NOBODY, Access, Gate, access_of, location
from summit.permissions.rules import RULES

# Kinds of object that only their owner sees: others, superusers included, get a 404.
ALONE = frozenset({"token", "kept table", "oneself", "own calendar"})
Patterns = Iterable[URLPattern | URLResolver]


class RouteAnswer(StrEnum):
    """The kind of response that a route gives."""

    YES = "yes"
    SIGN_IN = "sign in"
    # The user is signed in, but works at no desk, and is redirected away.
    AWAY = "away"
    FORBIDDEN = "403"
    MISSING = "404"


class Whose(StrEnum):
    """The relation of an object to the user who requests it.

    Routes with the gates EVERYBODY and HOLDER only have PUBLIC (the object is public, or the token is valid), HIDDEN
    and MISSING.
    """

    NONE = "none"
    OWN = "own"
    FOREIGN = "foreign"
    ELSEWHERE = "another summit's"
    PUBLIC = "public"
    HIDDEN = "hidden"
    MISSING = "missing"


@dataclass(frozen=True)
class RouteReader:
    """A user of a route: the roles in the summit, and whether the user has an account and is a superuser."""

    name: str
    roles: frozenset[str] = frozenset()
    account: bool = False
    superuser: bool = False


@dataclass(frozen=True)
class Route(Access):
    """A route: its name for `reverse`, with the declaration of its view."""

    name: str = ""

    def needs(self, method: str) -> str:
        """Return the action that a method needs in addition to `see` and `do`, or ""."""
        return "" if method == "GET" else dict(self.posts).get(method, self.post)

    def whose(self) -> tuple[Whose, ...]:
        """Return the relations that the route's object can have to a user: only NONE for a route without object."""
        if not self.kind:
            return (Whose.NONE,)
        if self.gate in (Gate.EVERYBODY, Gate.HOLDER):
            return Whose.PUBLIC, Whose.HIDDEN, Whose.MISSING
        if self.gate == Gate.ACCOUNT or self.kind in ALONE:
            return Whose.OWN, Whose.FOREIGN, Whose.MISSING
        return Whose.OWN, Whose.FOREIGN, Whose.ELSEWHERE, Whose.MISSING

    def answer(self, method: str, reader: RouteReader, whose: Whose) -> RouteAnswer:
        """Return the response that a user gets for a method and an object with the relation `whose` to the user.

        Raises ValueError for a method or a relation that isn't declared.
        """
        turned_away = self._turned_away(reader)
        if turned_away is not None:
            return turned_away
        if whose not in self.whose() or method not in self.methods:
            raise ValueError(f"{self.name} is not declared for {method} of what is {whose}")
        if whose in (Whose.MISSING, Whose.HIDDEN) or not self._grants(self.see, reader, whose):
            return RouteAnswer.MISSING
        if (self.gate == Gate.ACCOUNT or self.kind in ALONE) and whose == Whose.FOREIGN:
            return RouteAnswer.MISSING
        needed = [self.do, self.needs(method)]
        return RouteAnswer.YES if all(self._grants(name, reader, whose) for name in needed) else RouteAnswer.FORBIDDEN

    def _turned_away(self, reader: RouteReader) -> RouteAnswer | None:
        if self.gate in (Gate.EVERYBODY, Gate.HOLDER):
            return None
        if self.gate == Gate.PORTAL:
            known = bool(reader.roles & FOLLOWING)
            return None if known else RouteAnswer.FORBIDDEN if reader.account else RouteAnswer.SIGN_IN
        if not reader.account:
            return RouteAnswer.SIGN_IN
        inside = self.gate in (Gate.ACCOUNT, Gate.API) or reader.superuser or reader.roles & DESKS
        return None if inside else RouteAnswer.AWAY

    def _grants(self, action: str, reader: RouteReader, whose: Whose) -> bool:
        if not action:
            return True
        if action == NOBODY:
            return False
        if reader.superuser:
            return True
        rule = RULES[action]
        in_summit = whose not in (Whose.ELSEWHERE, Whose.MISSING)
        return in_summit and bool(rule.any & reader.roles or (whose == Whose.OWN and rule.own & reader.roles))


def declared() -> dict[str, Route]:
    """Return a dict from names to the routes that their views declare."""
    found = {name: access_of(view) for name, _pattern, view in _views()}
    return {name: _named(name, access) for name, access in found.items() if access is not None}


def faults(patterns: Patterns | None = None) -> list[str]:
    """Return a sentence for each view that has no declaration.

    `patterns` are URL patterns, by default those of the root URLconf. Each sentence names the view's file and line.
    """
    return [
        f"{location(view)} declares no route: {name}"
        for name, _pattern, view in _views(patterns)
        if access_of(view) is None
    ]


def existing() -> Iterator[tuple[str, str]]:
    """Yield the name and the pattern of every route of the URL resolver.

    A route without a name has its pattern as the name.
    """
    for name, pattern, _view in _views():
        yield name, pattern


def _named(name: str, access: Access) -> Route:
    return Route(**{field.name: getattr(access, field.name) for field in fields(Access)}, name=name)


def _views(patterns: Patterns | None = None, space: str = "", before: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the pattern and the view of every route.

    `space` and `before` are the namespaces and the pattern of the resolver that holds `patterns`.
    """
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _views(entry.url_patterns, inner, pattern)
        else:
            yield (f"{space}{entry.name}" if entry.name else pattern), pattern, entry.callback
