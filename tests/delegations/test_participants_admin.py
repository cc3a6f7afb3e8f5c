"""The lists of participants in the admin: made, compared, taken, and who saw whom they name."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import participants
from delegations.models import ParticipantList
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Role, Summit, User
from tests import factories as f
from tests.delegations.test_participants import delegation

pytestmark = pytest.mark.django_db
LISTS = "/admin/delegations/participantlist/"


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="here")


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(protocol: User) -> Client:
    return signed_in(protocol)


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_nothing_can_be_made_of_nobody(desk: Client, summit: Summit) -> None:
    said = page(desk, f"{LISTS}prepare/here/")
    assert "No party takes part yet. Record an answer or name somebody first." in said
    assert "Make revision" not in said


def test_it_is_previewed_made_and_told(desk: Client, summit: Summit, protocol: User) -> None:
    member = f.MembershipFactory(party=delegation(summit, "Aland"), person__name="Ada Bly", person__office="Minister")
    said = page(desk, f"{LISTS}prepare/here/")
    assert "Make revision 1" in said
    assert "Parties: 1. People: 1." in said
    assert '<bdi lang=""> Ada Bly</bdi>' in said
    digest = participants.digest(participants.gather(summit))
    answer = desk.post(f"{LISTS}prepare/here/", {"expected": digest, "note": "For the printers", "state": ""})
    made = ParticipantList.objects.get()
    assert answer["Location"] == f"{LISTS}{made.pk}/change/"
    assert (made.number, made.final, made.made_by) == (1, False, protocol)
    said = page(desk, answer["Location"])
    assert "It is the first list: everybody in it is new" in said
    assert "Download the list" in said
    seen = AuditEntry.objects.filter(action=SEEN).order_by("pk")
    assert [(entry.object_type, entry.detail.get("people") or entry.detail["keys"]) for entry in seen] == [
        ("summit.person", [member.person.public_id]),
        ("delegations.participantlist", [member.person.public_id]),
    ]


def test_what_changed_is_told_with_what_was(desk: Client, summit: Summit, protocol: User) -> None:
    party = delegation(summit, "Aland")
    member = f.MembershipFactory(party=party, person__name="Ada Bly", person__office="Minister")
    participants.freeze(summit=summit, by=protocol)
    member.person.office = "First Minister"
    member.person.save()
    delegation(summit, "Borduria")
    second = participants.freeze(summit=summit, by=protocol, final=True)
    said = page(desk, f"{LISTS}{second.pk}/change/")
    assert "What changed since the revision before" in said
    assert '<del lang="" dir="auto">Minister</del> <ins lang="" dir="auto">First Minister</ins>' in said
    assert '<span class="state" data-state="good">added</span>' in said
    assert "The last list is final and says the same: there is nothing to make." in page(
        desk, f"{LISTS}prepare/here/"
    )


def test_what_was_refused_is_said(desk: Client, summit: Summit, protocol: User) -> None:
    delegation(summit, "Aland")
    answer = desk.post(f"{LISTS}prepare/here/", {"expected": "another", "state": ""}, follow=True)
    assert "The list has changed since this page was shown. Look again, then make it." in answer.content.decode()
    assert not ParticipantList.objects.exists()


@pytest.mark.parametrize(("ending", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_it_is_taken_as_a_file(desk: Client, summit: Summit, protocol: User, ending: str, begins: bytes) -> None:
    member = f.MembershipFactory(party=delegation(summit, "Aland"))
    made = participants.freeze(summit=summit, by=protocol)
    answer = desk.get(f"{LISTS}{made.pk}/file/", {"language": "fr", "order": "alphabet", "ending": ending})
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"] == f'attachment; filename="participants-here-1-fr.{ending}"'
    entry = AuditEntry.objects.get(action=SEEN)
    assert (entry.object_key, entry.detail["people"]) == (made.public_id, [member.person.public_id])


@pytest.mark.parametrize("chosen", [{"language": "tlh"}, {"order": "weight"}, {"ending": "exe"}])
def test_what_is_not_offered_is_not_taken(
    desk: Client, summit: Summit, protocol: User, chosen: dict[str, Any]
) -> None:
    delegation(summit, "Aland")
    made = participants.freeze(summit=summit, by=protocol)
    answer = desk.get(f"{LISTS}{made.pk}/file/", chosen, follow=True)
    assert "Choose language, order and format among those that are offered." in answer.content.decode()


def test_who_only_reads_takes_and_makes_none(summit: Summit, protocol: User) -> None:
    delegation(summit, "Aland")
    made = participants.freeze(summit=summit, by=protocol)
    reader = signed_in(f.UserFactory.with_role(Role.ACCREDITATION, summit))
    assert reader.get(f"{LISTS}{made.pk}/file/").status_code == 200
    assert "Preview the next list" not in page(reader, LISTS)
    assert reader.get(f"{LISTS}prepare/here/").status_code == 403
    assert signed_in(f.UserFactory.with_role(Role.VIEWER, summit)).get(LISTS).status_code == 404


def test_queries_do_not_grow_with_people_and_revisions(desk: Client, summit: Summit, protocol: User) -> None:
    counts = []
    for number in range(2):
        for each in range(4):
            f.MembershipFactory(party=delegation(summit, f"Land {number}{each}"))
        made = participants.freeze(summit=summit, by=protocol)
        addresses = (LISTS, f"{LISTS}{made.pk}/change/", f"{LISTS}prepare/here/")
        found = []
        for address in addresses:
            desk.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(address).status_code == 200
            found.append(len(queries))
        counts.append(found)
    # The second revision is compared with the first: one query more.
    assert counts[1] == [counts[0][0], counts[0][1], counts[0][2]]
