"""The list of participants: what is frozen, what changed, who comes before whom, and that two at once make two."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.participants.models import ParticipantList
from delegations.participants.selectors.listing import arrange
from delegations.participants.services import revisions
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.threads import at_once, meet_after

pytestmark = pytest.mark.django_db


def delegation(summit: Summit, name: str, **more: Any) -> Party:
    """Make a delegation that comes."""
    party = f.PartyFactory(summit=summit, name=name, formal_name=f"Republic of {name}", **more)
    return f.InvitationFactory(party=party, answered=True).party


def member(party: Party, **more: Any) -> Membership:
    return f.MembershipFactory(party=party, confirmed_at=f.START, **more)


def names(content: dict[str, Any]) -> list[str]:
    return [party["names"]["en"]["name"] for party in content["parties"]]


class TestWhoIsInIt:
    def test_the_host_and_those_that_accepted(self, summit: Summit) -> None:
        make = lambda name, **more: f.PartyFactory(summit=summit, name=name, **more)  # noqa: E731
        make("Host", is_host=True)
        delegation(summit, "Comes")
        f.InvitationFactory(party=make("Regrets"), answered=True, answer="regrets")
        f.InvitationFactory(party=make("Silent"), sent=True)
        named, revoked = make("Named"), make("Revoked")
        f.InvitationFactory(party=named, sent=True)
        f.InvitationFactory(party=revoked, state="revoked")
        for party in (named, revoked, make("Unasked")):
            member(party)
        f.PartyFactory(name="Of another summit", is_host=True)
        assert names(revisions.gather(summit)) == ["Comes", "Host"]
        assert revisions.count_omitted(summit) == revisions.OmittedCounts(parties=1, people=0)

    def test_whoever_is_to_be_confirmed_or_not_of_the_number_is_not_in_it(self, summit: Summit) -> None:
        party, guest = delegation(summit, "Aland"), delegation(summit, "Ms Guest", kind="guest")
        head = member(party, code="head")
        for each in (party, guest):
            f.MembershipFactory(party=each, code="guest")
        content = revisions.gather(summit)["parties"]
        assert [len(each["members"]) for each in content] == [1, 1]
        assert content[0]["members"][0]["key"] == head.person.public_id
        assert revisions.count_omitted(summit) == revisions.OmittedCounts(parties=0, people=1)
        party = delegation(summit, "Zland")
        other = member(party=party, code="head", person__office="Minister")
        member(party=party, code="security", person__office="Guard")
        told = {"name": "", "address": "", "office": "Minister", "category": other.category_id}
        assert revisions.gather(summit)["parties"][2]["members"] == [{"key": other.person.public_id, **told}]

    def test_nothing_else_of_a_person_is_kept(self, summit: Summit, protocol: User) -> None:
        canary = "canary-value"
        party = delegation(summit, "Aland", mission_phone=canary, notes=canary, mission_address=canary)
        named = member(
            party=party, person__email="canary-value@land.example", person__badge_name=canary, person__rank=canary
        )
        Particulars.objects.create(person=named.person, passport_number=canary, diet=canary, hotel=canary)
        assert canary not in revisions.freeze(summit=summit, by=protocol).content


class TestFreezing:
    def test_a_revision_has_a_number_and_is_recorded_without_names(self, summit: Summit, protocol: User) -> None:
        party = delegation(summit, "Aland")
        member(party=party, person__name="Ada Bly")
        made = revisions.freeze(summit=summit, by=protocol, note=" For the printers ")
        assert (made.number, made.final, made.note, made.made_by) == (1, False, "For the printers", protocol)
        entry = AuditEntry.objects.get(action="delegations.freeze_list")
        assert entry.detail == {"number": 1, "final": False, "parties": 1, "people": 1}
        assert "Ada" not in json.dumps([entry.fields, entry.detail])

    def test_the_same_is_refused_and_after_a_final_one_others(self, summit: Summit, protocol: User) -> None:
        party = delegation(summit, "Aland")
        first = revisions.freeze(summit=summit, by=protocol)
        with pytest.raises(revisions.NothingToFreeze, match=r"Nothing has changed since revision 1\."):
            revisions.freeze(summit=summit, by=protocol)
        assert revisions.freeze(summit=summit, by=protocol, final=True).number == 2
        Party.objects.filter(pk=party.pk).update(name="Bland")
        refused = refuses(revisions.FinalRevisionExists, revisions.freeze, summit=summit, by=protocol)
        assert str(refused) == ("Revision 2 is final, so only another final revision can follow it.")
        assert revisions.freeze(summit=summit, by=protocol, final=True).number == 3
        first.refresh_from_db()
        assert names(revisions.content_of(first)) == ["Aland"]

    def test_an_empty_list_and_another_than_was_shown_are_refused(self, summit: Summit, protocol: User) -> None:
        with pytest.raises(revisions.NothingToFreeze, match=r"No delegation has accepted yet\."):
            revisions.freeze(summit=summit, by=protocol)
        delegation(summit, "Aland")
        seen = revisions.digest(revisions.gather(summit))
        delegation(summit, "Borduria")
        with pytest.raises(revisions.ListChanged, match=r"Check it, then create it\."):
            revisions.freeze(summit=summit, by=protocol, expected=seen)
        other = f.UserFactory.with_role(Role.ACCREDITATION, summit)
        refuses(PermissionDenied, revisions.freeze, summit=summit, by=other)
        assert not ParticipantList.objects.exists()


class TestDifferences:
    def test_parties_and_people_added_gone_changed_and_in_another_order(self, summit: Summit, protocol: User) -> None:
        stays, goes = delegation(summit, "Aland"), delegation(summit, "Borduria")
        one = member(party=stays, person__name="One", position=1)
        two = member(party=stays, person__name="Two", position=2)
        three = member(party=stays, person__name="Three", position=3)
        revisions.freeze(summit=summit, by=protocol)
        goes.invitations.all().delete()
        delegation(summit, "Cagliostro")
        Party.objects.filter(pk=stays.pk).update(footnote="As agreed.")
        one.person.name = "One Bis"
        one.person.save()
        two.delete()
        member(party=stays, person__name="Four", position=0)
        three.position = 0
        three.save()
        made = revisions.freeze(summit=summit, by=protocol)
        found = revisions.since_last(made)
        told = [
            [party["names"]["en"]["name"] for party in parties]
            for parties in (found.parties_added, found.parties_gone, found.reordered)
        ]
        assert told == [["Cagliostro"], ["Borduria"], ["Aland"]]
        assert [was["names"]["en"]["footnote"] for was, _now in found.parties_changed] == [""]
        assert [person.member["name"] for person in found.people_added] == ["Four"]
        assert [person.member["name"] for person in found.people_gone] == ["Two"]
        changed = [(person.before or {})["name"] for person in found.people_changed]
        assert (changed, [person.member["name"] for person in found.people_changed]) == (["One"], ["One Bis"])


class TestArranging:
    @pytest.fixture
    def row(self, summit: Summit, protocol: User) -> ParticipantList:
        delegation(summit, "Zubrowka", protocol_order=1)
        delegation(summit, "Aland", is_host=True)
        delegation(summit, "Éire")
        delegation(summit, "Borduria", protocol_order=2, footnote="Without prejudice.")
        delegation(summit, "Union", kind="international")
        delegation(summit, "Widgets", kind="organisation")
        delegation(summit, "Ms Guest", kind="guest")
        delegation(summit, "Fiume", kind="substate")
        f.PartyNameFactory(party=Party.objects.get(name="Zubrowka"), name="Azubrovie", formal_name="République")
        return revisions.freeze(summit=summit, by=protocol)

    def order(self, row: ParticipantList, **chosen: str) -> list[tuple[str, list[str]]]:
        listing = arrange(row, revisions.content_of(row), **{"language": "en", "order": "precedence", **chosen})
        return [(section.title, [line.name for line in section.lines]) for section in listing.sections]

    def test_by_precedence_the_host_is_first_or_in_its_place(self, row: ParticipantList, protocol: User) -> None:
        assert self.order(row) == [
            ("Delegations", ["Aland", "Zubrowka", "Borduria", "Éire", "Fiume"]),
            ("International organisations", ["Union"]),
            ("Invited organisations", ["Widgets"]),
            ("Guests", ["Ms Guest"]),
        ]
        Party.objects.filter(name="Aland").update(protocol_order=2)
        Party.objects.filter(name="Borduria").update(protocol_order=3)
        again = revisions.freeze(summit=row.summit, by=protocol)
        assert self.order(again)[0][1] == ["Zubrowka", "Aland", "Borduria", "Éire", "Fiume"]

    def test_by_alphabet_of_each_language_with_numbered_footnotes(self, row: ParticipantList) -> None:
        french = ["Aland", "Azubrovie", "Borduria", "Éire", "Fiume"]
        assert self.order(row, order="alphabet")[0][1] == ["Aland", "Borduria", "Éire", "Fiume", "Zubrowka"]
        assert self.order(row, order="alphabet", language="fr")[0][1] == french
        listing = arrange(row, revisions.content_of(row), language="ar", order="alphabet")
        assert (listing.direction, listing.language_name, listing.number) == ("rtl", "العربيّة", 1)
        assert "weight" in str(refuses(ValueError, self.order, row, order="weight"))
        listing = arrange(row, revisions.content_of(row), language="fr", order="alphabet")
        lines = {line.name: line for line in listing.sections[0].lines}
        assert (lines["Borduria"].mark, lines["Aland"].mark) == ("1", "")
        assert [(note.mark, note.text, note.language) for note in listing.notes] == [
            ("1", "Without prejudice.", "en")
        ]
        assert (lines["Azubrovie"].language, lines["Aland"].language) == ("fr", "en")


def _race(summit: Summit, by: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let two press "final", who both read the list first; return what came of each."""
    delegation(summit, "Aland")
    meet_after(monkeypatch, revisions, "gather")
    came = at_once(*[lambda: revisions.freeze(summit=summit, by=by, final=True)] * 2)
    assert ParticipantList.objects.get().number == 1
    return sorted(type(each).__name__ for each in came)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_revision_and_one_refusal(
    summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _race(summit, protocol, monkeypatch) == ["NothingToFreeze", "ParticipantList"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_take_the_same_number(
    summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "lock", lambda summit: None)
    assert _race(summit, protocol, monkeypatch) == ["IntegrityError", "ParticipantList"]
