"""Who walks through the API by its links, and what their requests are filled with.

What is drawn at random is rarely what is there: ids and tags are those of rows that there are, and two times in three
what may be left out is left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from hypothesis import assume, given, seed
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.core.errors import NoLinksFound

from summit.permissions.route_table import declared
from tests.summit.api.conftest import Program
from tests.summit.api.test_schema_conformance import CHECKS, few

LISTED, TAG = re.compile(r"/desk/([a-z-]*)"), re.compile(r'"[0-9a-f]{32}\.[0-9a-f]{8}"')
# A time of a day that most calendars of the world still know.
MOMENT, NEAR = re.compile(r"^\d{4}-\d\d-\d\dT"), "2025-03-31T"
KNOWN = re.compile(r"[0-9a-z]{16}|[0-9]{1,6}")


@dataclass
class Rows:
    """The id of a row by the name of its list, and by the names of fields that refer to it."""

    by_list: dict[str, str] = field(default_factory=dict)
    by_field: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """What somebody has asked: how often each operation answered what."""

    statuses: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def kinds(self) -> Counter[int]:
        """How many answers there were, by the hundred of their status."""
        every: Counter[int] = Counter()
        for counts in self.statuses.values():
            for status, number in counts.items():
                every[status // 100] += number
        return every

    @property
    def granted(self) -> int:
        """How many operations did at least once what was asked."""
        return sum(any(status < 400 for status in counts) for counts in self.statuses.values())

    def __str__(self) -> str:
        answers = ", ".join(f"{self.kinds[kind]} {kind}xx" for kind in range(2, 6))
        total = sum(self.kinds.values())
        return f"{total} requests to {len(self.statuses)} operations, {self.granted} granted: {answers}"


@contextmanager
def undone() -> Iterator[None]:
    """What is done meanwhile is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows_of(asks: Program, others: Rows) -> Rows:
    """Return a row of each list, as somebody finds it, and for the lists they don't see the row of `others`."""
    routes, by_list = declared(), dict(others.by_list)
    for name in [each.removeprefix("api-desk-") for each, route in routes.items() if "GET" in route.methods]:
        answer = asks.get(f"summits/here/desk/{name}/") if f"api-desk-{name}-row" in routes else None
        if answer is not None and answer.status_code == 200 and answer.json()["results"]:
            by_list[name] = answer.json()["results"][0]["id"]
    fields = {"party": "parties", "category": "categories", "person": "people", "letters": "visa-letters"}
    fields |= {name: name for name in by_list}
    fields |= {name.removesuffix("s"): name for name in by_list if name.endswith("s") and not name.endswith("ies")}
    # What is called by a role is no row.
    known = {each: by_list[name] for each, name in fields.items() if name in by_list and name != "roles"}
    return Rows(by_list, known)


def likely(name: str, value: Any, rows: Rows) -> Any:
    """Return what somebody would write in a field, where something else was drawn."""
    if name == "rows" and isinstance(value, list):
        return [{each: likely(each, said, rows) for each, said in row.items()} for row in value]
    if name in rows.by_field and value:
        return [rows.by_field[name]] if isinstance(value, list) else rows.by_field[name]
    if name == "names" and isinstance(value, dict):
        return dict(zip(("fr", "ar"), (likely("", said, rows) for said in value.values()), strict=False))
    if isinstance(value, str):
        return MOMENT.sub(NEAR, "".join(filter(str.isprintable, value)) or value)
    return value


@dataclass
class Walker:
    """Somebody who asks the operations of the description, each with what its links say and what there is."""

    headers: dict[str, str]
    rows: Rows
    number: int
    asked: Asked = field(default_factory=Asked)

    def fill(self, case: Any) -> None:
        """Put ids and tags of what there is into what was drawn."""
        path, operation = case.path_parameters or {}, case.operation
        drawn = sum(self.asked.kinds.values()) % 3 == 0
        if "summit" in path:
            path["summit"] = "here"
        row = self.rows.by_list.get(LISTED.search(operation.path)[1] if "/desk/" in operation.path else "")
        if drawn:
            return
        case.query = {}
        if isinstance(case.body, dict):
            case.body = {name: likely(name, value, self.rows) for name, value in case.body.items()}
        if row and "id" in path and not KNOWN.fullmatch(str(path["id"])):
            path["id"] = row
        if "If-Match" in case.headers and not TAG.fullmatch(str(case.headers["If-Match"])):
            case.headers["If-Match"] = "*"

    def check(self, response: Any, case: Any) -> None:
        """Count an answer, and fail on one that the description doesn't know."""
        self.asked.statuses[case.operation.label][response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    def walk(self, part: Any, *, scenarios: int, steps: int) -> None:
        """Follow the links between the operations of a part; each scenario is undone."""
        walker = self

        begun: list[None] = []

        class Walk(part):  # type: ignore[misc]
            def setup(self) -> None:
                begun.append(None)
                self.kept = undone()
                self.kept.__enter__()

            def teardown(self) -> None:
                super().teardown()
                self.kept.__exit__(None, None, None)

            def before_call(self, case: Any) -> None:
                # The first is always the simplest that there can be, with nothing in it.
                assume(len(begun) > 1)
                walker.fill(case)

            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"headers": walker.headers}

            def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
                walker.check(response, case)

        try:
            run_state_machine_as_test(seed(self.number)(Walk), settings=few(scenarios, steps))
        except NoLinksFound:
            return

    def ask(self, operation: Any, *, examples: int) -> None:
        """Ask an operation by itself."""

        @seed(self.number)
        @few(examples)
        @given(case=operation.as_strategy())
        def run(case: Any) -> None:
            self.fill(case)
            with undone():
                self.check(case.call(headers=self.headers), case)

        run()
