"""Tables of parties and people, read into a summit."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection

from delegations.imports.selectors import existing_rows
from delegations.imports.services.importer import preview
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports.report import ImportReport
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import link, queries, refuses
from tests.delegations.imports import conftest
from tests.delegations.imports.conftest import outcomes, table

pytestmark = pytest.mark.django_db
HEADS = """iso3,country,speaker,post
FRA,France,Ada Example,President
EU,European Union,Bea Example,President
VAT,Holy See,Cai Example,Secretary of State
,Acme Ltd,Dee Example,Director
"""
ENTER = {"* enter": "enter", "* kind": "organisation"}
OTHER_KINDS = "sub-state government, international organisation, invited organisation"


def into(summit: Summit, text: str, **values: Any) -> ImportReport:
    """Read a table in; parties that aren't on the list yet are entered."""
    return conftest.into(summit, text, **{"answers": ENTER, **values})


def told(report: ImportReport) -> list[tuple[int, str, list[str]]]:
    return [(line.number, line.outcome, line.notes) for line in report.lines]


@pytest.fixture
def france(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="France")


class TestParties:
    def test_countries_organisations_and_observers(self, summit: Summit) -> None:
        report = into(summit, HEADS)
        assert told(report) == [
            (2, "new", []),
            (3, "new", ["Added as international organisation."]),
            (4, "new", ["A United Nations observer, not a member. Check recognition and flag."]),
            (5, "new", ["Added as invited organisation."]),
        ]
        assert [line.odd for line in report.lines] == [False, True, True, True]
        rows = Party.objects.order_by("pk").values_list("name", "kind", "iso_code")
        assert list(rows) == [
            *(("France", "country", "FR"), ("European Union", "international", "")),
            *(("Holy See", "country", "VA"), ("Acme Ltd", "organisation", "")),
        ]
        members = Membership.objects.order_by("pk").values_list("person__name", "person__office", "capacity")
        assert members[0] == ("Ada Example", "President", "head")
        assert members[3] == ("Dee Example", "Director", "representative")
        into(summit, "country,name\nFrance,Eve\nFrance,Fay\n")
        of_france = Membership.objects.filter(party__name="France").order_by("pk")
        assert list(of_france.values_list("position", flat=True)) == [0, 1, 2]

    def test_a_party_is_found_by_code_and_by_name_in_any_language_and_keeps_its_own(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Türkiye", iso_code="TR")
        f.PartyNameFactory(party=party, name="Turquie")
        report = into(summit, "iso3,country,name\nTUR,Turkey,A\n,TURQUIE,B\n,turkiye,C\n")
        assert told(report) == [(2, "new", []), (3, "new", []), (4, "new", [])]
        asked = report.lines[0].questions[0]
        assert (asked.text, asked.chosen) == ("Delegation: “Türkiye” here, “Turkey” in the file.", "keep")
        assert Party.objects.get().name == "Türkiye"
        assert Membership.objects.filter(party=party).count() == 3

    def test_a_key_finds_what_is_called_otherwise(self, summit: Summit) -> None:
        into(summit, "delegation key,delegation,person key,name\nP1,Acme,Q1,Ada\n")
        report = into(summit, "delegation key,delegation,person key,name\nP1,Acme Limited,Q1,Ada Example\n")
        assert report.counts["changed"] == 1
        assert (Party.objects.get().name, Person.objects.get().name) == ("Acme", "Ada Example")

    def test_a_summit_that_does_not_say_country(self, summit: Summit) -> None:
        Policy.objects.create(summit=summit, says_country=False)
        rows = ",country\nAcme,planet\nNowhere,Participant\nElsewhere,country\nShop,\n"
        report = into(summit, f"delegation,kind\n{rows}")
        asked = [question.text for question in report.questions.values()]
        assert "“Shop” is not known. What kind of delegation is it?" in asked
        assert not any("country" in note.lower() for line in report.lines for note in line.notes)
        said = f"“planet” is not a delegation type. Enter one of: participant, {OTHER_KINDS}."
        assert report.lines[1].notes == [said]
        kinds = dict(Party.objects.values_list("name", "kind"))
        assert kinds == {"Nowhere": "country", "Elsewhere": "country", "Shop": "organisation"}

    def test_a_dry_run_tells_the_same_and_the_same_table_twice_changes_nothing(self, summit: Summit) -> None:
        dry = preview(summit=summit, table=table(HEADS), by=SYSTEM, answers=ENTER)
        assert [model.objects.count() for model in (Party, Person, Membership, AuditEntry)] == [0, 0, 0, 0]
        assert dry.as_data() == into(summit, HEADS).as_data()
        assert ImportReport.from_data(dry.as_data()) == dry
        before = AuditEntry.objects.count()
        assert into(summit, HEADS).counts == {"new": 0, "changed": 0, "same": 4, "asks": 0, "refused": 0, "odd": 0}
        assert (Party.objects.count(), Person.objects.count(), AuditEntry.objects.count()) == (4, 4, before)
        again = into(summit, "country,head\nFrance,Somebody Else\n")
        said = "France already has a head of delegation. Replace that person instead."
        assert told(again) == [(2, "refused", [said])]

    def test_rows_that_say_too_little_or_nonsense(self, summit: Summit) -> None:
        report = into(summit, "delegation,kind,name\n,,Ada\nAcme,planet,Bea\n\n" + "x" * 121 + ",,\n")
        assert outcomes(report) == ["refused"] * 3
        assert [report.lines[0].notes, report.lines[1].notes] == [
            ["The delegation’s name is missing. Enter its name or ISO 3166 code."],
            [f"“planet” is not a delegation type. Enter one of: country, {OTHER_KINDS}."],
        ]
        assert not Party.objects.exists()


class TestPeople:
    def test_categories_quotas_and_what_a_form_refuses(self, summit: Summit) -> None:
        Category.objects.filter(code="adviser").update(quota=1)
        rows = ["A,adviser,a@x.example", "B,Adviser,", "C,conseiller,", "D,wizard,", f"{'E' * 300},interprète,"]
        report = into(summit, "delegation,name,category,e-mail\n" + "".join(f"France,{row}\n" for row in rows))
        assert outcomes(report) == ["new", *["refused"] * 4]
        assert report.lines[1].notes[0].startswith("The quota of France for “adviser” is 1, and 1 are named.")
        assert report.lines[3].notes[0].startswith("“wizard” is not a category of this summit. Enter one of: head of")
        assert report.lines[4].notes == ["name: Shorten this text to 200 characters. It has 300."]
        assert Membership.objects.count() == 1

    def test_the_same_name_elsewhere_is_pointed_out_to_a_desk(self, summit: Summit) -> None:
        into(summit, "delegation,name,e-mail\nFrance,Ada Example,a@x.example\n")
        report = into(summit, "delegation,name,e-mail\nItaly,EXAMPLE Ada,\nKenya,A. Example,a@x.example\n")
        assert told(report) == [
            (2, "new", ["Ada Example is also listed for France. Is it the same person?"]),
            (3, "new", ["Ada Example already exists in France: same email address and a similar name."]),
        ]
        assert DuplicateCandidate.objects.count() == 2

    def test_who_resembles_somebody_elsewhere_by_what_is_changed_is_noted(self, summit: Summit) -> None:
        into(summit, "delegation,name,e-mail\nFrance,Ada Example,a@x.example\nItaly,Bea Example,\n")
        into(summit, "delegation,name,e-mail\nItaly,Bea Example,a@x.example\n")
        assert DuplicateCandidate.objects.get().why == "email"

    def test_passports_are_left_out_for_whoever_may_not_fill_them(self, summit: Summit) -> None:
        text = "delegation,name,passport number\nFrance,Ada,AB123\n"
        by = f.UserFactory.with_role(Role.ORGANISER, summit)
        assert into(summit, text, by=by).facts["barred"] == ["passport number"]
        assert not Particulars.objects.exists()

    def test_passports_are_encrypted_and_found_again(self, summit: Summit) -> None:
        text = "delegation,name,passport number,nationality,sex,date of birth\n"
        text += "France,Ada,ab 123,FRA,féminin,31.12.1970\n"
        into(summit, text)
        row = Particulars.objects.get()
        assert (row.passport_number, row.nationality, row.sex) == ("AB123", "FR", "F")
        assert (row.birth_date, row.entered_for) == (date(1970, 12, 31), None)
        assert into(summit, text).counts["same"] == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT passport_number FROM delegations_particulars")
            assert b"AB123" not in bytes(cursor.fetchone()[0])

    def test_a_day_that_can_be_two(self, summit: Summit) -> None:
        report = into(summit, "delegation,name,date of birth\nFrance,Ada,03/04/1970\nFrance,Bea,13/04/1970\n")
        assert outcomes(report) == ["new", "new"]
        said = "“03/04/1970” could be day–month or month–day. Write the date as 2025-03-31. The cell is skipped."
        assert report.lines[0].notes[-1] == said
        born = Particulars.objects.values_list("person__name", "birth_date")
        assert (Person.objects.count(), dict(born)) == (2, {"Bea": date(1970, 4, 13)})

    def test_emptiness_overwrites_nothing(self, summit: Summit) -> None:
        into(summit, "delegation,name,office,e-mail\nFrance,Ada,Minister,a@x.example\n")
        report = into(summit, "delegation,name,office,e-mail,rank\nFrance,ADA,,a@x.example,General\n")
        person = Person.objects.get()
        assert (person.name, person.office, person.rank) == ("ADA", "Minister", "General")
        assert [(line.outcome, line.fields) for line in report.lines] == [("changed", ["name", "rank"])]


class TestOneParty:
    TEXT = "name,category,passport number\nAda,head,P1\nBea,delegate,P2\nCai,delegate,P3\n"

    def test_a_focal_point_names_its_people(self, summit: Summit, france: Party) -> None:
        Policy.objects.create(summit=summit, total=2)
        by = link(france)
        assert outcomes(into(summit, self.TEXT, by=by, party=france)) == ["new", "new", "refused"]
        assert set(Particulars.objects.values_list("entered_for", flat=True)) == {france.pk}
        assert outcomes(into(summit, self.TEXT, by=by, party=france)) == ["same", "same", "refused"]
        report = into(summit, "name,category\n,delegate\n", by=by, party=france)
        assert told(report) == [(2, "refused", ["This row names no person. Enter a name or the office held."])]

    def test_another_party_is_none_of_its_business(self, summit: Summit, france: Party) -> None:
        other = f.PartyFactory(summit=summit, name="Italy")
        f.MembershipFactory(party=other, person__name="Ada Example")
        report = into(summit, "delegation,name\nItaly,Bea\nFrance,Example Ada\n", by=link(france), party=france)
        assert told(report) == [
            (2, "refused", ["“Italy” is not your delegation. Remove the row."]),
            # Not a word of the other one: protocol is told.
            (3, "new", []),
        ]
        assert DuplicateCandidate.objects.get().why == "name"
        for values in ({"party": other}, {}):
            refuses(PermissionDenied, into, summit, self.TEXT, by=link(f.PartyFactory(summit=summit)), **values)
        assert Person.objects.count() == 2

    def test_keys_are_a_delegations_own(self, summit: Summit, france: Party) -> None:
        italy = f.PartyFactory(summit=summit, name="Italy")
        into(summit, "delegation,person key,name\nItaly,7,Ugo Segreto\n")
        by = link(france)
        # Others' keys find nobody, and tell of nobody: a delegation may count from one as the others do.
        report = into(summit, "person id,passport number,office\n7,X1,\n", by=by, party=france)
        assert [(line.outcome, line.name) for line in report.lines] == [("refused", "")]
        assert "Segreto" not in str(report)
        into(summit, "person id,name\n7,Ada\n", by=by, party=france)
        into(summit, "person id,name\n7,Bea\n", by=link(italy), party=italy)
        report = into(summit, "person id,name\n7,Ada Example\n", by=by, party=france)
        assert [(line.outcome, line.fields) for line in report.lines] == [("changed", ["name"])]
        names = Membership.objects.order_by("pk").values_list("party__name", "person__name")
        assert list(names) == [("Italy", "Ugo Segreto"), ("France", "Ada Example"), ("Italy", "Bea")]
        assert Person.objects.get(name="Ugo Segreto").pk != Person.objects.get(name="Bea").pk

    def test_control_by_others_keys_people_are_told(
        self, summit: Summit, france: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        into(summit, "delegation,person key,name\nItaly,7,Ugo Segreto\n")
        real = existing_rows._add_keys

        def add_all(found: existing_rows.ExistingRows, parties: Any, _own: Any, _party: Any) -> None:
            real(found, parties, Person.objects.select_related("membership").in_bulk(), None)

        monkeypatch.setattr(existing_rows, "_add_keys", add_all)
        monkeypatch.setattr(existing_rows.ExistingRows, "party_of", lambda found, person: france)
        report = into(summit, "person id,passport number,office\n7,X1,\n", by=link(france), party=france)
        assert "Ugo Segreto" in str(report)

    def test_a_key_that_is_given_stays_with_whom_it_was_given_to(self, summit: Summit, france: Party) -> None:
        italy = f.PartyFactory(summit=summit, name="Italy")
        by = link(france)
        into(summit, "person id,name\n7,Ada\n", by=by, party=france)
        Particulars.objects.update(entered_for=italy)
        Membership.objects.update(party=italy)
        report = into(summit, "person id,name\n7,Bea\n", by=by, party=france)
        said = "Someone in another delegation has this external ID. Correct it or leave it blank."
        assert told(report) == [(2, "refused", [said])]

    def test_a_focal_point_is_offered_the_categories_that_are_its_own(self, summit: Summit, france: Party) -> None:
        Category.objects.exclude(code__in=["head", "delegate", "guest"]).update(offered=False)
        text = "delegation,name,category\nFrance,Ada,nothing\n"
        report = into(summit, text, by=link(france), party=france)
        said = "“nothing” is not a category of this summit. Enter one of: head of delegation, delegate."
        assert told(report) == [(2, "refused", [said])]
        # A desk names people in all of them.
        assert "adviser" in into(summit, text).lines[0].notes[0]


class TestCommand:
    def test_it_tells_the_numbers(self, summit: Summit, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "heads.csv"
        first, *rows = HEADS.splitlines()
        path.write_text("\n".join([f"order,{first}", *(f"1,{row}" for row in rows)]))
        call_command("import_delegations", str(path), "--summit", "here", "--enter", "--dry-run")
        said = capsys.readouterr().out
        assert "Unknown columns skipped: order." in said
        asked = "“Acme Ltd” is not a known country. What kind of delegation is it?"
        assert f"5 (question) Acme Ltd: {asked}" in said
        assert "3 new, 0 changed, 0 unchanged, 0 refused, 1 left out until somebody decides; 2 to check." in said
        assert not Party.objects.exists()
        call_command("import_delegations", str(path), "--summit", "here", "--enter")
        assert "Entries: 4." in capsys.readouterr().out
        assert Party.objects.count() == 3

    def test_it_says_what_is_changed(
        self, summit: Summit, france: Party, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "changes.csv"
        path.write_text("country,mission email\nFrance,new@france.example\n")
        Party.objects.update(mission_email="old@france.example")
        call_command("import_delegations", str(path), "--summit", "here", "--dry-run")
        said = capsys.readouterr().out
        assert "1 changed" in said
        assert "2 (changed) France: changes" in said
        assert "(old@france.example → new@france.example)" in said

    def test_former_and_translated_names_enter_by_the_standards_own(self, summit: Summit, tmp_path: Path) -> None:
        path = tmp_path / "countries.csv"
        written = ("Burma", "Turquie", "Swaziland", "Germany (Federal Republic)", "Holy See", "Republic of Korea")
        path.write_text("\n".join(["country", *written]))
        call_command("import_delegations", str(path), "--summit", "here", "--enter")
        names = ["Myanmar", "Türkiye", "Eswatini", "Germany", "Holy See", "Republic of Korea"]
        assert list(Party.objects.order_by("pk").values_list("name", flat=True)) == names


def test_a_focal_point_is_told_who_is_known_and_nobody_is_entered_twice(summit: Summit, france: Party) -> None:
    by = link(france)
    into(summit, "name,e-mail,date of birth\nAda Example,a@x.example,1970-01-02\n", by=by, party=france)
    text = "name,e-mail,date of birth\nA. Example,,1970-01-02\nEve Example,A@x.example,\nBea Other,,1970-01-02\n"
    report = into(summit, text, by=by, party=france)
    assert outcomes(report) == ["refused", "refused", "new"]
    assert report.lines[0].notes == [
        "Ada Example already exists: same date of birth and a similar name. If this is the same person, use "
        "the recorded name. If not, add them by hand."
    ]
    assert "same email address and a similar name" in report.lines[1].notes[0]
    assert Person.objects.count() == 2


class TestChanges:
    def test_they_are_written_recorded_and_found_again(self, summit: Summit) -> None:
        into(summit, "delegation,name,hotel\nFrance,Ada,Ritz\nFrance,Bea,\n")
        report = into(summit, "delegation,name,hotel,e-mail\nFrance,Ada,Savoy,a@x.example\nFrance,Bea,Ritz,\n")
        assert [line.fields for line in report.lines] == [["email", "hotel"], ["hotel"]]
        found = Person.objects.order_by("pk").values_list("name", "email", "particulars__hotel")
        assert list(found) == [("Ada", "a@x.example", "Savoy"), ("Bea", "", "Ritz")]
        entries = AuditEntry.objects.filter(action__in=["summit.person.change", "delegations.particulars.change"])
        assert list(entries.order_by("pk").values_list("action", "fields")) == [
            ("summit.person.change", ["email"]),
            ("delegations.particulars.change", ["hotel"]),
            ("delegations.particulars.change", ["hotel"]),
        ]

    def test_queries_do_not_grow(self, summit: Summit) -> None:
        def cost(first: int, last: int, hotel: str) -> int:
            rows = "\n".join(f"Land {n % 3},Person {n},{hotel},{hotel}{n}@x.example" for n in range(first, last))
            return queries(lambda: into(summit, f"delegation,name,hotel,e-mail\n{rows}\n"))

        cost(0, 3, "Ritz")
        # People who are new in parties that are there, and who are changed.
        assert cost(3, 6, "Ritz") == cost(6, 12, "Ritz")
        assert cost(0, 3, "Savoy") == cost(0, 12, "Hilton")

    def test_what_others_entered_and_a_focal_points_mailbox_are_refused_by_row(
        self, summit: Summit, france: Party
    ) -> None:
        into(summit, "delegation,name,hotel\nFrance,Ada,Ritz\nFrance,Bea,\nFrance,Cai,\n")
        f.FocalPointFactory(party=france, person=Person.objects.get(name="Bea"))
        text = "name,hotel,e-mail\nAda,Savoy,\nBea,,b@x.example\nCai,Savoy,c@x.example\n"
        report = into(summit, text, by=link(france), party=france)
        assert outcomes(report) == ["refused", "refused", "changed"]
        assert report.lines[0].notes[0].startswith("“hotel” was not entered by your delegation.")
        assert report.lines[1].notes[0].startswith("Bea is a focal point. To change their email address")
        row = Particulars.objects.get(person__name="Cai")
        assert (row.hotel, row.entered_for, row.withheld) == ("Savoy", france, [])
