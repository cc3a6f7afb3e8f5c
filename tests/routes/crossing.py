"""Asks an address as everybody, for every object, and says where the answer isn't the declared one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction
from django.http import HttpResponse

from summit.routes import Answer, Gate, Reader, Route, Whose
from tests.routes.world import Somebody, World

# Addresses that are patterns.
PATHS = {
    "admin:app_list": "/admin/summit/",
    "admin/(?P<url>.*)$": "/admin/nothing/here/",
    "api-nothing": "/api/v1/nothing/",
}
LED = {"/accounts/login/": Answer.SIGN_IN, "/admin/login/": Answer.AWAY}
# What differs each time: tokens, and the minute in the header.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|<p class="clock".*?</p>', re.S)
# What the application itself keeps of a visit.
VISITS = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "(django_session|summit_cache)"')


@dataclass
class Got:
    """What somebody got: the answer, what it wrote, how many queries it took, and what stood on the page."""

    answer: str = ""
    written: list[str] = field(default_factory=list)
    queries: int = 0
    page: bytes = b""

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count a statement, note it where it writes, and execute it."""
        self.queries += 1
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not VISITS.match(sql):
            self.written.append(sql[:60])
        return execute(sql, params, many, context)


def fill(route: Route, pattern: str, values: Any) -> str:
    """Return the address that an object has."""
    if route.name in PATHS:
        return PATHS[route.name]
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found.group(1)]), pattern)


def outcome(response: HttpResponse, route: Route, reader: Reader) -> str:
    """Return what an answer is, in the words in which it is declared."""
    if response.status_code == 403:
        # A refusal says who can.
        context = getattr(response, "context", None) or {}
        said = context.get("reason") or "letter_nobody" in str([each.name for each in response.templates])  # type: ignore[attr-defined]
        return Answer.FORBIDDEN if said else "403 without a word"
    if response.status_code in (404, 410):
        return Answer.MISSING
    if response.status_code in (301, 302, 303):
        where = response["Location"]
        found = next((answer for path, answer in LED.items() if where.startswith(path)), Answer.YES)
        if where == "/portal/" and route.gate == Gate.DESK:
            return Answer.AWAY
        if found == Answer.YES:
            return found
        # Whoever is signed in and led to sign in is led on from there.
        return found if (found == Answer.AWAY) is reader.account else Answer.YES if reader.account else Answer.SIGN_IN
    return Answer.YES if response.status_code in (200, 400, 409, 422) else str(response.status_code)


def ask(world: World, somebody: Somebody, route: Route, method: str, path: str) -> Got:
    """Return what somebody gets. Nothing of it lasts."""
    data = world.asked.get(route.name, {}).get(method.lower(), {})
    client, got = world.client, Got()
    client.cookies = somebody.cookies()
    with transaction.atomic(), connection.execute_wrapper(got.note):
        response: Any = getattr(client, method.lower())(path, data)
        got.answer = outcome(response, route, somebody.reader)
        transaction.set_rollback(True)
    # The address stands on the page, where one may choose another language; tokens differ each time.
    content = b"" if response.streaming else response.content
    got.page = TOKEN.sub(b"", content.replace(path.encode(), b"").replace(quote(path, safe="").encode(), b""))
    return got


def crossings(world: World, route: Route) -> Iterator[tuple[Somebody, str, Whose, Any]]:
    """Yield who asks how for what, with what fills the address."""
    for somebody in world.readers:
        for whose in route.whose():
            values = world.pick(route.kind, whose, somebody.reader)
            if values is not None:
                for method in sorted(route.methods):
                    yield somebody, method, whose, values


def differing(world: World, route: Route, pattern: str) -> list[str]:
    """Return where the answers differ from the declared ones, where a refusal wrote something, and where what one may
    not see can be told from what isn't there, by the page or by the number of queries."""
    found = []
    nothing: dict[tuple[str, str], Got] = {}
    # What isn't there comes first: the others are compared with it.
    asked = sorted(crossings(world, route), key=lambda each: each[2] != Whose.MISSING)
    for somebody, method, whose, values in asked:
        wanted = route.answer(method, somebody.reader, whose)
        got = ask(world, somebody, route, method, fill(route, pattern, values))
        who = f"{method} {route.name} by {somebody.reader.name} of {whose}"
        if got.answer != wanted:
            found.append(f"{who}: {got.answer}, not {wanted}")
        elif got.answer != Answer.YES and got.written:
            found.append(f"{who}: {got.answer}, and yet {got.written}")
        elif wanted == Answer.MISSING and route.gate != Gate.HOLDER:
            first = nothing.setdefault((somebody.reader.name, method), got)
            if (got.queries, got.page) != (first.queries, first.page):
                found.append(f"{who}: {got.queries} queries, {first.queries} for what isn't there, or another page")
    return found
