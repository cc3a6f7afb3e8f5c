"""The guide to the API: each of its requests is made, and answered as it says."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from summit.api_base import token_services
from summit.api_base.scopes import all_scopes
from summit.permissions.models import Role
from tests.factories import RoomFactory, SummitFactory, UserFactory, VenueFactory
from tests.press.helpers import ago, make_text
from tests.sources import ROOT

STEPS = re.compile(r"```http\n(.*?)```\n```json (\d+)\n(.*?)```", re.DOTALL)
REST = "…"


def fits(told: Any, said: Any, names: dict[str, str]) -> bool:
    """Return whether an answer is as told; what it says under a name that is new is remembered."""
    if told == REST:
        return True
    if isinstance(told, dict):
        more = REST in told
        keys = [key for key in told if key != REST]
        return (more or set(keys) == set(said)) and all(fits(told[key], said[key], names) for key in keys)
    if isinstance(told, list):
        return len(told) == len(said) and all(fits(one, other, names) for one, other in zip(told, said, strict=True))
    name = re.fullmatch(r"<(\w+)>", told) if isinstance(told, str) else None
    return bool(said == (names.setdefault(name.group(1), said) if name else told))


def filled(text: str, names: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: names[found.group(1)], text)


def ask(client: Client, request: str) -> Any:
    head, _empty, body = request.partition("\n\n")
    first, *lines = head.strip().split("\n")
    method, address = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    kind = headers.pop("Content-Type", "")
    more = {"data": body.strip(), "content_type": kind} if kind else {}
    return getattr(client, method.lower())(address, headers=headers, **more)


@pytest.mark.django_db
@pytest.mark.once
def test_the_guide_is_true(client: Client) -> None:
    summit = SummitFactory(slug="water-2026")
    venue = VenueFactory(summit=summit, name="House")
    for name in ("Hall", "Attic"):
        RoomFactory(venue=venue, name=name)
    make_text(summit=summit, moment=ago(1), title="Of ships", slug="ships", body="Of ships.")
    user = UserFactory.with_role(Role.ORGANISER, summit, name="Zoe")
    names = {"secret": token_services.make(by=user, name="Registry", scopes=all_scopes()).secret}
    for name, role in (("officer", Role.PRESS_OFFICER), ("approver", Role.PRESS_APPROVER)):
        desk = UserFactory.with_role(role, summit)
        names[name] = token_services.make(by=desk, name="Newsroom", scopes=all_scopes()).secret
    steps = STEPS.findall((ROOT / "docs" / "api.md").read_text())
    assert len(steps) == 18
    for request, status, told in steps:
        response = ask(client, filled(request, names))
        assert (response.status_code, request) == (int(status), request), response.content
        assert fits(json.loads(filled_where_known(told, names)), response.json(), names), response.content
        if "ETag" in response:
            names["etag"] = response["ETag"]


def filled_where_known(text: str, names: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: names.get(found.group(1), found.group(0)), text)


def test_control_another_answer_does_not_fit() -> None:
    names: dict[str, str] = {}
    assert fits({"a": "<x>", "…": "…"}, {"a": "1", "b": 2}, names)
    assert names == {"x": "1"}
    assert not fits({"a": "<x>"}, {"a": "2"}, names)
    assert not fits({"a": "1"}, {"a": "1", "b": 2}, names)
    assert not fits([1], [1, 2], names)
