"""What a table can't decide is asked: whom a row means, what the host calls a party; and a wrong cell is left out."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.imports.selectors import person_row_form, row_matching
from delegations.imports.services.importer import preview
from delegations.members.models.duplicates import DuplicateCandidate, DuplicateReason
from delegations.parties.models.parties import Party
from delegations.parties.selectors import country_recognition
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports import services
from summit.imports.definitions import ImportDefinition, ImportProblem, Upload
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport
from summit.imports.table_definitions import table_of
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import link, refuses
from tests.delegations.imports.conftest import into, outcomes, people

pytestmark = pytest.mark.django_db
PEOPLE = "delegation,name,office,e-mail\n"
ADA = f"{PEOPLE}France,Ada Example,Minister,a@x.example\n"
TWO = f"{ADA}France,Ada Example,Adviser,b@x.example\n"
PARTIES = "country,formal name,mission e-mail,mission telephone\nFrance,{formal},{box},{phone}\n"
FILES = "/admin/delegations/delegationimportfile/"


@pytest.fixture
def france(summit: Summit) -> Party:
    names = {"name": "France", "formal_name": "French Republic", "iso_code": "FR", "footnote": "As approved."}
    return f.PartyFactory(summit=summit, protocol_order=7, mission_email="old@embassy.example", **names)


class TestTwoRows:
    def test_two_of_one_name_are_never_one_unasked(
        self, summit: Summit, france: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = into(summit, TWO)
        assert outcomes(report) == ["new", "asks"]
        asked = report.lines[1].questions[0]
        assert asked.text == "Row 2 has the same name. Is it the same person?"
        assert [value for value, _words in asked.choices] == ["row 2", "other"]
        assert people("office", "email") == [("Minister", "a@x.example")]
        # The control: as it was, the second row was written over the first.
        monkeypatch.setattr(row_matching.PersonMatcher, "_named", lambda self, rows, said: rows[0] if rows else None)
        monkeypatch.setattr(row_matching.PersonMatcher, "contradiction", lambda self, person, said: (0, []))
        assert outcomes(into(summit, TWO)) == ["same", "changed"]
        assert people("office", "email") == [("Adviser", "b@x.example")]

    def test_answered_they_are_two_and_the_same_table_again_changes_nothing(
        self, summit: Summit, france: Party
    ) -> None:
        assert outcomes(into(summit, TWO, answers={"3 person": "other"})) == ["new", "new"]
        assert people("office", "email") == [("Minister", "a@x.example"), ("Adviser", "b@x.example")]
        before = AuditEntry.objects.count()
        assert outcomes(into(summit, TWO)) == ["same", "same"]
        assert (Person.objects.count(), AuditEntry.objects.count()) == (2, before)

    def test_answered_they_are_one(self, summit: Summit, france: Party) -> None:
        report = into(summit, TWO, answers={"3 person": "row 2"})
        said = "Row 2 names the same person with another value: office held, email. Correct one of them."
        assert (outcomes(report), report.lines[1].notes) == (["new", "refused"], [said])
        assert people("office", "email") == [("Minister", "a@x.example")]

    def test_rows_of_one_person_and_of_one_key(self, summit: Summit, france: Party) -> None:
        for text, second, note in (
            ("name,office\nFrance,Ada,Minister\nFrance,Ada,Minister\n", "same", "Same person as row 2."),
            (
                "person key,name\nFrance,Q1,Bea\nFrance,Q1,Cai\n",
                *("refused", "Row 2 already has this external ID. Correct one of them."),
            ),
        ):
            report = into(summit, f"delegation,{text}")
            assert (outcomes(report), report.lines[1].notes) == (["new", second], [note])
        assert people("name") == ["Ada", "Bea"]

    def test_a_name_takes_the_place_of_an_office_once(self, summit: Summit, france: Party) -> None:
        f.MembershipFactory(party=france, person__name="", person__office="ADVISER")
        report = into(summit, "delegation,name,office\nFrance,Ada,Adviser\nFrance,Bea,Adviser\n")
        assert (outcomes(report), people("name")) == (["changed", "new"], ["Ada", "Bea"])


class TestWhoIsThere:
    def test_office_or_mailbox_must_agree(self, summit: Summit, france: Party) -> None:
        cells = (
            *(("Minister", "new{}@x.example", "changed"), ("Adviser", "old{}@x.example", "changed")),
            *(("", "", "same"), ("Adviser", "", "asks"), ("Adviser", "new{}@x.example", "asks")),
        )
        names = ["Ada Example", "Bea Bright", "Cai Sturt", "Dee Forde", "Eve Quist"]
        into(summit, PEOPLE + "".join(f"France,{name},Minister,old{name[0]}@x.example\n" for name in names))
        rows = [
            f"France,{name},{office},{mailbox.format(name[0])}\n"
            for name, (office, mailbox, _outcome) in zip(names, cells, strict=True)
        ]
        report = into(summit, PEOPLE + "".join(rows))
        assert (outcomes(report), people("name")) == ([outcome for *_cells, outcome in cells], names)
        asked, known = report.lines[4].questions[0], Person.objects.get(name="Eve Quist")
        assert asked.text == (
            "Someone with this name has a different office and email address. Is it the same person?"
        )
        assert asked.choices[0] == [known.public_id, f"the same person: {known.label} – oldE@x.example"]
        assert outcomes(into(summit, PEOPLE + rows[4], answers={"2 person": known.public_id})) == ["changed"]
        assert people("name") == names

    def test_a_focal_point_is_told_and_nobody_is_asked(self, summit: Summit, france: Party) -> None:
        text = TWO.replace("delegation,", "").replace("France,", "")
        report = into(summit, text, by=link(france), party=france)
        assert (outcomes(report), report.lines[1].questions) == (["new", "refused"], [])


class TestParties:
    def test_filled_cells_are_taken_over_and_empty_ones_leave_alone(self, summit: Summit, france: Party) -> None:
        report = into(summit, PARTIES.format(formal="", box="new@embassy.example", phone="+44 20 7946 0001"))
        assert outcomes(report) == ["changed"]
        assert report.lines[0].changes == [
            ["Mission email address", "old@embassy.example", "new@embassy.example"],
            ["Mission telephone", "–", "+44 20 7946 0001"],
        ]
        entry = AuditEntry.objects.get(action="delegations.party.change")
        assert entry.fields == ["mission_email", "mission_phone"]
        assert outcomes(into(summit, PARTIES.format(formal="", box="", phone=""))) == ["same"]
        france.refresh_from_db()
        assert (france.mission_email, france.mission_phone) == ("new@embassy.example", "+44 20 7946 0001")

    def test_what_the_host_has_approved_is_a_question(self, summit: Summit, france: Party) -> None:
        text = PARTIES.format(formal="République française", box="", phone="")
        report = into(summit, text)
        asked = report.lines[0].questions[0]
        assert (outcomes(report), asked.key, asked.chosen) == (["same"], "2 formal_name", "keep")
        assert asked.choices == [["keep", "keep “French Republic”"], ["take", "change to “République française”"]]
        assert Party.objects.get().formal_name == "French Republic"
        assert outcomes(into(summit, text, answers={"2 formal_name": "take"})) == ["changed"]
        approved = Party.objects.values_list("formal_name", "name", "footnote", "protocol_order").get()
        assert approved == ("République française", "France", "As approved.", 7)

    def test_a_mailbox_that_is_none_is_left_out_and_rows_that_contradict_are_asked_about(
        self, summit: Summit, france: Party
    ) -> None:
        report = into(summit, PARTIES.format(formal="", box="no mailbox", phone=""))
        assert outcomes(report) == ["same"]
        assert report.lines[0].notes == ["Mission email address: Enter a valid email address. The cell is skipped."]
        more = PARTIES.format(formal="", box="a@embassy.example", phone="") + "France,,b@embassy.example,\n"
        assert outcomes(into(summit, more)) == ["asks", "asks"]
        assert Party.objects.get().mission_email == "old@embassy.example"

    def test_a_person_who_is_refused_or_asked_about_keeps_nothing_of_the_party_back(
        self, summit: Summit, france: Party
    ) -> None:
        into(summit, ADA)
        for number, cells in enumerate(("Bea,,wizard", "Ada Example,Adviser,")):
            text = "country,mission e-mail,name,office,category\n"
            report = into(summit, f"{text}France,a{number}@embassy.example,{cells}\n")
            assert outcomes(report) == ["changed"]
            assert "The delegation is updated, but not the person." in report.lines[0].notes
            assert Party.objects.get().mission_email == f"a{number}@embassy.example"


class TestAnswering:
    def stored(self, summit: Summit, text: str = TWO, kind: str = "people") -> ImportFile:
        return services.store(summit=summit, kind=kind, filename="x.csv", content=text.encode(), by=SYSTEM)

    def test_on_the_page(self, summit: Summit, france: Party, desk: Client) -> None:
        sheet = self.stored(summit)
        page = f"{FILES}{sheet.pk}/"
        assert "Is it the same person?" in desk.get(f"{page}change/").content.decode()
        again = desk.post(f"{page}answer/", {"3 person": "other"}, follow=True).content.decode()
        assert ('value="other" checked' in again, Person.objects.count()) == (True, 0)
        desk.post(f"{page}take/")
        assert Person.objects.count() == 2
        assert AuditEntry.objects.filter(action="summit.importfile.answer").count() == 1
        # What was decided stands on the page, and can't be decided any more.
        shown = desk.get(f"{page}change/").content.decode()
        assert ("someone else" in shown, "<fieldset" in shown.partition("<main")[2]) == (True, False)
        sheet.refresh_from_db()
        refuses(ImportProblem, services.answer, file=sheet, answers={"3 person": "other"}, by=SYSTEM)

    def test_what_is_not_asked_is_not_answered(self, summit: Summit, france: Party) -> None:
        sheet = self.stored(summit)
        for answers in ({"9 person": "other"}, {"3 person": "everybody"}):
            refuses(ImportProblem, services.answer, file=sheet, answers=answers, by=SYSTEM)
        viewer = f.UserFactory.with_role(Role.VIEWER, summit)
        refuses(PermissionDenied, services.answer, file=sheet, answers={"3 person": "other"}, by=viewer)
        services.answer(file=sheet, answers={"3 person": "other"}, by=SYSTEM)
        services.answer(file=sheet, answers={"3 person": ""}, by=SYSTEM)
        assert sheet.answers == {}
        found = preview(summit=summit, table=table_of(Upload(summit, bytes(sheet.content), SYSTEM)), by=SYSTEM)
        assert found.counts["asks"] == 1

    def test_an_answer_amid_a_preview_is_in_the_report(
        self, summit: Summit, france: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sheet, before = self.stored(summit), services.preview
        mine = ImportFile.objects.get()

        def amid(definition: ImportDefinition[Any], upload: Upload) -> ImportReport:
            found = before(definition, upload)
            if not sheet.answers:
                services.answer(file=sheet, answers={"3 person": "other"}, by=SYSTEM)
            return found

        monkeypatch.setattr(services, "preview", amid)
        assert services.refresh_preview(file=mine, by=SYSTEM).counts["asks"] == 0
        report = services.report_of(ImportFile.objects.get())
        assert (report and report.counts["new"], mine.answers) == (2, sheet.answers)

    def test_by_a_program(self, summit: Summit, france: Party, desk: Client) -> None:
        where = f"/api/v1/summits/here/desk/sheets/{self.stored(summit).public_id}/"
        asked = desk.get(where).json()["report"]["lines"][1]["questions"][0]
        assert (asked["key"], list(asked["choices"])) == ("3 person", ["row 2", "other"])
        values = {"answers": {"3 person": "other"}}
        found = desk.post(f"{where}answer/", values, content_type="application/json")
        assert (found.status_code, found.json()["report"]["counts"]["new"]) == (200, 2)


# What is written for a country, and its code; "" for what names none.
COUNTRIES = (
    *(("USA", "US"), ("U.S.A.", "US"), ("UK", "GB"), ("Russian Federation", "RU"), ("DPRK", "KP")),
    *(("Republic of Korea", "KR"), ("Viet Nam", "VN"), ("State of Palestine", "PS"), ("Taiwan", "TW")),
    *(("Burma", "MM"), ("the Vatican", "VA"), ("Côte d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI")),
    *(("AND", "AD"), ("fra", "FR"), ("République de Corée", "KR"), ("Российская Федерация", "RU")),
    *(("中国", "CN"), ("الصين", "CN"), ("Estados Unidos", "US"), ("Netherlands (Kingdom of the)", "NL")),
    *(("Congo (Democratic Republic of the)", "CD"), ("Congo", "CG"), ("US", "US"), ("Korea", "")),
    *(("St Lucia", "LC"), ("St. Kitts & Nevis", "KN"), ("St Vincent and the Grenadines", "VC"), ("PRC", "CN")),
    *(("P.R. China", "CN"), ("CAR", "CF"), ("KSA", "SA"), ("FYROM", "MK"), ("Россия", "RU"), ("R. of Korea", "KR")),
    *(("Kosovo", "XK"), ("République du Kosovo", "XK"), ("XKX", "XK"), ("كوسوفو", "XK")),
    *(("European Union", ""), ("Acme", ""), ("", "")),
)


def test_a_name_or_code_means_one() -> None:
    for written, code in COUNTRIES:
        assert country_recognition.code_of(written) == code, written
    # Names of small words are names.
    assert country_recognition.plain("the") != country_recognition.plain("Of") != ""


class TestCountries:
    def test_one_on_the_list_is_found_and_stays_as_the_host_calls_it(self, summit: Summit, france: Party) -> None:
        written = ("FRANCE", "République française", "the French Republic")
        report = into(summit, "delegation,name\n" + "".join(f"{name},P{len(name)}\n" for name in written))
        assert outcomes(report) == ["new"] * 3
        called = Party.objects.values_list("name", "formal_name", "footnote").get()
        assert called == ("France", "French Republic", "As approved.")

    def test_a_bare_code_among_names_asks(self, summit: Summit, france: Party) -> None:
        asked = into(summit, "delegation,name\nFRA,Ada\n").lines[0].questions[0]
        assert asked.choices[0] == [france.public_id, "this is France"]
        assert outcomes(into(summit, "iso3,name\nFRA,Ada\n")) == ["new"]

    def test_what_is_not_on_the_list_asks_once(self, summit: Summit) -> None:
        text = "delegation,name\nUSA,Ada\nUSA,Bea\n"
        report = into(summit, text)
        assert outcomes(report) == ["asks", "asks"]
        asked = report.lines[0].questions[0]
        assert asked.text == "“USA” (US) is not in the list of delegations yet."
        assert asked.choices == [["enter", "add as “United States of America”"], ["written", "add as “USA”"]]
        assert report.lines[1].notes == ["See the question in row 2."]
        assert [line.part_of for line in report.lines] == ["USA", "USA"]
        assert not Party.objects.exists()
        report = into(summit, text, answers={"2 enter": "enter"})
        assert (outcomes(report), report.lines[0].notes) == (["new"] * 2, ["Added as “United States of America”."])
        party = Party.objects.get()
        assert (party.name, party.iso_code, party.kind) == ("United States of America", "US", "country")
        assert (party.recognised, party.flag) == (Party().recognised, Party().flag)

    def test_nothing_becomes_an_organisation_unless_somebody_says_so(self, summit: Summit) -> None:
        report = into(summit, "party\nAcme\nLichtenstein\n", answers={"* enter": "enter"})
        assert (outcomes(report), Party.objects.exists()) == (["asks"] * 2, False)
        into(summit, "delegation,kind\nAcme,invited organisation\n")
        into(summit, "party\nInterpol\n", answers={"2 kind": "international"})
        kinds = {"Acme": "organisation", "Interpol": "international"}
        assert dict(Party.objects.values_list("name", "kind")) == kinds

    def test_a_near_match_asks(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Liechtenstein", iso_code="LI")
        text = "delegation,name\nLichtenstein,Ada\nLichtenstein,Bea\n"
        asked = into(summit, text).lines[0].questions[0]
        assert asked.choices[0] == [party.public_id, "this is Liechtenstein"]
        assert outcomes(into(summit, text, answers={"2 kind": party.public_id})) == ["new", "new"]
        assert Party.objects.get() == party

    def test_a_misspelt_country_that_is_not_on_the_list_is_offered(self, summit: Summit) -> None:
        text = "delegation,name\nDominia,Ada\nDominia,Bea\nDominica,Cai\n"
        report = into(summit, text)
        assert outcomes(report) == ["asks"] * 3
        assert report.lines[0].questions[0].choices[0] == ["country DM", "this is Dominica"]
        answers = {"2 kind": "country DM"}
        report = into(summit, text, answers=answers)
        assert (outcomes(report), report.lines[0].notes) == (["new"] * 3, ["Added as “Dominica”."])
        assert list(Party.objects.values_list("name", "iso_code", "kind")) == [("Dominica", "DM", "country")]

    def test_a_misspelt_country_is_offered_where_the_file_says_that_it_is_one(self, summit: Summit) -> None:
        asked = into(summit, "delegation,kind\nSaint Lusia,country\n").lines[0].questions[0]
        assert asked.choices == [["country LC", "this is Saint Lucia"], ["enter", "add as “Saint Lusia”"]]

    def test_a_misspelt_country_that_the_host_calls_otherwise_is_the_hosts(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Helvetia", formal_name="Helvetia", iso_code="CH")
        asked = into(summit, "delegation,name\nSwitzerlnd,Ada\n").lines[0].questions[0]
        assert asked.choices[0] == [party.public_id, "this is Helvetia"]
        assert "country CH" not in dict(asked.choices)

    def test_who_is_no_member_of_the_united_nations_is_noted(self, summit: Summit) -> None:
        text = "delegation\nTaiwan\nKosovo\nHong Kong\nFrance\n"
        report = into(summit, text, answers={"* enter": "enter"})
        note = "Not a member of the United Nations. Check recognition and flag."
        assert [line.notes for line in report.lines] == [[note], [note], [note], []]

    def test_the_european_union_is_known_as_an_organisation(self, summit: Summit) -> None:
        asked = into(summit, "delegation\nEU\n").lines[0].questions[0]
        assert (asked.key, asked.choices) == ("2 enter", [["enter", "add as “EU”"]])
        report = into(summit, "delegation\nUnion européenne\n", answers={"* enter": "enter"})
        assert report.lines[0].notes == ["Added as international organisation."]
        assert list(Party.objects.values_list("name", "kind", "iso_code")) == [
            ("Union européenne", "international", "")
        ]


class TestOddRows:
    def test_a_code_alone_never_lands_in_another_party(self, summit: Summit, france: Party) -> None:
        f.PartyNameFactory(party=france, language="fr", name="France", formal_name="")
        report = into(summit, "iso2,name\nKE,Jane\nCK,Joe\n")
        assert outcomes(report) == ["asks", "refused"]
        assert report.lines[1].notes == ["The delegation’s name is missing. Enter its name or ISO 3166 code."]
        assert not Person.objects.exists()

    def test_an_organisation_is_not_taken_for_the_country_whose_code_is_its_name(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Australia", iso_code="AU")
        union = f.PartyFactory(summit=summit, name="AU", kind="international", iso_code="")
        assert outcomes(into(summit, "delegation,name\nAU,Ada\nCAF,Bea\n")) == ["new", "asks"]
        assert Person.objects.get().membership.party == union

    def test_who_is_called_so_comes_before_the_country_that_it_means(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Sakartvelo", formal_name="Sakartvelo", iso_code="GE")
        state = f.PartyFactory(summit=summit, name="Georgia", kind="substate", iso_code="")
        into(summit, "delegation,name\nGeorgia,Ada\n")
        assert Person.objects.get().membership.party == state

    def test_a_wrong_code_does_not_hide_a_country(self, summit: Summit) -> None:
        asked = into(summit, "iso2,party\nUKX,Kenya\n").lines[0].questions[0]
        assert asked.text == "“Kenya” (KE) is not in the list of delegations yet."

    def test_a_name_that_is_anothers_is_not_offered(self, summit: Summit, france: Party) -> None:
        f.PartyFactory(summit=summit, name="Germany", iso_code="DE")
        report = into(summit, "iso2,party\nFR,Germany\n", answers={"2 name": "take"})
        assert report.lines[0].questions == []
        assert report.lines[0].notes == ["Another delegation is called “Germany”, so this one keeps its name."]
        france.refresh_from_db()
        assert france.name == "France"


class TestOneBadCell:
    def test_the_others_are_read_and_it_is_told(self, summit: Summit, france: Party) -> None:
        text = "delegation,name,office,e-mail,language\nFrance,Ada Example,Minister,nonsense,tlhIngan\n"
        report = into(summit, text)
        assert (outcomes(report), report.counts["odd"]) == (["new"], 1)
        said = "email: Enter a full email address, such as office@mission.example. The cell is skipped."
        assert report.lines[0].notes[0] == said
        assert all(note.endswith("The cell is skipped.") for note in report.lines[0].notes)
        assert people("name", "office", "email") == [("Ada Example", "Minister", "")]
        assert outcomes(into(summit, text)) == ["same"]

    def test_what_was_there_stays(self, summit: Summit, france: Party) -> None:
        into(summit, ADA)
        report = into(summit, "delegation,name,office,rank,e-mail\nFrance,Ada Example,Minister,General,nonsense\n")
        assert (outcomes(report), report.lines[0].fields) == (["changed"], ["rank"])
        assert people("name", "office", "email") == [("Ada Example", "Minister", "a@x.example")]

    def test_who_somebody_is_must_be_right(
        self, summit: Summit, france: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        long = f"delegation,name,office\nFrance,{'A' * 300},Minister\n"
        assert (outcomes(into(summit, long)), people("name")) == (["refused"], [])
        # Control: left out too, the office alone would be entered.
        monkeypatch.setattr(person_row_form, "WHO", ())
        assert (outcomes(into(summit, long)), people("name", "office")) == (["new"], [("", "Minister")])


class TestNamesOfOneWord:
    def test_many_of_one_delegation_are_as_many(
        self, summit: Summit, france: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = PEOPLE + "".join(f"France,Ahmad,Adviser {number},a{number}@x.example\n" for number in range(6))
        assert outcomes(into(summit, text)) == ["new"] * 6
        assert outcomes(into(summit, text)) == ["same"] * 6
        # Somebody who was there may hold another office now.
        assert outcomes(into(summit, "delegation,name,office\nFrance,Ahmad,Minister\n")) == ["asks"]
        # Control: as for names of several words, each was asked about.
        Person.objects.all().delete()
        monkeypatch.setattr(row_matching, "is_single", lambda name: False)
        assert outcomes(into(summit, text)) == ["new", *["asks"] * 5]

    def test_in_several_delegations_they_resemble_nobody(self, summit: Summit, france: Party) -> None:
        for name, code in (("Italy", "IT"), ("Kenya", "KE")):
            f.PartyFactory(summit=summit, name=name, iso_code=code)
        rows = "".join(f"{party},{{0}},Minister\n" for party in ("France", "Italy", "Kenya"))
        # A full name does, in a script without spaces too.
        for name, number in (("Ahmad", 0), ("Ada Example", 3), ("习近平", 3)):
            DuplicateCandidate.objects.all().delete()
            report = into(summit, f"delegation,name,office\n{rows.format(name)}")
            assert DuplicateCandidate.objects.filter(why=DuplicateReason.NAME).count() == number
            assert bool(any(line.notes for line in report.lines)) == bool(number)
