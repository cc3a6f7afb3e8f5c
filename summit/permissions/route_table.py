"""The table of all routes, with the permissions that each route needs.

Each app declares the routes of its views in `routes.py`, under their names for `reverse`:

    declare("portal:invitation", Gate.PORTAL, "GET POST", kind="delegations.invitation",
            see="delegations.invitation.view", post="delegations.answer")

- `gate` says who may enter at all (see Gate). Everybody else is redirected to the sign-in page, or away.
- `methods` are the allowed methods. A request with any other method gets a 405.
- `kind` is the kind of object that the URL names: the label of a model's rules, or another word. If it is "", the URL
  names no object.
- `see` is the action (of `summit.permissions.rules`) needed to see that object, or to see a page without an object.
  A user who may not do it gets the same 404, by the same code path, as for an object that doesn't exist.
- `do` is another action that the page needs. `post` is the action that only a POST needs (in the API, every write).
  An account that may see the object, but may not do one of these actions, gets a 403 that says who can. NOBODY is an
  action that no role may do.

The five URLs of each model in the admin need no declaration, because they follow from the rules of its ModelAdmin
(`summit.admin_base.model_admin.RoleMixin.permission_for`). URLs that a ModelAdmin adds in `get_urls` need one.

`tests/routes` requests every URL as every role, for objects of its own, of others, of other summits, and for an
object that doesn't exist. It fails on a URL without a declaration and on a response that isn't the declared one. A
new `kind` needs a row in `tests/routes/world.py`, which makes its objects. `manage.py routes` prints the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.urls import URLPattern, URLResolver, get_resolver

from summit.core.registry import Registry
from summit.permissions.models import DESKS, FOLLOWING
from summit.permissions.rules import RULES

NOBODY = "nobody"
READ = frozenset({"GET"})
# Kinds of object that only their owner sees: others, superusers included, get a 404.
ALONE = frozenset({"token", "kept table", "oneself", "own calendar"})


class Gate(StrEnum):
    """The kinds of users who may enter a route at all, before any permission is checked."""

    EVERYBODY = "everybody"
    # Anybody with the token in the URL: the token of a letter's link, of a subscription or for a new password.
    HOLDER = "holder"
    ACCOUNT = "account"
    # Focal points, delegates, and browsers in which a letter's link was followed.
    PORTAL = "portal"
    DESK = "desk"
    # Requests with a token or a signed-in session, to the routes of the API that aren't open to everybody.
    API = "api"


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
class Route:
    """The declaration of a route."""

    name: str
    gate: Gate
    methods: frozenset[str] = READ
    kind: str = ""
    see: str = ""
    do: str = ""
    post: str = ""
    # If methods need different actions: pairs of a method and its action.
    posts: tuple[tuple[str, str], ...] = ()

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


_DECLARED: dict[str, Route] = {}

# Functions that return routes without a declaration of their own, such as those of the admin's models.
Derived = Callable[[], Iterable[Route]]
_derived: Registry[Derived] = Registry()
derives = _derived.register


def declare(
    name: str,
    gate: Gate,
    methods: str = "GET",
    *,
    kind: str = "",
    see: str = "",
    do: str = "",
    post: str = "",
    posts: Mapping[str, str] | None = None,
) -> None:
    """Declare the route `name`. `methods` are its allowed methods, such as "GET POST"; GET includes HEAD.

    `posts` is a dict from methods to the actions that they need, if these differ from `post`. The docstring of the
    module describes the other arguments. Raises ValueError if the route is declared already.
    """
    if name in _DECLARED:
        raise ValueError(f"{name} is declared twice")
    post_actions = tuple(sorted((posts or {}).items()))
    _DECLARED[name] = Route(name, gate, frozenset(methods.split()), kind, see, do, post, post_actions)


def declared() -> dict[str, Route]:
    """Return a dict from names to routes: the declared routes and the derived ones."""
    routes = dict(_DECLARED)
    for function in _derived:
        routes.update({route.name: route for route in function()})
    return routes


def existing(
    patterns: Iterable[URLPattern | URLResolver] | None = None, space: str = "", before: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the name and the pattern of every route of the URL resolver.

    A route without a name has its pattern as the name. `space` and `before` are the namespaces and the pattern of the
    resolver that holds `patterns`.
    """
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from existing(entry.url_patterns, inner, pattern)
        else:
            yield (f"{space}{entry.name}" if entry.name else pattern), pattern


for _name in (
    *("root", "healthz", "readyz", "robots", "security", "sitemap"),
    *("api-root", "api-schema", "api-docs", "api-problems", "api-summits"),
):
    declare(_name, Gate.EVERYBODY)
# URLs below the API's root that don't exist.
declare("api-nothing", Gate.EVERYBODY, see=NOBODY)
# The metrics are for machines: from loopback, or with a token. Roles have no effect on them.
declare("metrics", Gate.EVERYBODY)
for _name in ("summit:home", "summit:picture", "summit:theme", "summit:sitemap", "api-summit"):
    declare(_name, Gate.EVERYBODY, kind="public summit")
