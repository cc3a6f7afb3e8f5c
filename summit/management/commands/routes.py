"""`manage.py routes`: prints a table of every route, with what each role may do there and on which objects."""

import itertools
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summit.permissions.models import Role
from summit.permissions.route_access import Gate
from summit.permissions.route_table import Route, RouteAnswer, RouteReader, Whose, declared, existing, faults

READERS = [
    RouteReader("nobody"),
    RouteReader("account", account=True),
    *(RouteReader(str(role), frozenset({str(role)}), account=True) for role in Role),
    RouteReader("superuser", account=True, superuser=True),
]
LEGEND = {
    "every": "yes, with any object of any summit",
    "all": "yes, with any object of the summits where the role is held; other summits' aren't there",
    "own": "yes, with one's own; what others have isn't there",
    "own, see": "yes, with one's own; others' one sees, and is told who can",
    "see": "sees it and is told who can (403)",
    "see own": "sees one's own and is told who can (403); what others have isn't there",
    "-": "isn't there (404)",
    ">": "is led to sign in, or away from the desks (302)",
    "!": "is told that this is for delegations (403)",
}


def cell(route: Route, method: str, reader: RouteReader) -> str:
    """Return the cell of the table for a route, a method and a reader: a key of LEGEND."""
    answers = {whose: route.answer(method, reader, whose) for whose in route.whose()}
    outcomes = set(answers.values())
    if outcomes & {RouteAnswer.SIGN_IN, RouteAnswer.AWAY}:
        return ">"
    if route.gate == Gate.PORTAL and outcomes == {RouteAnswer.FORBIDDEN}:
        return "!"
    allowed = {whose for whose, answer in answers.items() if answer == RouteAnswer.YES}
    forbidden = {whose for whose, answer in answers.items() if answer == RouteAnswer.FORBIDDEN}
    if Whose.ELSEWHERE in allowed or (allowed and not route.kind and reader.superuser):
        return "every"
    if allowed & {Whose.FOREIGN, Whose.NONE, Whose.PUBLIC}:
        return "all"
    if allowed:
        return "own, see" if forbidden else "own"
    return "see own" if forbidden == {Whose.OWN} else "see" if forbidden else "-"


def table() -> list[list[str]]:
    """Return a row for each route and method: the route's name, method, kind of object, and a cell for each reader.

    Methods of a route that follow each other and have the same cells share a row.
    """
    names, routes = [name for name, _pattern in existing()], declared()
    rows = []
    for route in (routes[name] for name in sorted(names)):
        cells = {method: [cell(route, method, reader) for reader in READERS] for method in sorted(route.methods)}
        for row_cells, methods in itertools.groupby(cells, key=lambda method: cells[method]):
            rows.append([route.name, "/".join(methods), route.kind, *row_cells])
    return rows


class Command(BaseCommand):
    """Prints the table of routes, roles and objects, from the declarations of the routes."""

    help = "Print every address with what each role may do there on whose objects."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option for the output format."""
        parser.add_argument("--format", choices=["text", "markdown", "compact"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table with its legend. In the format `compact`, routes with the same cells are grouped.

        Raises CommandError if a view has no declaration, or two. The message names its file and line.
        """
        if found := faults():
            raise CommandError("\n".join(found))
        rows = table()
        lines = {"text": _text, "markdown": _markdown, "compact": _compact}[options["format"]](rows)
        legend = [f"{sign}: {meaning}" for sign, meaning in LEGEND.items()]
        public = sum(route.gate in (Gate.EVERYBODY, Gate.HOLDER) for route in declared().values())
        number = len({row[0] for row in rows})
        summary = f"{number} addresses, all declared; {public} open to everybody or to the holder of a link"
        self.stdout.write("\n".join([*lines, "", *legend, "", summary]))


def _text(rows: list[list[str]]) -> list[str]:
    headings = ["address", "method", "object", *map(_short, READERS)]
    widths = [max(len(row[index]) for row in [headings, *rows]) for index in range(len(headings))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in [headings, *rows]]


def _markdown(rows: list[list[str]]) -> list[str]:
    headings = ["address", "method", "object", *(reader.name.replace("_", " ") for reader in READERS)]
    escaped_rows = [[each.replace("|", "\\|") for each in row] for row in [headings, ["---"] * len(headings), *rows]]
    return [f"| {' | '.join(cells)} |" for cells in escaped_rows]


def _compact(rows: list[list[str]]) -> list[str]:
    """Return the lines of the format `compact`, in which routes with the same cells are grouped under one line."""

    def same(row: list[str]) -> list[str]:
        return row[3:]

    lines = []
    for cells, group in itertools.groupby(sorted(rows, key=same), key=same):
        by_cell: dict[str, list[str]] = {}
        for reader, each in zip(READERS, cells, strict=True):
            by_cell.setdefault(each, []).append(_short(reader))
        lines.append(" | ".join(f"{each} {' '.join(names)}" for each, names in by_cell.items()))
        lines += [f"    {row[1]} {row[0]}" for row in group]
    return lines


def _short(reader: RouteReader) -> str:
    return {"superuser": "super", "accreditation": "accred", "media_representative": "media"}.get(
        reader.name, reader.name.replace("conference_officer", "conf").replace("press_", "p_").replace("_point", "")
    )
