"""What the API costs with 2,000 sessions and 20,000 people: queries of a list and of one row, the same as with a
tenth of them, and rows a second of whole lists against the same rows serialised by hand in the same run.

By hand means: the same rows by the same query, put together field by field and written as JSON, without framework,
token, the audit of who reads, pages or tags. Processor time is this process' own, with SQLite's work in it.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.overview.api.people import PersonViewSet
from portal.demo import synthetic
from sessions.overview.api.sessions import SessionViewSet
from summit.api_base import token_services
from summit.api_base.scopes import all_scopes
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

Row = dict[str, Any]
FEW = synthetic.Sizes(delegations=193, sessions=200, people=2000, texts=10)
MANY = synthetic.Sizes(delegations=193, sessions=2000, people=20_000, texts=10)
PAGE = 200
# The least that a list gives, as a part of the rows that are made by hand: a fifth and a ninth were measured.
AIM = 0.08


@dataclass(frozen=True)
class Cost:
    """What a list of the API cost: queries of its first page and of one row; rows, and how many a second came by the
    API and by hand."""

    name: str
    rows: int
    listed: int
    detail: int
    api: float
    hand: float

    @property
    def fraction(self) -> float:
        """How fast the API is, as a part of what is possible by hand."""
        return self.api / self.hand


@dataclass(frozen=True)
class Listed:
    """A list, and how its rows are made by hand."""

    path: str
    by_hand: Callable[[Summit, User], list[Row]]


def _by_hand(
    viewset: Any, values: Callable[[Any], dict[str, Any]], *related: str
) -> Callable[[Summit, User], list[Row]]:
    return lambda summit, user: [
        values(row) for row in viewset().get_queryset(user, summit.slug).select_related(*related)
    ]


def _person(row: Any) -> Row:
    held = getattr(row, "membership", None)
    return {
        "id": row.public_id,
        "name": row.name,
        "office": row.office,
        "form_of_address": row.form_of_address,
        "rank": row.rank,
        "badge_name": row.badge_name,
        "card_name": row.card_name,
        "email": row.email,
        "language": row.language,
        "time_zone": row.time_zone,
        "party": held.party.public_id if held else None,
        "category": held.category.code if held else None,
        "external_ids": {each.system: each.value for each in row.external_ids.all()},
        "erased": row.erased_at is not None,
        "created_at": row.created_at,
    }


def _session(row: Any) -> Row:
    names = (
        *("kind", "title", "summary", "starts_at", "ends_at", "set_up", "clear_down", "capacity", "pinned"),
        *("visibility", "media", "sign_up", "revision", "cancelled_at", "updated_at"),
    )
    room = row.room.public_id if row.room else None
    return {"id": row.public_id, "room": room, **{name: getattr(row, name) for name in names}}


LISTS = {
    "people": Listed("desk/people/", _by_hand(PersonViewSet, _person, "membership__party", "membership__category")),
    "sessions of the draft": Listed("desk/sessions/", _by_hand(SessionViewSet, _session, "room")),
}


def measure() -> Iterator[tuple[Cost, Cost]]:
    """Measure each list at both sizes."""
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    worlds = [_world(sizes, slug) for sizes, slug in ((FEW, "api-few"), (MANY, "api-many"))]
    for name, listed in LISTS.items():
        few, many = (_cost(name, listed, *each) for each in worlds)
        yield few, many


def verdict(few: Cost, many: Cost) -> str:
    """Say whether queries are constant and the API is fast enough beside what is made by hand."""
    said = f"queries constant, at least {AIM} of by hand"
    constant = (few.listed, few.detail) == (many.listed, many.detail)
    return said if constant and many.fraction >= AIM else f"NOT {said}"


def _world(sizes: synthetic.Sizes, slug: str) -> tuple[Summit, User, str]:
    summit = synthetic.load(slug=slug, sizes=sizes)
    user = User.objects.create(email=f"bench@{slug}.example")
    RoleAssignment.objects.create(summit=summit, user=user, role=Role.ORGANISER)
    return summit, user, token_services.make(by=user, name="bench", scopes=all_scopes()).secret


def _cost(name: str, listed: Listed, summit: Summit, user: User, secret: str) -> Cost:
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    where = f"/api/v1/summits/{summit.slug}/{listed.path}"

    def ask(path: str) -> Any:
        found = client.get(path)
        if found.status_code != 200:
            raise RuntimeError(f"{path} answered {found.status_code}")
        return found.json()

    first = ask(f"{where}?page_size={PAGE}")["results"][0]["id"]
    ask(f"{where}{first}/")
    queries = []
    for path in (f"{where}?page_size={PAGE}", f"{where}{first}/"):
        with CaptureQueriesContext(connection) as found:
            ask(path)
        queries.append(len(found))

    began, rows, path = time.process_time(), 0, f"{where}?page_size={PAGE}"
    while path:
        answer = ask(path)
        rows += len(answer["results"])
        path = (answer["next"] or "").removeprefix("http://testserver")
    api = rows / (time.process_time() - began)

    began = time.process_time()
    made = listed.by_hand(summit, user)
    json.dumps(made, cls=DjangoJSONEncoder)
    hand = len(made) / (time.process_time() - began)
    if len(made) != rows:
        raise RuntimeError(f"{rows} rows of {name} by the API, {len(made)} by hand")
    return Cost(name, rows, queries[0], queries[1], api, hand)
