"""Letters by the API: what they say, the links in them, the answers that came back; guests and lists of who comes."""

import pytest

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.models.letters import LetterTemplate
from delegations.invitations.services import links
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, kind, pointers

pytestmark = pytest.mark.django_db
TEXT = {"purpose": "reminder", "language": "en", "subject": "Answer us", "body": "Dear {party}\n\n{link}"}


def test_a_summit_s_own_letter_is_written_changed_and_taken_off(place: Place) -> None:
    here = f"{DESK}letter-templates/"
    wrong = place.protocol.post(here, {**TEXT, "subject": "", "body": ""})
    assert pointers(wrong) == {"#/subject", "#/body"}
    made = place.protocol.post(here, TEXT)
    assert made.status_code == 201, made.content
    assert pointers(place.protocol.post(here, TEXT)) == {"#"}
    path = f"{here}{made.json()['id']}/"
    changed = place.protocol.patch(path, {"subject": "Once more"}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["subject"]) == (200, "Once more")
    assert changed.json()["body"] == TEXT["body"]
    assert place.protocol.delete(path, If_Match=changed["ETag"]).status_code == 204
    assert not LetterTemplate.objects.exists()


def test_links_are_read_without_what_they_open_and_revoked(place: Place) -> None:
    here = f"{DESK}letter-links/"
    link = f.InvitationLinkFactory(invitation__party=place.one, address="fay@aland.example")
    found = place.protocol.get(here)
    [told] = found.json()["results"]
    assert (told["invitation"], told["address"]) == (link.invitation.public_id, "fay@aland.example")
    assert told["revoked_at"] is None
    assert link.nonce not in found.content.decode()
    assert links.token(link) not in found.content.decode()
    assert AuditEntry.objects.get(action="summit.person.seen").fields == ["address", "person"]
    path = f"{here}{link.public_id}/"
    assert place.protocol.post(f"{path}revoke/", {}).json()["revoked_at"]
    assert kind(place.protocol.post(f"{path}revoke/", {})) == (409, "conflict")
    assert place.protocol.get(f"{here}?live=true").json()["results"] == []


def test_answers_are_read_as_they_came(place: Place) -> None:
    here = f"{DESK}replies/"
    reply = f.ReplyFactory(invitation__party=place.one, recorded_by=place.protocol.user)
    [told] = place.desk(Role.PROGRAMME).get(f"{here}?channel=telephone&party={place.one.public_id}").json()["results"]
    assert (told["id"], told["name"], told["recorded_by"]) == (reply.public_id, "A. Example", "Pat")


def test_a_guest_is_entered_and_invited(place: Place) -> None:
    here = f"{DESK}guests/"
    said = {"name": "Rita Rossi", "mailbox": "rita@uni.example", "language": "en", "office": "Professor"}
    made = place.protocol.post(here, said)
    assert made.status_code == 201, made.content
    assert (made.json()["name"], bool(made.json()["person"])) == ("Rita Rossi", True)
    went = place.protocol.post(f"{DESK}invitations/invite/", {"parties": [made.json()["id"]]}).json()
    assert went["letters"] == 1
    assert Invitation.objects.get().party.name == "Rita Rossi"
    assert place.focal.get(here).json()["results"] == []


def test_a_list_of_participants_is_frozen_and_read(place: Place) -> None:
    here = f"{DESK}participant-lists/"
    f.InvitationFactory(party=place.one, answered=True)
    member = f.MembershipFactory(confirmed_at=f.START, party=place.one, person__name="Ada Example")
    made = place.protocol.post(here, {"note": "As of today"})
    assert made.status_code == 201, made.content
    assert (made.json()["number"], made.json()["final"], made.json()["made_by"]) == (1, False, "Pat")
    again = place.protocol.post(here, {})
    assert (kind(again), again.json()["detail"]) == ((409, "conflict"), "Nothing has changed since revision 1.")
    assert place.protocol.post(here, {"final": True}).json()["number"] == 2
    accreditation = place.desk(Role.ACCREDITATION)
    told = accreditation.get(f"{here}{made.json()['id']}/").json()["content"]
    assert [each["key"] for each in told["parties"][0]["members"]] == [member.person.public_id]
    seen = AuditEntry.objects.get(action="summit.person.seen", by=accreditation.user)
    assert (seen.fields, seen.detail["people"]) == (["content"], [member.person.public_id])


def test_a_list_of_participants_is_looked_at_before_it_is_made(place: Place) -> None:
    here = f"{DESK}participant-lists/"
    f.InvitationFactory(party=place.one, answered=True)
    member = f.MembershipFactory(confirmed_at=f.START, party=place.one, person__name="Ada Example")
    looked = place.protocol.post(f"{here}preview/", {}).json()
    assert (looked["number"], looked["changed"], looked["left_out"]) == (1, True, {"parties": 0, "people": 0})
    named = [each["key"] for party in looked["content"]["parties"] for each in party["members"]]
    assert named == [member.person.public_id]
    seen = AuditEntry.objects.get(action="summit.person.seen", by=place.protocol.user)
    assert (seen.fields, seen.detail["keys"]) == (["name", "office"], [member.person.public_id])
    late = f.MembershipFactory(confirmed_at=f.START, party=place.one)
    refused = place.protocol.post(here, {"expected": looked["expected"]})
    assert kind(refused) == (409, "conflict")
    assert refused.json()["detail"].startswith("The list changed after you opened this page.")
    late.delete()
    assert place.protocol.post(here, {"expected": looked["expected"]}).status_code == 201
