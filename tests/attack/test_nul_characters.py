"""The character NUL in addresses and in what is posted: nothing is called so, and nothing breaks on it."""

import pytest
from django.db import DataError
from django.test import Client

from summit.public.nul_characters import NulMiddleware
from tests import factories as f
from tests.portal.delegation.helpers import World

pytestmark = pytest.mark.django_db
ASKED = {"category": "delegate", "name": "Eve", "language": "en"}


@pytest.fixture
def world() -> World:
    party = f.PartyFactory()
    user = f.UserFactory()
    f.FocalPointFactory(party=party, person=f.PersonFactory(summit=party.summit, user=user))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return World(party, user, client)


def test_an_address_leads_nowhere(world: World) -> None:
    for rest in ("people/%00/", "people/%00/edit/name/", "people/table/%00/", "visas/%00/letter.pdf"):
        assert world.client.get(world.path(rest)).status_code == 404
        assert world.client.get(f"/portal/delegation/%00/{rest}").status_code == 404


def test_what_is_posted_breaks_nothing(world: World) -> None:
    person = world.member("Ada").person
    for rest, values in (
        ("people/add/", {**ASKED, "known": "\0"}),
        ("people/add/", {**ASKED, "another": "\0"}),
        ("people/confirm/", {"person": "\0"}),
        (f"people/{person.public_id}/replace/", {"member": "\0"}),
        ("visas/", {"person": "\0", "embassy": "x"}),
        ("focal-points/", {"name": "x", "email": "x@land.example", "language": "en", "instead_of": "\0"}),
    ):
        assert world.client.post(world.path(rest), values).status_code in (303, 400, 404, 422), rest


@pytest.mark.postgresql
def test_control_without_it_the_database_refuses_to_be_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NulMiddleware, "process_exception", lambda *_args: None)
    assert world.client.post(world.path("people/confirm/"), {"person": "\0"}).status_code == 500


def test_other_errors_of_the_database_are_errors() -> None:
    def answer(problem: Exception) -> object:
        request = Client().get("/").wsgi_request
        return NulMiddleware(lambda _request: None).process_exception(request, problem)  # type: ignore[arg-type, return-value]

    assert answer(DataError("value too long")) is None
    found = answer(DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))
    assert getattr(found, "status_code", 0) == 400
