"""Every address, with who may do what there on which objects: each app declares its own in `routes.py`.

How to declare one, in the app whose view it is, by the name with which `reverse` finds it:

    declare("portal:invitation", Gate.PORTAL, "GET POST", kind="delegations.invitation",
            see="delegations.invitation.view", post="delegations.answer")

- `gate` says who comes in at all (see Gate). Whoever doesn't is led to sign in, or away. - `methods` are those that
are answered; any other gets a 405. - `kind` names what the address picks: a model by its rule's label, or another
word. Left out, nothing is picked.
- `see` is the action (of `summit.permissions.rules`) by which one sees that object, or the page where nothing is
  picked. To everybody else the address is a 404: the same as for an object that isn't there, by the same path.
- `do` is the action that the page needs besides; `post` the one that only a POST needs, in the API every write.
  Whoever sees the object and may not do that gets a 403 with a sentence that says who can. NOBODY stands for
  an action that nobody does by hand.

The five addresses that each model has in the admin need no declaration: they follow from the rules of its ModelAdmin
(`summit.admin_base.model_admin.RoleMixin.permission_for`). What a ModelAdmin adds in `get_urls` is declared.

`tests/routes` takes every address of the resolver and asks it as every role for own, foreign and other summits'
objects and for one that isn't there; it fails on an address that nobody declared, and on an answer that isn't the
declared one. A new `kind` needs a row in `tests/routes/world.py`, which makes its objects. `manage.py routes` prints
the table.
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
# Kinds that are one's own alone: to whoever sets the system up too those of others are missing.
ALONE = frozenset({"token", "kept table", "oneself", "own calendar"})


class Gate(StrEnum):
    """Who comes in."""

    EVERYBODY = "everybody"
    # Whoever has what the address holds: a letter's link, a subscription's, a new password's.
    HOLDER = "holder"
    ACCOUNT = "account"
    # Focal points, delegates, and holders of a letter's link that was followed in this browser.
    PORTAL = "portal"
    DESK = "desk"
    # Whoever brings a token or is signed in, at the API's working addresses.
    API = "api"


class Answer(StrEnum):
    """What an address answers."""

    YES = "yes"
    SIGN_IN = "sign in"
    # Led away: signed in, and not at a desk.
    AWAY = "away"
    FORBIDDEN = "403"
    MISSING = "404"


class Whose(StrEnum):
    """What an object is to a reader. Addresses that are open to everybody or to holders know only whether it is to
    be had: public or hidden, alive or dead."""

    NONE = "none"
    OWN = "own"
    FOREIGN = "foreign"
    ELSEWHERE = "another summit's"
    PUBLIC = "public"
    HIDDEN = "hidden"
    MISSING = "missing"


@dataclass(frozen=True)
class Reader:
    """Who asks: the roles that they hold in the summit, and how they are known."""

    name: str
    roles: frozenset[str] = frozenset()
    account: bool = False
    superuser: bool = False


@dataclass(frozen=True)
class Route:
    """An address as it is declared."""

    name: str
    gate: Gate
    methods: frozenset[str] = READ
    kind: str = ""
    see: str = ""
    do: str = ""
    post: str = ""
    # Where methods need different actions: (method, action).
    posts: tuple[tuple[str, str], ...] = ()

    def needs(self, method: str) -> str:
        """Return the action that a method needs beside those of the address, or ""."""
        return "" if method == "GET" else dict(self.posts).get(method, self.post)

    def whose(self) -> tuple[Whose, ...]:
        """Return what the object can be to who asks."""
        if not self.kind:
            return (Whose.NONE,)
        if self.gate in (Gate.EVERYBODY, Gate.HOLDER):
            return Whose.PUBLIC, Whose.HIDDEN, Whose.MISSING
        if self.gate == Gate.ACCOUNT or self.kind in ALONE:
            return Whose.OWN, Whose.FOREIGN, Whose.MISSING
        return Whose.OWN, Whose.FOREIGN, Whose.ELSEWHERE, Whose.MISSING

    def answer(self, method: str, reader: Reader, whose: Whose) -> Answer:
        """Return what a reader gets. Raises ValueError for a method or an object that isn't declared."""
        turned = self._turned_away(reader)
        if turned is not None:
            return turned
        if whose not in self.whose() or method not in self.methods:
            raise ValueError(f"{self.name} is not declared for {method} of what is {whose}")
        if whose in (Whose.MISSING, Whose.HIDDEN) or not self._grants(self.see, reader, whose):
            return Answer.MISSING
        if (self.gate == Gate.ACCOUNT or self.kind in ALONE) and whose == Whose.FOREIGN:
            return Answer.MISSING
        needed = [self.do, self.needs(method)]
        return Answer.YES if all(self._grants(name, reader, whose) for name in needed) else Answer.FORBIDDEN

    def _turned_away(self, reader: Reader) -> Answer | None:
        if self.gate in (Gate.EVERYBODY, Gate.HOLDER):
            return None
        if self.gate == Gate.PORTAL:
            known = bool(reader.roles & FOLLOWING)
            return None if known else Answer.FORBIDDEN if reader.account else Answer.SIGN_IN
        if not reader.account:
            return Answer.SIGN_IN
        inside = self.gate in (Gate.ACCOUNT, Gate.API) or reader.superuser or reader.roles & DESKS
        return None if inside else Answer.AWAY

    def _grants(self, action: str, reader: Reader, whose: Whose) -> bool:
        if not action:
            return True
        if action == NOBODY:
            return False
        if reader.superuser:
            return True
        rule = RULES[action]
        here = whose not in (Whose.ELSEWHERE, Whose.MISSING)
        return here and bool(rule.any & reader.roles or (whose == Whose.OWN and rule.own & reader.roles))


_DECLARED: dict[str, Route] = {}

# Each yields the routes that follow from something else than a declaration, such as the admin's models.
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
    """Declare an address, `methods` as in "GET POST" (what answers GET answers HEAD); `posts` says what each method
    needs where that differs. Raises ValueError where it is declared already."""
    if name in _DECLARED:
        raise ValueError(f"{name} is declared twice")
    more = tuple(sorted((posts or {}).items()))
    _DECLARED[name] = Route(name, gate, frozenset(methods.split()), kind, see, do, post, more)


def declared() -> dict[str, Route]:
    """Return all declarations by their names."""
    found = dict(_DECLARED)
    for function in _derived:
        found.update({route.name: route for route in function()})
    return found


def existing(
    patterns: Iterable[URLPattern | URLResolver] | None = None, space: str = "", before: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the name of every address of the resolver, its pattern where it has none, with the pattern."""
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
# What is no address of the API.
declare("api-nothing", Gate.EVERYBODY, see=NOBODY)
# The numbers are for machines: from loopback, or with their token. No role opens or closes them.
declare("metrics", Gate.EVERYBODY)
for _name in ("summit:home", "summit:picture", "summit:theme", "summit:sitemap", "api-summit"):
    declare(_name, Gate.EVERYBODY, kind="public summit")
