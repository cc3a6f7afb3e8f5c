"""Asks an address as its readers, for every object, and says where the answer isn't the declared one."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import quote
from zlib import crc32

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse

from summit.api_base import throttling
from summit.core.process_cache import forget_all
from summit.permissions import rules
from summit.permissions.models import FOLLOWING, Role
from summit.permissions.route_access import Gate
from summit.permissions.route_table import Route, RouteAnswer, RouteReader, Whose, existing
from summit.public_base.page_cache import PAGES
from summit.public_base.public_pages import is_personal
from summit.users.models import User
from tests.routes.world import Somebody, Values, World

PATTERNS = dict(existing())

# Addresses that are patterns.
PATHS = {
    "admin:app_list": "/admin/summit/",
    "admin/(?P<url>.*)$": "/admin/nothing/here/",
    "api-nothing": "/api/v1/nothing/",
}
LED = {"/accounts/login/": RouteAnswer.SIGN_IN, "/admin/login/": RouteAnswer.AWAY}
# What differs each time: tokens, and the minute in the header.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|<p class="clock".*?</p>', re.S)
# A cookie, the second and the id are others each time, and the page is as long as its address.
OWN_HEADERS = ("Content-Length", "Expires", "RateLimit", "Set-Cookie", "X-Request-ID")
# For how long caches may answer falls from second to second (press.public.page_cache).
SECONDS = re.compile(r"^public, (?:no-cache|max-age=0, s-maxage=\d+, must-revalidate)$")
# Who uses a method that an address doesn't answer.
MISUSES = {
    Gate.EVERYBODY: "nobody",
    Gate.ACCOUNT: "account",
    Gate.PORTAL: "mailbox",
    Gate.DESK: "vetting",
    Gate.API: "vetting",
}
# Who reads public pages, which know nobody.
READERS_OF_PUBLIC = frozenset({"nobody", "organiser"})
DESKS = sorted({str(role) for role in Role if role not in FOLLOWING})
# Between them they may open nearly every page.
MOST = ("organiser", "focal_point", "account", "nobody")
# Who opens pages that ask for no role.
WITHOUT_ROLES = frozenset({"nobody", "account", "organiser", "delegate", "superuser", "letter", "mailbox"})
# The numbers of this moment, and screens, which are told the time.
CHANGING = frozenset({"screens:screen", "screens:content", "metrics"})
# What the application itself keeps of a visit.
VISITS = re.compile(
    r'^(INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "(django_session|summit_cache|api_requestcount)"'
    r'|^UPDATE "\w+portalsession" SET "last_seen_at"'
)


@dataclass
class Got:
    """What somebody got: the answer, what it wrote, how many queries it took, and what stood on the page."""

    answer: str = ""
    # What stands before the page: status and headers, without those that the browser's session makes.
    head: tuple[object, ...] = ()
    written: list[str] = field(default_factory=list)
    queries: int = 0
    page: bytes = b""

    def told(self) -> tuple[object, ...]:
        """Return all by which answers can be told apart."""
        return self.queries, self.page, self.head

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count a statement, note it where it writes, and execute it."""
        self.queries += 1
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not VISITS.match(sql):
            self.written.append(sql[:60])
        return execute(sql, params, many, context)


# A section of the page of each kind of rows that has sections.
SECTIONS = {"delegations.party": "mission", "summit.person": "contact", "agenda.session": "media"}


def fill(route: Route, values: Any) -> str:
    """Return the address that an object has."""
    if route.name in PATHS:
        return PATHS[route.name]
    filled = {"part": SECTIONS.get(route.kind, ""), **values}
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(filled[found.group(1)]), PATTERNS[route.name])


def outcome(response: HttpResponse, route: Route, reader: RouteReader) -> str:  # noqa: PLR0911 - one for each answer
    """Return what an answer is, in the words in which it is declared."""
    if response.status_code == 401:
        return RouteAnswer.SIGN_IN
    if response.status_code == 403:
        # A refusal says who can.
        context = getattr(response, "context", None) or {}
        if route.gate == Gate.API:
            context = {"reason": "Roles that can do this" in json.loads(response.content)["detail"]}
        said = context.get("reason") or "portal/no_delegation.html" in str([each.name for each in response.templates])  # type: ignore[attr-defined]
        return RouteAnswer.FORBIDDEN if said else "403 without a word"
    if response.status_code in (404, 410):
        return RouteAnswer.MISSING
    if response.status_code in (301, 302, 303):
        where = response["Location"]
        found = next((answer for path, answer in LED.items() if where.startswith(path)), RouteAnswer.YES)
        if where == "/portal/" and route.gate == Gate.DESK:
            return RouteAnswer.AWAY
        if found == RouteAnswer.YES:
            return found
        # Whoever is signed in and led to sign in is led on from there.
        if (found == RouteAnswer.AWAY) is reader.account:
            return found
        return RouteAnswer.YES if reader.account else RouteAnswer.SIGN_IN
    return RouteAnswer.YES if response.status_code in (200, 400, 409, 415, 422, 428) else str(response.status_code)


def _once(read: Callable[[Any], Any], key: str) -> Callable[[Any], Any]:
    """Return a function that reads what is of an object once for each value of its attribute `key`."""
    kept: dict[Any, Any] = {}

    def found(of: Any) -> Any:
        name = getattr(of, key)
        if name not in kept:
            kept[name] = read(of)
        return copy(kept[name])

    return found


@contextmanager
def known_readers() -> Iterator[None]:
    """Read once what each reader's browser and roles are, and count nobody's requests: that takes a third of each
    request, and nothing that is asked changes it for the next one."""
    follow = [_once(function, "pk") for function in rules._following]
    with (
        patch.object(SessionStore, "load", _once(SessionStore.load, "session_key")),
        patch.object(rules, "_assigned_roles", _once(rules._assigned_roles, "pk")),
        patch.object(rules, "_following", follow),
        patch.object(throttling, "spend", lambda who: throttling.Budget(100, 99, 60)),
    ):
        # Whoever asks first takes no more queries than whoever asks then.
        for user in User.objects.all():
            rules.roles_by_summit(user)
        for stored in Session.objects.all():
            SessionStore(stored.session_key).load()
        yield


# What is shown to whoever may see it is looked at elsewhere: here it would be most of the time.
UNRENDERED = patch.object(SimpleTemplateResponse, "rendered_content", "")


def ask(world: World, somebody: Somebody, route: Route, method: str, path: str, *, whole: bool = True) -> Got:
    """Return what somebody gets. Nothing of it lasts. Where it isn't wanted `whole`, the admin's pages stay empty."""
    data = world.asked.get(route.name, {}).get(method.lower(), {})
    # A page that is kept from the one before would take fewer queries.
    PAGES.clear()
    forget_all()
    client, got = world.client, Got()
    client.cookies = somebody.cookies()
    rendered = nullcontext() if whole else UNRENDERED
    with transaction.atomic(), connection.execute_wrapper(got.note), rendered:
        response: Any = getattr(client, method.lower())(path, data)
        if response.status_code == 302 and response["Location"].startswith(f"{path}?"):
            # Whoever works for several summits is led on to the address that says which.
            response = client.get(response["Location"])
        got.answer = outcome(response, route, somebody.reader)
        transaction.set_rollback(True)
    # The address stands on the page, where one may choose another language, and in the one that one is led to.
    written = {path, quote(path, safe=""), quote(path)}
    heads = {name: value for name, value in response.headers.items() if name not in OWN_HEADERS}
    if "Cache-Control" in heads:
        heads["Cache-Control"] = SECONDS.sub("public, for seconds", heads["Cache-Control"])
    for each in written:
        heads = {name: value.replace(each, "") for name, value in heads.items()}
    got.head = (response.status_code, *sorted(heads.items()))
    got.page = TOKEN.sub(b"", b"" if response.streaming else response.content)
    for each in written:
        got.page = got.page.replace(each.encode(), b"")
    return got


Asked = dict[tuple[str, Whose], list[Values]]


def objects(world: World, route: Route, reader: RouteReader) -> list[tuple[Whose, Values]]:
    """Return what a reader can ask an address for, with what fills the address. What isn't there comes first: the
    rest is compared with it. To readers of whom nothing can be, one's own is the same as what is foreign."""
    asked = sorted(route.whose(), key=lambda whose: whose != Whose.MISSING)
    found = [(whose, values) for whose in asked for values in world.picks(route.kind, whose, reader)]
    if world.owns(route.kind, reader) or Whose.FOREIGN not in {whose for whose, _values in found}:
        return found
    return [(whose, values) for whose, values in found if whose != Whose.OWN]


def asked_by(world: World, route: Route, reader: RouteReader) -> Asked:
    """Return what a reader asks for by which method: the furthest object that they may have, the nearest one of each
    refusal, and where there is a refusal what isn't there."""
    found: Asked = {}
    there = objects(world, route, reader)
    for method in sorted(route.methods):
        picked: dict[RouteAnswer, Whose] = {}
        for whose in dict.fromkeys(whose for whose, _values in there if whose != Whose.MISSING):
            answer = route.answer(method, reader, whose)
            if answer == RouteAnswer.YES or answer not in picked:
                picked[answer] = whose
        wanted = {
            *picked.values(),
            *([Whose.MISSING] if set(picked) - {RouteAnswer.YES, RouteAnswer.FORBIDDEN} else []),
        }
        for whose, values in there:
            if whose in wanted:
                found.setdefault((method, whose), []).append(values)
    return found


def questions(world: World, route: Route) -> Iterator[tuple[Somebody, str, Whose, Values]]:
    """Yield who asks how for what, with what fills the address.

    Of readers to whom all answers are the same, one asks for everything and one more asks once, for what is there, by
    the method that needs most. Which two they are differs from address to address.
    """
    groups: dict[Any, list[tuple[Somebody, Asked]]] = defaultdict(list)
    for somebody in world.readers:
        if reads(somebody.reader, route):
            asked = asked_by(world, route, somebody.reader)
            answers = {each: route.answer(each[0], somebody.reader, each[1]) for each in asked}
            said = set(answers.values())
            groups[said.pop() if len(said) == 1 else tuple(answers.items())].append((somebody, asked))
    for group in groups.values():
        turn = crc32(route.name.encode()) % len(group)
        (first, everything), *others = group[turn:] + group[:turn]
        yield from ((first, *each, values) for each, picked in everything.items() for values in picked)
        for somebody, asked in others[:1]:
            method, whose = max(asked, key=lambda each: _most(route, somebody.reader, *each))
            yield somebody, method, whose, asked[method, whose][0]


def _most(route: Route, reader: RouteReader, method: str, whose: Whose) -> tuple[bool, ...]:
    """Return how much is asked for by a method."""
    is_seen = route.answer(method, reader, whose) != RouteAnswer.MISSING
    return whose != Whose.MISSING, is_seen, method != "GET", whose == Whose.FOREIGN


def reads(reader: RouteReader, route: Route) -> bool:
    """Return whether a reader is asked at an address: everybody where roles decide. The desks, each of which is
    nobody in the portal, are asked there by turns, two at each address."""
    if route.gate == Gate.DESK:
        return True
    if route.gate in (Gate.PORTAL, Gate.API):
        at = crc32(route.name.encode()) % len(DESKS)
        return reader.name not in DESKS or reader.name in (DESKS[at], DESKS[at - 1])
    return reader.name in (WITHOUT_ROLES if is_known(route) else READERS_OF_PUBLIC)


def is_known(route: Route) -> bool:
    """Return whether an address knows who reads it: public ones answer the same bytes to everybody."""
    return route.gate == Gate.API or is_personal(f"/{PATTERNS[route.name]}")


def differing(world: World, route: Route) -> list[str]:
    """Return where the answers differ from the declared ones, where a refusal wrote something, and where what one may
    not see can be told from what isn't there, by a byte of the answer or by the number of queries."""
    found = []
    nothing: dict[tuple[str, str], Got] = {}
    same: dict[tuple[str, str], Got] = {}
    for somebody, method, whose, values in questions(world, route):
        wanted = route.answer(method, somebody.reader, whose)
        whole = wanted != RouteAnswer.YES or not is_known(route)
        got = ask(world, somebody, route, method, fill(route, values), whole=whole)
        who = f"{method} {route.name} by {somebody.reader.name} of {whose}"
        if got.answer != wanted:
            found.append(f"{who}: {got.answer}, not {wanted}")
        elif got.answer != RouteAnswer.YES and got.written:
            found.append(f"{who}: {got.answer}, and yet {got.written}")
        elif wanted == RouteAnswer.MISSING and route.gate != Gate.HOLDER:
            first = nothing.setdefault((somebody.reader.name, method), got)
            if got.told() != first.told():
                found.append(f"{who}: {got.queries} queries, {first.queries} for what isn't there, or another page")
        if not is_known(route) and route.name not in CHANGING:
            first = same.setdefault((method, str(values)), got)
            if got.told() != first.told():
                found.append(f"{who}: another answer than nobody gets")
    return found


def opened(world: World, route: Route) -> dict[str, str]:
    """Return what the first of those who may most gets where they may have a page, by the route's name; nothing where
    none of them may."""
    for name in MOST:
        somebody = next(each for each in world.readers if each.reader.name == name)
        for (method, whose), picked in asked_by(world, route, somebody.reader).items():
            if method == "GET" and route.answer(method, somebody.reader, whose) == RouteAnswer.YES:
                return {route.name: ask(world, somebody, route, method, fill(route, picked[0])).answer}
    return {}


def telling(world: World, route: Route) -> list[str]:
    """Return where a method that an address doesn't answer writes something, or tells what one may not see from what
    isn't there. Of several such methods one is used, at each address another one."""
    found = []
    somebody = next(each for each in world.readers if each.reader.name == MISUSES[route.gate])
    methods = sorted({"GET", "POST", "DELETE"} - route.methods)
    for method in methods[crc32(route.name.encode()) % len(methods) :][:1] if methods else ():
        nothing: Got | None = None
        for whose, values in objects(world, route, somebody.reader):
            seen = route.answer(min(route.methods), somebody.reader, whose) in (
                RouteAnswer.YES,
                RouteAnswer.FORBIDDEN,
            )
            got = ask(world, somebody, route, method, fill(route, values), whole=not seen)
            nothing = nothing or got
            who = f"{method} {route.name} by {somebody.reader.name} of {whose}"
            if got.written:
                found.append(f"{who}: {got.written}")
            elif not seen and got.told() != nothing.told():
                found.append(f"{who}: {got.head[0]} by {got.queries}, {nothing.head[0]} by {nothing.queries}")
    return found
