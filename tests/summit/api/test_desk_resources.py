"""What every summit has, by the API: itself, accounts and roles, tasks, the audit, messages, webhooks, long work."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import Q
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from summit.accounts import visible_accounts
from summit.api import api_client_services
from summit.api_base import token_services
from summit.api_base.models.tokens import Token
from summit.api_base.permission_classes import PublicMixin
from summit.audit import access_log
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.jobs import services as jobs_services
from summit.jobs.models.jobs import Job
from summit.maintenance.models import Heartbeat
from summit.outbox.models import Message
from summit.permissions.models import Role, RoleAssignment
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.webhooks.models.deliveries import Delivery
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries
from tests.press.helpers import make_text
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"
ACCOUNTS, ROLES, TASKS = f"{DESK}accounts/", f"{DESK}roles/", f"{DESK}tasks/"


# --- accounts and roles ---------------------------------------------------------------------------------------------
def test_an_organiser_reads_who_signs_in_and_who_that_is(here: Summit, organiser: Program) -> None:
    focal = f.FocalPointFactory(party__summit=here, person__user=f.UserFactory(email="a@land.example", name="Ada"))
    user = focal.person.user
    TOTP.activate(user, generate_totp_secret())
    (found,) = organiser.get(f"{ACCOUNTS}?person={focal.person.public_id}").json()["results"]
    own = {"id": user.public_id, "email": "a@land.example", "name": "Ada", "language": "en", "is_active": True}
    own |= {"second_step": ["totp"], "last_login": None, "person": focal.person.public_id}
    assert organiser.get(f"{ACCOUNTS}{user.public_id}/").json() == found
    assert found.pop("created_at").endswith("Z")
    assert found == own
    told = AuditEntry.objects.get(action=access_log.SEEN, object_type="summit.user")
    assert (told.by, told.fields, told.detail["keys"]) == (organiser.user, ["email", "name"], [user.public_id])


def test_others_accounts_are_not_there(here: Summit, organiser: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def emails(more: str = "") -> list[str]:
        return [each["email"] for each in organiser.get(f"{ACCOUNTS}{more}").json()["results"]]

    elsewhere = f.SummitFactory(slug="there")
    stranger = f.UserFactory.with_role(Role.VIEWER, elsewhere, email="stranger@x.example")
    both = f.PersonFactory(summit=elsewhere, user=organiser.user)
    f.UserFactory(email="nobody@x.example")
    assert emails() == [organiser.user.email]
    assert organiser.get(f"{ACCOUNTS}{organiser.user.public_id}/").json()["person"] is None
    assert emails(f"?person={both.public_id}") == []
    # Nor does another system know accounts.
    for path in (f"{ACCOUNTS}{stranger.public_id}/", "summits/there/desk/accounts/", f"{ACCOUNTS}ext:registry:1/"):
        assert kind(organiser.get(path)) == (404, "not-found")
    # The control: without the summit they would be.
    monkeypatch.setattr(visible_accounts, "_belonging", lambda **summits: Q())
    assert {"stranger@x.example", "nobody@x.example"} <= set(emails())


def test_what_was_seen_names_the_token(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    def looks() -> list[tuple[list[str], str | None]]:
        rows = AuditEntry.objects.filter(action=access_log.SEEN).order_by("pk")
        return [(row.fields, row.detail.get("token")) for row in rows]

    other = program(organiser.user)
    mine, theirs = (each.get("me/").json()["token"]["id"] for each in (organiser, other))
    key = organiser.get(f"{ROLES}?fields=id").json()["results"][0]["id"]
    seen: dict[str, Any] = {"label": "summit.roleassignment", "rows": [(here.pk, key)], "fields": ["email", "name"]}
    access_log.record_list(by=organiser.user, **seen)
    for asks, query in ((organiser, "?fields=name"), (organiser, ""), (organiser, ""), (other, "")):
        asks.get(f"{ROLES}{query}")
    told = [(["email", "name"], None), (["name"], mine), (["email", "name"], mine), (["email", "name"], theirs)]
    assert looks() == told
    # The control: where no token is named, a look hides behind the account's.
    monkeypatch.setattr(audit, "token_of", lambda by: {})
    program(organiser.user).get(ROLES)
    assert looks() == told


def test_roles_are_given_and_taken_and_an_organiser_stays(organiser: Program, here: Summit) -> None:
    made = organiser.post(ROLES, {"email": "new@host.example", "role": "programme", "name": "Ana"})
    assert (made.status_code, made.json()["email"], made.json()["role"]) == (201, "new@host.example", "programme")
    assert organiser.delete(f"{ROLES}{made.json()['id']}/", If_Match=made["ETag"]).status_code == 204
    own = RoleAssignment.objects.get()
    assert organiser.delete(f"{ROLES}{own.pk}/", If_Match="*").status_code == 409
    assert RoleAssignment.objects.get() == own


# --- tasks: the same as on somebody's home --------------------------------------------------------------------------
@pytest.fixture
def busy(here: Summit) -> Summit:
    """Something for each desk: answers that are late, a mail that failed, words to be reviewed, a party to invite."""
    Heartbeat.objects.create(name="sweep")
    here.answer_by = db_now() - timedelta(hours=1)
    here.save()
    f.PartyFactory(summit=here)
    f.InvitationFactory.create_batch(2, party__summit=here, state="sent", sent_at=f.START)
    f.MessageFactory(summit=here, kind="system", state="failed", problem="no such mailbox")
    make_text(summit=here, state="in_review", title="Secret")
    return here


def told(who: Program) -> list[dict[str, Any]]:
    return who.told("get", TASKS)["tasks"]


def test_a_task_says_what_how_soon_where_and_by_when_and_is_read_alone(busy: Summit, organiser: Program) -> None:
    answer = organiser.get(TASKS)
    first, *_others = answer.json()["tasks"]
    page = first.pop("page")
    assert first == {
        "sentence": "2 answers are overdue. Contact the delegations, or record their answers.",
        "urgency": "late",
        "moment": busy.answer_by.isoformat().replace("+00:00", "Z"),  # type: ignore[union-attr]
    }
    assert page.startswith("http")
    assert signed_in(organiser.user).get(re.sub("^https?://[^/]*", "", page)).status_code == 200
    french = organiser.get(TASKS, Accept_Language="fr").json()["tasks"]
    assert french[0]["sentence"] != first["sentence"]
    assert organiser.get(f"{TASKS}?urgency=late").status_code == 400
    assert organiser.post(TASKS, {}).status_code == 405
    assert organiser.get(TASKS, If_None_Match=answer["ETag"]).status_code == 304


def test_what_is_not_ones_to_do_is_not_told(busy: Summit, viewer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(viewer) == []
    # The control: what keeps it is that each task names who can do it.
    parts = ("press.overview", "delegations.overview", "summit.outbox", "sessions.overview", "summit.admin_base")
    for part in parts:
        monkeypatch.setattr(f"{part}.dashboard.allows", lambda user, action, summit: True)
    assert len(told(viewer)) > 2


# --- the audit, messages, webhooks, long work -----------------------------------------------------------------------
def test_the_audit_is_read_with_the_token_that_acted(organiser: Program) -> None:
    organiser.post(f"{DESK}venues/", {"name": "House"})
    (entry,) = organiser.get(f"{DESK}audit/?action=summit.venue.add").json()["results"]
    token = Token.objects.get(user=organiser.user).public_id
    assert (entry["by"], entry["detail"]) == (organiser.user.public_id, {"token": token})
    assert organiser.get(f"{DESK}audit/{entry['id']}/").json()["said"] == entry["said"] != ""
    assert organiser.ask("patch", f"{DESK}audit/{entry['id']}/", {}).status_code == 405


def test_a_webhook_is_made_changed_and_turned_off_and_on(organiser: Program) -> None:
    wanted = {"name": "App", "url": "https://app.example/events", "events": ["agenda.released"]}
    # An inside address, and an event that nobody announces.
    for field, value in (("url", "https://127.0.0.1/"), ("events", ["nothing"])):
        refused = organiser.post(f"{DESK}webhooks/", {**wanted, field: value})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"#/{field}")
    made = organiser.post(f"{DESK}webhooks/", wanted)
    assert (made.status_code, made.json()["enabled"], "secret" in made.json()) == (201, True, False)
    where = f"{DESK}webhooks/{made.json()['id']}/"
    assert organiser.patch(where, {"name": "Feed"}, If_Match=made["ETag"]).json()["name"] == "Feed"
    assert organiser.post(f"{where}turn-off/", {}).json()["off_why"] == "hand"
    refused = organiser.post(f"{where}turn-off/", {})
    assert (refused.status_code, refused.json()["detail"]) == (409, "This webhook is already off.")
    assert organiser.post(f"{where}turn-on/", {}).json()["enabled"] is True
    assert organiser.post(f"{where}test/", {}).status_code == 200
    assert Delivery.objects.get().event == "webhook.test"
    # A new secret is told once, whatever is asked again.
    told = [organiser.post(f"{where}new-secret/", {}, Idempotency_Key="k").json()["secret"] for _time in range(2)]
    assert told == [Delivery.objects.get().endpoint.secret, None]


def test_what_was_sent_is_read_and_sent_again(organiser: Program, here: Summit) -> None:
    delivery = f.DeliveryFactory(endpoint__summit=here, state="failed", problem="500", ended_at=here.created_at)
    elsewhere = f.DeliveryFactory()
    listed = organiser.get(f"{DESK}deliveries/?state=failed&fields=id,state").json()["results"]
    assert listed == [{"id": delivery.public_id, "state": "failed"}]
    assert organiser.post(f"{DESK}deliveries/{delivery.public_id}/send-again/", {}).json()["state"] == "pending"
    assert organiser.post(f"{DESK}deliveries/{elsewhere.public_id}/send-again/", {}).status_code == 404
    message = f.MessageFactory(summit=here, state="failed", problem="550")
    # Who reads mailboxes is recorded, and only then.
    assert organiser.get(f"{DESK}messages/?fields=id").json()["results"] == [{"id": message.public_id}]
    assert not AuditEntry.objects.filter(action=access_log.SEEN).exists()
    organiser.get(f"{DESK}messages/")
    entry = AuditEntry.objects.get(action=access_log.SEEN)
    assert (entry.fields, entry.detail["keys"]) == (["address", "subject"], [message.public_id])
    assert organiser.post(f"{DESK}messages/{message.public_id}/send-again/", {}).json()["state"] == "pending"
    refused = organiser.post(f"{DESK}messages/{message.public_id}/send-again/", {})
    assert (refused.status_code, refused.json()["detail"]) == (409, "Only failed messages can be resent.")
    assert Message.objects.get(pk=message.pk).attempts == 0


def test_work_is_seen_by_whoever_asked_for_it(organiser: Program, here: Summit) -> None:
    mine = jobs_services.start(kind="verify_audit", by=organiser.user, summit=here)
    other = program(f.UserFactory.with_role(Role.ORGANISER, here))
    assert other.get(f"{DESK}jobs/").json()["results"] == []
    assert other.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).status_code == 404
    assert organiser.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).json()["state"] == "cancelled"
    assert organiser.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).status_code == 409
    assert Job.objects.get().state == "cancelled"


LISTS = ("webhooks", "deliveries", "messages", "roles", "audit", "jobs", "rooms", "tasks", "applications")


@pytest.mark.slow("asks eleven lists, with few rows and with more")
def test_a_list_asks_as_often_for_many_rows_as_for_few(organiser: Program, here: Summit, monkeypatch: Any) -> None:
    # Once in a while it is written down that a token was used, and who saw the rows.
    monkeypatch.setattr(access_log, "record_list", lambda **seen: None)
    Token.objects.update(last_used_at=db_now() + timedelta(days=1))

    def more(number: int) -> None:
        delivery = f.DeliveryFactory(endpoint__summit=here)
        delivery.tries.create(ms=3, status=200)
        f.MessageFactory(summit=here, kind="system", state="failed", problem="x")
        TOTP.activate(f.UserFactory.with_role(Role.VIEWER, here), generate_totp_secret())
        f.RoomFactory(venue=f.VenueFactory(summit=here))
        f.InvitationFactory(party__summit=here, state="sent", sent_at=f.START)
        f.PartyFactory(summit=here)
        make_text(summit=here, state="in_review")
        app = api_client_services.make(by=organiser.user, summit=here, name=f"App {number}", given=[Role.VIEWER])
        token_services.make_for(by=organiser.user, api_client=app, name="A", scopes=["rooms:read"])
        Job.objects.create(kind="verify_audit", key=delivery.public_id, by=organiser.user, summit=here)

    def asked(path: str) -> int:
        answers: list[int] = []
        number = queries(lambda: answers.append(organiser.get(path).status_code))
        assert answers == [200], path
        return number

    paths = [f"{DESK}{name}/" for name in (*LISTS, "application-tokens", "accounts")]
    more(0)
    few = {path: asked(path) for path in paths}
    for number in (1, 2):
        more(number)
    assert {path: asked(path) for path in paths} == few
    assert few[f"{DESK}rooms/"] <= 6


@pytest.mark.parametrize(("mixin", "status"), [((), 403), ((PublicMixin,), 200)], ids=["says nothing", "public"])
def test_a_view_without_permissions_opens_nothing(mixin: tuple[type, ...], status: int, rf: RequestFactory) -> None:
    def get(self: APIView, request: Request) -> Response:
        return Response({})

    view = type("Odd", (*mixin, APIView), {"get": get}).as_view()
    assert view(rf.get("/")).status_code == status


# --- one's summits: created by whoever set the system up, set by their organisers -----------------------------------
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
    asks = program(f.UserFactory(is_superuser=True))
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


def test_an_organiser_creates_a_further_one(organiser: Program, here: Summit) -> None:
    made = organiser.post("me/summits/", {**NEW, "public_changes": True})
    assert made.status_code == 201, made.content
    assert Summit.objects.get(slug=NEW["slug"]).roles.get().user == organiser.user


def test_nobody_else_creates_one(organiser: Program, viewer: Program, here: Summit) -> None:
    refused = viewer.post("me/summits/", NEW)
    assert (refused.status_code, refused.json()["detail"]) == (403, "Roles that can do this: organiser.")
    # Nor does a token of one summit.
    for user in (f.UserFactory(is_superuser=True), organiser.user):
        narrowed = program(user, summit=here)
        refused = narrowed.post("me/summits/", NEW)
        assert (refused.status_code, refused.json()["detail"][:31]) == (403, "This token is for one summit. U")
        assert narrowed.get(DESK).status_code == 200
    assert Summit.objects.get() == here


def test_one_sees_one_s_own(here: Summit, viewer: Program) -> None:
    f.SummitFactory(slug="there")
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
    etag = organiser.get(DESK)["ETag"]
    changed = organiser.patch(DESK, {"public": True, "names": {"fr": {"place": "Londres"}, "ar": {}}}, If_Match=etag)
    assert changed.status_code == 200, changed.content
    here.refresh_from_db()
    assert (here.slug, here.public, here.names) == ("here", True, {"fr": {"place": "Londres"}})
    entry = AuditEntry.objects.get(action="summit.summit.change")
    assert (entry.fields, entry.by) == (["names", "public"], organiser.user)
    assert organiser.patch(DESK, {"public": False}, If_Match=etag).status_code == 412
    # Nor can answers be due when it has begun.
    for name, value in (("slug", "other"), ("answer_by", "2099-03-31T10:00:00Z")):
        wrong = organiser.patch(DESK, {name: value}, If_Match=changed["ETag"])
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, f"#/{name}")
    assert organiser.patch(DESK, {"answer_by": "2099-03-01T10:00:00Z"}, If_Match="*").status_code == 200
    assert organiser.delete(DESK, If_Match="*").status_code == 405
