"""What every summit has, by the API: its team, its audit, its messages, its webhooks, its long work."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from summit.api.models import Token
from summit.hooks.models import Delivery, Endpoint
from summit.models import AuditEntry, Role, RoleAssignment, Summit, User
from summit.outbox.models import Message
from summit.work.domain import jobs
from summit.work.models import Job
from tests.factories import DeliveryFactory, EndpointFactory, MessageFactory, UserFactory
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"


def test_a_webhook_is_made_changed_and_turned_off_and_on(organiser: Program) -> None:
    wanted = {"name": "App", "url": "https://app.example/events", "events": ["agenda.released"]}
    made = organiser.post(f"{DESK}webhooks/", wanted)
    assert (made.status_code, made.json()["enabled"], "secret" in made.json()) == (201, True, False)
    where = f"{DESK}webhooks/{made.json()['id']}/"
    assert organiser.patch(where, {"name": "Feed"}, If_Match=made["ETag"]).json()["name"] == "Feed"
    assert organiser.post(f"{where}turn-off/", {}).json()["off_why"] == "hand"
    refused = organiser.post(f"{where}turn-off/", {})
    assert (refused.status_code, refused.json()["detail"]) == (409, "This webhook is off already.")
    assert organiser.post(f"{where}turn-on/", {}).json()["enabled"] is True
    assert organiser.post(f"{where}test/", {}).status_code == 200
    assert Delivery.objects.get().event == "webhook.test"


def test_an_event_that_nobody_announces_and_an_inside_address_are_refused(organiser: Program) -> None:
    wanted = {"name": "App", "url": "https://127.0.0.1/", "events": ["agenda.released"]}
    inside = organiser.post(f"{DESK}webhooks/", wanted)
    assert (inside.status_code, inside.json()["errors"][0]["pointer"]) == (422, "#/url")
    unknown = organiser.post(f"{DESK}webhooks/", {**wanted, "url": "https://app.example/", "events": ["nothing"]})
    assert unknown.json()["errors"][0]["detail"].startswith("Give some of: agenda.released, ")
    assert not Endpoint.objects.exists()


def test_a_new_secret_is_told_once_whatever_is_asked_again(organiser: Program, here: Summit) -> None:
    endpoint = EndpointFactory(summit=here)
    where = f"{DESK}webhooks/{endpoint.public_id}/new-secret/"
    first = organiser.post(where, {}, Idempotency_Key="once")
    endpoint.refresh_from_db()
    assert first.json() == {"secret": endpoint.secret}
    assert organiser.post(where, {}, Idempotency_Key="once").json() == {"secret": None}


def test_what_was_sent_is_read_and_sent_again(organiser: Program, here: Summit) -> None:
    delivery = DeliveryFactory(endpoint__summit=here, state="failed", problem="500", ended_at=here.created_at)
    elsewhere = DeliveryFactory()
    listed = organiser.get(f"{DESK}deliveries/?state=failed&fields=id,state").json()["results"]
    assert listed == [{"id": delivery.public_id, "state": "failed"}]
    assert organiser.post(f"{DESK}deliveries/{delivery.public_id}/send-again/", {}).json()["state"] == "pending"
    assert organiser.post(f"{DESK}deliveries/{elsewhere.public_id}/send-again/", {}).status_code == 404
    message = MessageFactory(summit=here, state="failed", problem="550")
    assert organiser.get(f"{DESK}messages/?fields=id").json()["results"] == [{"id": message.public_id}]
    assert organiser.post(f"{DESK}messages/{message.public_id}/send-again/", {}).json()["state"] == "pending"
    refused = organiser.post(f"{DESK}messages/{message.public_id}/send-again/", {})
    assert (refused.status_code, refused.json()["detail"]) == (409, "Only a message that failed can be sent again.")
    assert Message.objects.get(pk=message.pk).attempts == 0


def test_who_reads_mailboxes_is_recorded_and_only_then(organiser: Program, here: Summit) -> None:
    message = MessageFactory(summit=here)
    organiser.get(f"{DESK}messages/?fields=id,state")
    assert not AuditEntry.objects.filter(action="summit.person.seen").exists()
    organiser.get(f"{DESK}messages/")
    entry = AuditEntry.objects.get(action="summit.person.seen")
    assert (entry.fields, entry.detail["keys"]) == (["address", "subject"], [message.public_id])


def test_roles_are_given_and_taken_and_an_organiser_stays(organiser: Program, here: Summit) -> None:
    made = organiser.post(f"{DESK}roles/", {"email": "new@host.example", "role": "programme", "name": "Ana"})
    assert (made.status_code, made.json()["email"], made.json()["role"]) == (201, "new@host.example", "programme")
    where = f"{DESK}roles/{made.json()['id']}/"
    assert organiser.delete(where, If_Match=made["ETag"]).status_code == 204
    own = RoleAssignment.objects.get(user=organiser.user)
    last = organiser.delete(f"{DESK}roles/{own.pk}/", If_Match="*")
    assert last.status_code == 409
    assert RoleAssignment.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize(("said", "spoken"), [({}, "en"), ({"language": ""}, "en"), ({"language": "fr"}, "fr")])
def test_whoever_is_new_is_written_to_in_their_language(
    said: dict[str, str], spoken: str, organiser: Program, here: Summit
) -> None:
    rows = {"rows": [{"email": "new@host.example", "role": "viewer", **said}]}
    done = organiser.post(f"{DESK}roles/bulk/", rows, Idempotency_Key="k")
    assert [each["status"] for each in done.json()["rows"]] == [201]
    account = User.objects.get(email="new@host.example")
    letter = Message.objects.get(address=account.email)
    assert (account.language, letter.language) == (spoken, spoken)


def test_a_language_that_no_letter_has_is_refused(organiser: Program) -> None:
    row = {"email": "new@host.example", "role": "viewer", "language": "tlh"}
    refused = organiser.post(f"{DESK}roles/", row)
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, ["#/language"])
    assert not User.objects.filter(email="new@host.example").exists()


def test_the_audit_is_read_with_the_token_that_acted(organiser: Program) -> None:
    organiser.post(f"{DESK}venues/", {"name": "House"})
    (entry,) = organiser.get(f"{DESK}audit/?action=summit.venue.add").json()["results"]
    token = Token.objects.get(user=organiser.user).public_id
    assert (entry["by"], entry["detail"]) == (organiser.user.public_id, {"token": token})
    assert organiser.get(f"{DESK}audit/{entry['id']}/").json()["said"] == entry["said"] != ""
    assert organiser.ask("patch", f"{DESK}audit/{entry['id']}/", {}).status_code == 405


def test_work_is_seen_by_whoever_asked_for_it(organiser: Program, here: Summit) -> None:
    mine = jobs.start(kind="verify_audit", by=organiser.user, summit=here)
    other = program(UserFactory.with_role(Role.ORGANISER, here))
    assert other.get(f"{DESK}jobs/").json()["results"] == []
    assert other.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).status_code == 404
    assert organiser.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).json()["state"] == "cancelled"
    assert organiser.post(f"{DESK}jobs/{mine.public_id}/cancel/", {}).status_code == 409
    assert Job.objects.get().state == "cancelled"


@pytest.mark.parametrize("name", ["webhooks", "deliveries", "messages", "roles", "audit", "jobs"])
def test_a_list_asks_as_often_for_many_rows_as_for_few(organiser: Program, here: Summit, name: str) -> None:
    def more() -> None:
        delivery = DeliveryFactory(endpoint__summit=here)
        delivery.tries.create(ms=3, status=200)
        MessageFactory(summit=here)
        UserFactory.with_role(Role.VIEWER, here)
        organiser.post(f"{DESK}venues/", {"name": f"House {delivery.pk}"})
        Job.objects.create(kind="verify_audit", key=delivery.public_id, by=organiser.user, summit=here)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert organiser.get(f"{DESK}{name}/").status_code == 200
        return len(found)

    more()
    asked()
    few = asked()
    for _number in range(4):
        more()
    asked()
    assert asked() == few
