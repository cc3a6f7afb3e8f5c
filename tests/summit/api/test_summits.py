"""One's summits: created by whoever set the system up, set by their organisers."""

from datetime import UTC, datetime

import pytest

from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits import services as summits_services
from summit.summits.models import Summit
from tests.factories import SummitFactory, UserFactory
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
HERE = "summits/here/desk/"
NEW = {
    "slug": "water-2026",
    "name": "Water Summit 2026",
    "short_name": "Water",
    "host": "Hostland",
    "starts_on": "2099-03-31",
    "ends_on": "2099-04-01",
    "time_zone": "Europe/Paris",
    "place": "Paris",
    "contact_email": "protocol@host.example",
    "names": {"fr": {"name": "Sommet de l’eau"}},
}


def test_who_set_the_system_up_creates_one_and_what_can_t_be_kept_is_said() -> None:
    asks = program(UserFactory(is_superuser=True))
    made = asks.post("me/summits/", NEW, Idempotency_Key="k")
    assert made.status_code == 201, made.content
    summit = Summit.objects.get()
    assert made["Location"] == "http://testserver/api/v1/summits/water-2026/desk/"
    assert {name: made.json()[name] for name in NEW} == NEW
    assert (summit.public, summit.accent, summit.language) == (False, "#1d4f91", "en")
    assert summit.roles.get().role == Role.ORGANISER
    assert asks.post("me/summits/", NEW, Idempotency_Key="k").content == made.content
    # What is set later can be set at once.
    later = {"slug": "later", "answer_by": "2099-02-28T17:00:00Z", "public_changes": True, "illustrative": True}
    made = asks.post("me/summits/", {**NEW, **later})
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in later} == later
    summit = Summit.objects.get(slug="later")
    assert summit.answer_by == datetime(2099, 2, 28, 17, tzinfo=UTC)
    assert (summit.public_changes, summit.illustrative) == (True, True)
    for changed, pointer in (
        ({"slug": "admin"}, "slug"),
        ({"ends_on": "2099-03-01"}, "ends_on"),
        # The summit has begun by then.
        ({"answer_by": "2100-01-01T00:00:00Z"}, "answer_by"),
        ({"names": {"fr": "Eau"}}, "names/fr"),
    ):
        refused = asks.post("me/summits/", {**NEW, "slug": "third", **changed})
        assert refused.status_code == 422
        assert {each["pointer"] for each in refused.json()["errors"]} == {f"#/{pointer}"}
    assert Summit.objects.count() == 2


def test_nobody_else_creates_one(organiser: Program, here: Summit) -> None:
    refused = organiser.post("me/summits/", NEW)
    said = "Roles that can do this: the system administrator."
    assert (refused.status_code, refused.json()["detail"]) == (403, said)
    # Nor does a token of one summit.
    narrowed = program(UserFactory(is_superuser=True), summit=here)
    assert narrowed.post("me/summits/", NEW).status_code == 403
    assert narrowed.get(HERE).status_code == 200


def test_one_sees_one_s_own(here: Summit, viewer: Program) -> None:
    SummitFactory(slug="there")
    listed = viewer.get("me/summits/").json()["results"]
    assert [each["slug"] for each in listed] == ["here"]
    assert viewer.get("summits/there/desk/").status_code == 404
    assert viewer.get("me/summits/?public=true").json()["results"] == []
    asked = "me/summits/?starts_from=2025-01-01&starts_until=2025-12-31&fields=slug"
    assert viewer.get(asked).json()["results"] == [{"slug": "here"}]


def test_an_organiser_sets_it(here: Summit, organiser: Program) -> None:
    # What stands already is no change.
    summits_services.change_summit(by=organiser.user, summit=here, values={"place": here.place, "slug": "never"})
    assert not AuditEntry.objects.filter(action="summit.summit.change").exists()
    Summit.objects.update(starts_on="2099-03-31", ends_on="2099-04-01")
    etag = organiser.get(HERE)["ETag"]
    changed = organiser.patch(HERE, {"public": True, "names": {"fr": {"place": "Londres"}, "ar": {}}}, If_Match=etag)
    assert changed.status_code == 200, changed.content
    here.refresh_from_db()
    assert (here.slug, here.public, here.names) == ("here", True, {"fr": {"place": "Londres"}})
    entry = AuditEntry.objects.get(action="summit.summit.change")
    assert (entry.fields, entry.by) == (["names", "public"], organiser.user)
    assert organiser.patch(HERE, {"public": False}, If_Match=etag).status_code == 412
    # Nor can answers be due when it has begun.
    for name, value in (("slug", "other"), ("answer_by", "2099-03-31T10:00:00Z")):
        wrong = organiser.patch(HERE, {name: value}, If_Match=changed["ETag"])
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, f"#/{name}")
    assert organiser.patch(HERE, {"answer_by": "2099-03-01T10:00:00Z"}, If_Match="*").status_code == 200
    assert organiser.delete(HERE, If_Match="*").status_code == 405
