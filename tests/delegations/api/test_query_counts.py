"""Lists of the API ask the database as often for many rows as for few."""

from itertools import count

import pytest

from delegations.badges.services import transferable_passes
from delegations.privacy.models import Retention
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.api.conftest import DESK, Place, counted

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
LISTS = {
    Role.ORGANISER: (
        "parties", "people", "members", "quotas", "focal-points", "categories", "zones", "overpass-rules", "needs",
        "travel", "photos", "invitations", "letter-links", "replies", "calls", "focal-point-requests", "overpasses",
        "contacts", "liaison-officers", "handovers", "visa-letters", "resemblances", "sheets", "badges",
        "party-groups", "retention-times",
    ),
    Role.VETTING: ("passports", "declarations"),
    Role.FOCAL_POINT: ("people", "members", "passports", "photos", "needs", "declarations", "visa-letters"),
}  # fmt: skip


def add(place: Place) -> None:
    """Add some of everything to a party and to its summit."""
    summit, party, number = place.summit, place.one, next(NUMBERS)
    person = f.MembershipFactory(party=party).person
    f.ParticularsFactory(person=person, entered_for=party, passport_number="A1", diet="None", arrives_at=f.START)
    f.PhotoFactory(person=person, entered_for=party)
    f.BadgeFactory(party=party, person=person, issued_by=f.UserFactory())
    f.ExternalIdFactory(party=None, person=person)
    f.DuplicateCandidateFactory(person=person)
    f.HandoverFactory(party=party, giver=person)
    f.DeclarationFactory(party=party, person=person)
    f.VisaLetterFactory(party=party, person=person)
    f.FocalPointRequestFactory(party=party)
    f.FocalPointFactory(party=party)
    f.ContactFactory(party=party)
    f.LiaisonOfficerFactory(summit=summit).parties.add(party)
    other = f.QuotaFactory(party__summit=summit, party__mission_contact="Gil").party
    f.PartyNameFactory(party=other)
    f.ExternalIdFactory(party=other)
    invitation = f.InvitationLinkFactory(invitation__party=other, invitation__sent_by=f.UserFactory()).invitation
    for factory in (f.ReplyFactory, f.CallNoteFactory):
        factory(invitation=invitation, note="Said something")
    zone, category = f.ZoneFactory(summit=summit), f.CategoryFactory(summit=summit)
    for row in (category, f.TransferablePassRuleFactory(summit=summit, people=1, name=f"Floor {number}")):
        row.zones.add(zone)
    f.PartyGroupFactory(summit=summit).parties.add(party, other)
    f.DelegationImportFileFactory(summit=summit, uploaded_by=f.UserFactory())
    Retention.objects.create(summit=summit, what="photo", category=category, days=1)
    transferable_passes.settle_summit(summit=summit, by=place.protocol.user)


@pytest.mark.broad("asks every list of the delegations, with few rows and with more")
@pytest.mark.parametrize("role", LISTS)
def test_lists_ask_as_much_for_many(place: Place, role: Role) -> None:
    reader = place.focal if role == Role.FOCAL_POINT else place.desk(role)
    add(place)
    for name in LISTS[role]:
        reader.get(f"{DESK}{name}/")
    counts = []
    for number in (1, 2):
        for _each in range(number):
            add(place)
        counts.append({name: counted(reader, f"{DESK}{name}/") for name in LISTS[role]})
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 20
