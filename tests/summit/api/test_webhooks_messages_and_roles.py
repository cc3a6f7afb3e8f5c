"""What every summit has, by the API: its team, its audit, its messages, its webhooks, its long work."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from summit.api import api_client_services
from summit.api_base import token_services
from summit.api_base.models.tokens import Token
from summit.api_base.permission_classes import PublicMixin
from summit.audit.models import AuditEntry
from summit.jobs import services as jobs_services
from summit.jobs.models.jobs import Job
from summit.outbox.models import Message
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User
from summit.webhooks.models.deliveries import Delivery
from tests import factories as f
from tests.delegations.helpers import queries
from tests.press.helpers import make_text
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"


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


def test_a_new_secret_is_told_once_whatever_is_asked_again(organiser: Program, here: Summit) -> None:
    endpoint = f.EndpointFactory(summit=here)
    where = f"{DESK}webhooks/{endpoint.public_id}/new-secret/"
    first = organiser.post(where, {}, Idempotency_Key="once")
    endpoint.refresh_from_db()
    assert first.json() == {"secret": endpoint.secret}
    assert organiser.post(where, {}, Idempotency_Key="once").json() == {"secret": None}


def test_what_was_sent_is_read_and_sent_again(organiser: Program, here: Summit) -> None:
    delivery = f.DeliveryFactory(endpoint__summit=here, state="failed", problem="500", ended_at=here.created_at)
    elsewhere = f.DeliveryFactory()
    listed = organiser.get(f"{DESK}deliveries/?state=failed&fields=id,state").json()["results"]
    assert listed == [{"id": delivery.public_id, "state": "failed"}]
    assert organiser.post(f"{DESK}deliveries/{delivery.public_id}/send-again/", {}).json()["state"] == "pending"
    assert organiser.post(f"{DESK}deliveries/{elsewhere.public_id}/send-again/", {}).status_code == 404
    message = f.MessageFactory(summit=here, state="failed", problem="550")
    assert organiser.get(f"{DESK}messages/?fields=id").json()["results"] == [{"id": message.public_id}]
    assert organiser.post(f"{DESK}messages/{message.public_id}/send-again/", {}).json()["state"] == "pending"
    refused = organiser.post(f"{DESK}messages/{message.public_id}/send-again/", {})
    assert (refused.status_code, refused.json()["detail"]) == (409, "Only failed messages can be resent.")
    assert Message.objects.get(pk=message.pk).attempts == 0


def test_who_reads_mailboxes_is_recorded_and_only_then(organiser: Program, here: Summit) -> None:
    message = f.MessageFactory(summit=here)
    organiser.get(f"{DESK}messages/?fields=id,state")
    assert not AuditEntry.objects.filter(action="summit.person.seen").exists()
    organiser.get(f"{DESK}messages/")
    entry = AuditEntry.objects.get(action="summit.person.seen")
    assert (entry.fields, entry.detail["keys"]) == (["address", "subject"], [message.public_id])


def test_roles_are_given_and_taken_and_an_organiser_stays(organiser: Program, here: Summit) -> None:
    made = organiser.post(f"{DESK}roles/", {"email": "new@host.example", "role": "programme", "name": "Ana"})
    assert (made.status_code, made.json()["email"], made.json()["role"]) == (201, "new@host.example", "programme")
    assert organiser.delete(f"{DESK}roles/{made.json()['id']}/", If_Match=made["ETag"]).status_code == 204
    own = RoleAssignment.objects.get()
    assert organiser.delete(f"{DESK}roles/{own.pk}/", If_Match="*").status_code == 409
    assert RoleAssignment.objects.get() == own


def test_whoever_is_new_is_written_to_in_their_language(organiser: Program) -> None:
    said = ({}, {"language": ""}, {"language": "fr"}, {"language": "tlh"})
    addresses = [f"{letter}@host.example" for letter in "abcd"]
    rows = [{"email": each, "role": "viewer", **more} for each, more in zip(addresses, said, strict=True)]
    done = organiser.post(f"{DESK}roles/bulk/", {"rows": rows}, Idempotency_Key="k").json()["rows"]
    assert [each["status"] for each in done] == [201, 201, 201, 422]
    assert [each["pointer"] for each in done[3]["problem"]["errors"]] == ["#/language"]
    spoken = {"a@host.example": "en", "b@host.example": "en", "c@host.example": "fr"}
    assert dict(User.objects.exclude(pk=organiser.user.pk).values_list("email", "language")) == spoken
    assert dict(Message.objects.values_list("address", "language")) == spoken


def test_the_audit_is_read_with_the_token_that_acted(organiser: Program) -> None:
    organiser.post(f"{DESK}venues/", {"name": "House"})
    (entry,) = organiser.get(f"{DESK}audit/?action=summit.venue.add").json()["results"]
    token = Token.objects.get(user=organiser.user).public_id
    assert (entry["by"], entry["detail"]) == (organiser.user.public_id, {"token": token})
    assert organiser.get(f"{DESK}audit/{entry['id']}/").json()["said"] == entry["said"] != ""
    assert organiser.ask("patch", f"{DESK}audit/{entry['id']}/", {}).status_code == 405


def test_work_is_seen_by_whoever_asked_for_it(organiser: Program, here: Summit) -> None:
    mine = jobs_services.start(kind="verify_audit", by=organiser.user, summit=here)
    other = program(f.UserFactory.with_role(Role.ORGANISER, here))
    assert other.get(f"{DESK}jobs/").json()["results"] == []
    assert other.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).status_code == 404
    assert organiser.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).json()["state"] == "cancelled"
    assert organiser.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).status_code == 409
    assert Job.objects.get().state == "cancelled"


LISTS = ("webhooks", "deliveries", "messages", "roles", "audit", "jobs", "rooms", "tasks", "applications")


@pytest.mark.slow("asks nine lists, with few rows and with more")
def test_a_list_asks_as_often_for_many_rows_as_for_few(organiser: Program, here: Summit) -> None:
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
        # Once in a while it is written down that a token was used, and who saw the rows.
        assert organiser.get(path).status_code == 200
        return queries(lambda: organiser.get(path))

    paths = [f"{DESK}{name}/" for name in (*LISTS, "application-tokens", "accounts")]
    more(0)
    few = {path: asked(path) for path in paths}
    for number in (1, 2):
        more(number)
    assert {path: asked(path) for path in paths} == few
    assert few[f"{DESK}rooms/"] <= 6


@pytest.mark.parametrize(("mixin", "status"), [((), 403), ((PublicMixin,), 200)], ids=["says nothing", "public"])
def test_a_view_that_says_nothing_of_permissions_opens_nothing(
    mixin: tuple[type, ...], status: int, rf: RequestFactory
) -> None:
    def get(self: APIView, request: Request) -> Response:
        return Response({})

    view = type("Odd", (*mixin, APIView), {"get": get}).as_view()
    assert view(rf.get("/")).status_code == status
