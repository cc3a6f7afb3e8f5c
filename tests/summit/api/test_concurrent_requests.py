"""Two who are at it at the same instant: what is taken is said, and the same question has one answer."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from delegations.zones.models import Zone
from summit.api_base import idempotency
from summit.api_base.actions import actions_of
from summit.api_base.models.answers import IdempotencyRecord
from summit.api_base.viewsets import DeskViewSet
from summit.core import unique_errors
from summit.summits.models import Summit, Venue
from tests.factories import UserFactory
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_summits import NEW
from tests.summit.api.test_viewsets import VENUES, kind

pytestmark = pytest.mark.django_db
ZONES = "summits/here/desk/zones/"
ZONE = {"code": "A", "name": "Halls"}


def unseen(monkeypatch: pytest.MonkeyPatch, *models: Any) -> None:
    """Let nothing be looked at before it is stored, as where somebody else is quicker."""
    for model in models:
        monkeypatch.setattr(model, "full_clean", lambda self, *args, **kwargs: None)


def test_what_somebody_else_took_is_said(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    unseen(monkeypatch, Zone, Venue, Summit)
    assert organiser.post(ZONES, ZONE).status_code == 201
    for key in ({}, {"Idempotency_Key": "k"}, {"Idempotency_Key": "k"}):
        refused = organiser.post(ZONES, ZONE, **key)
        assert kind(refused) == (409, "conflict")
        assert refused.json()["detail"] == "Another zone has this code. Choose another code."
    many = organiser.post(f"{ZONES}bulk/", {"rows": [ZONE, {"code": "B", "name": "Desks"}]}).json()["rows"]
    assert [each["status"] for each in many] == [409, 201]
    second = Zone.objects.get(code="B")
    changed = organiser.patch(f"{ZONES}{second.pk}/", {"code": "A"}, If_Match="*")
    assert kind(changed) == (409, "conflict")
    assert sorted(Zone.objects.values_list("code", flat=True)) == ["A", "B"]

    # A column that is there once is said as well; any other error of the database stays ours.
    refused = program(UserFactory(is_superuser=True)).post("me/summits/", {**NEW, "slug": "here"})
    assert kind(refused) == (409, "conflict")
    assert "already exists" in refused.json()["detail"]
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        organiser.post(VENUES, {"name": "House", "address": "", "opens_at": "08:00"})


TOLD = (
    ("zone_code_once", "delegations_zone", "Key (summit_id, code)=(1, A) already exists.", "this code"),
    ("summit_summit_slug_key", "summit_summit", "Key (slug)=(here) already exists.", "already exists"),
    ("user_email_once", "summit_user", "Key (lower(email::text))=(a@b.c) already exists.", "just added the same"),
    ("release_number_once", "agenda_release", "Key (summit_id, number)=(1, 2) already exists.", ""),
    ("summit_person_public_id_key", "summit_person", "Key (public_id)=(x) already exists.", ""),
    ("elsewhere", "elsewhere", None, ""),
)


def test_postgres_tells_it_otherwise_and_what_is_not_said_is_not_guessed() -> None:
    other = ("zone_code_once", "delegations_zone", None, "")
    for state, constraint, table, detail, said in (*(("23505", *row) for row in TOLD), ("23514", *other)):
        diag = SimpleNamespace(constraint_name=constraint, table_name=table, message_detail=detail)
        broken = type("UniqueViolation", (Exception,), {"__module__": "psycopg.errors"})()
        broken.sqlstate, broken.diag = state, diag
        error = IntegrityError("of PostgreSQL")
        error.__cause__ = broken
        found = unique_errors.message_of(error)
        assert (said in found) if said else not found, constraint
    assert unique_errors.message_of(IntegrityError("by hand")) == ""


# --- the same key ---------------------------------------------------------------------------------------------------
def question(key: str = "k") -> idempotency.Question:
    return idempotency.Question.of(who="user:1", key=key, method="POST", address="/api/v1/", body=b"{}")


def test_a_question_that_is_given_up_this_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = idempotency.begin(question())
    known = idempotency._existing_record

    def given_up(asked: idempotency.Question) -> IdempotencyRecord:
        idempotency.discard(first)
        return known(asked)

    monkeypatch.setattr(idempotency, "_existing_record", given_up)
    with pytest.raises(idempotency.StillRunning):
        idempotency.begin(question())
    assert idempotency.begin(question()).status is None


def test_whoever_is_too_late_takes_no_question_away() -> None:
    late, beside = idempotency.begin(question()), idempotency.begin(question("beside"))
    IdempotencyRecord.objects.update(made_at=timezone.now() - idempotency.GIVEN_UP)
    other = idempotency.begin(question())
    idempotency.discard(late)
    idempotency.finish(other, status=201, headers={}, body=b"{}")
    # Nor another question that was asked in the same instant.
    IdempotencyRecord.objects.filter(pk=beside.pk).update(made_at=late.made_at)
    idempotency.discard(late)
    assert sorted(IdempotencyRecord.objects.values_list("pk", "status")) == [(other.pk, 201), (beside.pk, None)]


def below(view: type[DeskViewSet]) -> list[type[DeskViewSet]]:
    return [each for found in view.__subclasses__() for each in (found, *below(found))]


def test_what_is_shown_once_is_described_as_what_may_be_missing() -> None:
    once = [(found, name) for each in below(DeskViewSet) for found in actions_of(each) for name in found.shown_once]
    assert len(once) >= 6
    hard = [found.method for found, name in once if not found.output().fields[name].allow_null]
    assert hard == []


def test_a_form_from_a_browser_where_none_is_taken(organiser: Program) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(organiser.user)
    client.cookies["csrftoken"] = token = "a" * 32
    for key in ({}, {"Idempotency-Key": "k"}):
        answer = client.post(f"/api/v1/{ZONES}", ZONE, headers={"X-CSRFToken": token, **key})
        assert kind(answer) == (415, "media-type")
    assert not Zone.objects.exists()
