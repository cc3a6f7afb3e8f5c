"""Who saw what by a token: each token for itself, and each choice of fields."""

import pytest

from summit.audit import access_log
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
ROLES = "summits/here/desk/roles/"


def looks() -> list[tuple[list[str], str | None]]:
    rows = AuditEntry.objects.filter(action=access_log.SEEN).order_by("pk")
    return [(row.fields, row.detail.get("token")) for row in rows]


def test_what_was_seen_names_the_token_and_hides_behind_no_other_look(
    organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = program(organiser.user)
    mine, theirs = (each.get("me/").json()["token"]["id"] for each in (organiser, other))
    key = organiser.get(f"{ROLES}?fields=id").json()["results"][0]["id"]
    access_log.record_list(
        by=organiser.user, label="summit.roleassignment", rows=[(here.pk, key)], fields=["email", "name"]
    )
    for asks, query in ((organiser, "?fields=name"), (organiser, ""), (organiser, ""), (other, "")):
        asks.get(f"{ROLES}{query}")
    told = [(["email", "name"], None), (["name"], mine), (["email", "name"], mine), (["email", "name"], theirs)]
    assert looks() == told
    monkeypatch.setattr(audit, "token_of", lambda by: {})
    program(organiser.user).get(ROLES)
    assert looks() == told
