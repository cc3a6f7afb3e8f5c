"""The list of participants: what is frozen, what changed, who comes before whom, and that two at once make two."""

import json
import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.domain import participants
from delegations.domain.compare import differences
from delegations.domain.listing import arrange
from delegations.models import ParticipantList, Particulars, Party, PartyName
from summit.models import AuditEntry, Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db


def come(party: Party, **more: Any) -> Party:
    """Let a party answer that it comes."""
    f.InvitationFactory(
        party=party, state="answered", sent_at=f.START, answered_at=f.START, answered_by="x", answer="attending"
    )
    return party


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(name="Summit on Borders", short_name="SB", language="en")


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def delegation(summit: Summit, name: str, **more: Any) -> Party:
    return come(f.PartyFactory(summit=summit, name=name, formal_name=f"Republic of {name}", **more))


def names(content: dict[str, Any]) -> list[str]:
    return [party["names"]["en"]["name"] for party in content["parties"]]


class TestWhoIsInIt:
    def test_the_host_those_that_come_and_those_that_named_somebody(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Host", is_host=True)
        delegation(summit, "Comes")
        f.InvitationFactory(
            party=f.PartyFactory(summit=summit, name="Regrets"), state="answered", sent_at=f.START,
            answered_at=f.START, answered_by="x", answer="regrets",
        )  # fmt: skip
        f.InvitationFactory(party=f.PartyFactory(summit=summit, name="Silent"), state="sent", sent_at=f.START)
        named = f.PartyFactory(summit=summit, name="Named")
        f.InvitationFactory(party=named, state="sent", sent_at=f.START)
        f.MembershipFactory(party=named)
        f.MembershipFactory(party=f.PartyFactory(summit=summit, name="Unasked"))
        revoked = f.PartyFactory(summit=summit, name="Revoked")
        f.InvitationFactory(party=revoked, state="revoked")
        f.MembershipFactory(party=revoked)
        f.MembershipFactory(party=f.PartyFactory(summit=summit, name="Guards alone"), code="security")
        f.PartyFactory(name="Of another summit", is_host=True)
        assert names(participants.gather(summit)) == ["Comes", "Host", "Named", "Unasked"]

    def test_who_is_not_of_the_number_is_not_in_it(self, summit: Summit) -> None:
        party = delegation(summit, "Aland")
        head = f.MembershipFactory(party=party, code="head", person__office="Minister")
        f.MembershipFactory(party=party, code="security", person__office="Guard")
        members = participants.gather(summit)["parties"][0]["members"]
        assert members == [
            {
                "key": head.person.public_id,
                "name": "",
                "address": "",
                "office": "Minister",
                "category": head.category_id,
            }
        ]

    def test_nothing_else_of_a_person_is_kept(self, summit: Summit, protocol: User) -> None:
        canary = "canary-value"
        party = delegation(summit, "Aland", mission_phone=canary, notes=canary, mission_address=canary)
        member = f.MembershipFactory(
            party=party, person__email="canary-value@land.example", person__badge_name=canary, person__rank=canary
        )
        Particulars.objects.create(person=member.person, passport_number=canary, diet=canary, hotel=canary)
        assert canary not in participants.freeze(summit=summit, by=protocol).content

    def test_the_number_of_queries_does_not_grow(self, summit: Summit) -> None:
        counts = []
        for _round in range(2):
            for number in range(3):
                party = delegation(summit, f"Land {_round}{number}")
                f.MembershipFactory(party=party)
                PartyName.objects.create(party=party, language="fr", name=f"Pays {_round}{number}")
            with CaptureQueriesContext(
                connection,
            ) as found:
                participants.gather(summit)
            counts.append(len(found))
        assert counts[0] == counts[1] <= 6


class TestFreezing:
    def test_a_revision_has_the_next_number_and_is_recorded_without_names(
        self, summit: Summit, protocol: User
    ) -> None:
        party = delegation(summit, "Aland")
        f.MembershipFactory(party=party, person__name="Ada Bly")
        made = participants.freeze(summit=summit, by=protocol, note=" For the printers ")
        assert (made.number, made.final, made.note, made.made_by) == (1, False, "For the printers", protocol)
        entry = AuditEntry.objects.get(action="delegations.freeze_list")
        assert entry.detail == {"number": 1, "final": False, "parties": 1, "people": 1}
        assert "Ada" not in json.dumps([entry.fields, entry.detail])

    def test_the_same_again_is_refused_and_final_is_not_the_same(self, summit: Summit, protocol: User) -> None:
        delegation(summit, "Aland")
        participants.freeze(summit=summit, by=protocol)
        with pytest.raises(participants.NothingToFreeze, match=r"Nothing has changed since revision 1\."):
            participants.freeze(summit=summit, by=protocol)
        assert participants.freeze(summit=summit, by=protocol, final=True).number == 2

    def test_after_a_final_one_only_a_final_one(self, summit: Summit, protocol: User) -> None:
        delegation(summit, "Aland")
        participants.freeze(summit=summit, by=protocol, final=True)
        delegation(summit, "Borduria")
        with pytest.raises(participants.FinalStands) as refused:
            participants.freeze(summit=summit, by=protocol)
        assert str(refused.value) == (
            "Revision 1 is final, so that only a further final one can follow it. Make a final one."
        )
        assert participants.freeze(summit=summit, by=protocol, final=True).number == 2

    def test_an_empty_list_and_another_than_was_shown_are_refused(self, summit: Summit, protocol: User) -> None:
        with pytest.raises(participants.NothingToFreeze, match=r"No party takes part yet\."):
            participants.freeze(summit=summit, by=protocol)
        delegation(summit, "Aland")
        seen = participants.digest(participants.gather(summit))
        delegation(summit, "Borduria")
        with pytest.raises(participants.ListChanged, match=r"Look again, then make it\."):
            participants.freeze(summit=summit, by=protocol, expected=seen)
        assert not ParticipantList.objects.exists()

    @pytest.mark.parametrize("role", [Role.ACCREDITATION, Role.PROGRAMME, Role.VIEWER, Role.FOCAL_POINT])
    def test_others_make_none(self, summit: Summit, role: Role) -> None:
        delegation(summit, "Aland")
        with pytest.raises(PermissionDenied):
            participants.freeze(summit=summit, by=f.UserFactory.with_role(role, summit))

    def test_what_is_called_otherwise_later_stays_in_the_revision(self, summit: Summit, protocol: User) -> None:
        party = delegation(summit, "Aland")
        made = participants.freeze(summit=summit, by=protocol)
        Party.objects.filter(pk=party.pk).update(name="Bland")
        made.refresh_from_db()
        assert names(participants.content_of(made)) == ["Aland"]


class TestDifferences:
    def test_parties_and_people_added_gone_changed_and_in_another_order(self, summit: Summit, protocol: User) -> None:
        stays, goes = delegation(summit, "Aland"), delegation(summit, "Borduria")
        one = f.MembershipFactory(party=stays, person__name="One", position=1)
        two = f.MembershipFactory(party=stays, person__name="Two", position=2)
        three = f.MembershipFactory(party=stays, person__name="Three", position=3)
        participants.freeze(summit=summit, by=protocol)
        goes.invitations.all().delete()
        delegation(summit, "Cagliostro")
        Party.objects.filter(pk=stays.pk).update(footnote="As agreed.")
        one.person.name = "One Bis"
        one.person.save()
        two.delete()
        f.MembershipFactory(party=stays, person__name="Four", position=0)
        three.position = 0
        three.save()
        made = participants.freeze(summit=summit, by=protocol)
        found = participants.since_last(made)
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

    def test_the_first_revision_adds_everything_and_the_same_differs_in_nothing(
        self, summit: Summit, protocol: User
    ) -> None:
        delegation(summit, "Aland")
        made = participants.freeze(summit=summit, by=protocol)
        assert len(participants.since_last(made).parties_added) == 1
        content = participants.content_of(made)
        assert not differences(content, content)


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
        PartyName.objects.create(
            party=Party.objects.get(name="Zubrowka"), language="fr", name="Azubrovie", formal_name="République"
        )
        return participants.freeze(summit=summit, by=protocol)

    def order(self, row: ParticipantList, **chosen: str) -> list[tuple[str, list[str]]]:
        listing = arrange(row, participants.content_of(row), **{"language": "en", "order": "precedence", **chosen})
        return [(section.title, [line.name for line in section.lines]) for section in listing.sections]

    def test_by_precedence_the_host_stands_first_and_the_unranked_last(self, row: ParticipantList) -> None:
        assert self.order(row) == [
            ("Delegations", ["Aland", "Zubrowka", "Borduria", "Éire", "Fiume"]),
            ("International organisations", ["Union"]),
            ("Invited organisations", ["Widgets"]),
            ("Guests", ["Ms Guest"]),
        ]

    def test_a_host_with_a_place_stands_in_it(self, row: ParticipantList, protocol: User) -> None:
        Party.objects.filter(name="Aland").update(protocol_order=2)
        Party.objects.filter(name="Borduria").update(protocol_order=3)
        again = participants.freeze(summit=row.summit, by=protocol)
        assert self.order(again)[0][1] == ["Zubrowka", "Aland", "Borduria", "Éire", "Fiume"]

    def test_by_alphabet_of_each_language(self, row: ParticipantList) -> None:
        assert self.order(row, order="alphabet")[0][1] == ["Aland", "Borduria", "Éire", "Fiume", "Zubrowka"]
        assert self.order(row, order="alphabet", language="fr")[0][1] == [
            "Aland", "Azubrovie", "Borduria", "Éire", "Fiume",
        ]  # fmt: skip

    def test_footnotes_are_numbered_and_names_say_their_language(self, row: ParticipantList) -> None:
        listing = arrange(row, participants.content_of(row), language="fr", order="alphabet")
        lines = {line.name: line for line in listing.sections[0].lines}
        assert (lines["Borduria"].mark, lines["Aland"].mark) == ("1", "")
        assert [(note.mark, note.text, note.language) for note in listing.notes] == [
            ("1", "Without prejudice.", "en")
        ]
        assert (lines["Azubrovie"].language, lines["Aland"].language) == ("fr", "en")

    def test_the_head_says_what_it_is(self, row: ParticipantList) -> None:
        listing = arrange(row, participants.content_of(row), language="ar", order="alphabet")
        assert (listing.direction, listing.language_name, listing.number) == ("rtl", "العربيّة", 1)
        with pytest.raises(ValueError, match="weight"):
            arrange(row, participants.content_of(row), language="en", order="weight")


def _race(summit: Summit, by: User) -> tuple[list[int], list[str]]:
    made: list[int] = []
    refused: list[str] = []

    def press(final: bool) -> None:
        try:
            made.append(participants.freeze(summit=summit, by=by, final=final).number)
        except Exception as problem:
            refused.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[True]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made, refused


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_revision_and_one_refusal(summit: Summit, protocol: User) -> None:
    delegation(summit, "Aland")
    assert _race(summit, protocol) == ([1], ["NothingToFreeze"])


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_take_the_same_number(
    summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    delegation(summit, "Aland")
    both = threading.Barrier(2)
    found = participants.gather

    def slowly(asked: Summit) -> Any:
        read = found(asked)
        both.wait(timeout=10)
        return read

    monkeypatch.setattr(participants, "lock", lambda summit: None)
    monkeypatch.setattr(participants, "gather", slowly)
    # On SQLite the transaction's own write lock is the second belt: take it off too.
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", None)
    made, refused = _race(summit, protocol)
    assert made == [1]
    assert refused in (["IntegrityError"], ["OperationalError"])
