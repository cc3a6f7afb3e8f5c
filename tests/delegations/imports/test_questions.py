"""What a table can't decide is asked: whom a row means, and what the host calls a party."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.imports.selectors import row_matching
from delegations.imports.services.importer import preview, read_in
from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from delegations.parties.selectors import country_recognition
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports import services
from summit.imports.definitions import ImportProblem, Upload
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport
from summit.imports.table_definitions import table_of
from summit.imports.table_parsing import read
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import link, refuses

pytestmark = pytest.mark.django_db
TWO = (
    "delegation,name,office,e-mail\nFrance,Ada Example,Minister,a@x.example\nFrance,Ada Example,Adviser,b@x.example\n"
)
PARTIES = "country,formal name,mission e-mail,mission telephone\nFrance,{formal},{box},{phone}\n"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="talks")
    Category.objects.of(found)
    return found


@pytest.fixture
def france(summit: Summit) -> Party:
    found: Party = f.PartyFactory(
        summit=summit,
        name="France",
        formal_name="French Republic",
        iso_code="FR",
        footnote="As approved.",
        protocol_order=7,
        mission_email="old@embassy.example",
        mission_phone="",
    )
    return found


def into(summit: Summit, text: str, **values: Any) -> ImportReport:
    table = read(filename="x.csv", content=text.encode())
    return read_in(summit=summit, table=table, **{"by": SYSTEM, **values})


def people() -> list[tuple[str, str]]:
    return list(Person.objects.order_by("pk").values_list("office", "email"))


def outcomes(report: ImportReport) -> list[str]:
    return [line.outcome for line in report.lines]


class TestTwoRows:
    def test_two_of_one_name_are_never_one_unasked(
        self, summit: Summit, france: Party, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = into(summit, TWO)
        assert outcomes(report) == ["new", "asks"]
        asked = report.lines[1].questions[0]
        assert asked.text == "Row 2 has the same name. Is it the same person?"
        assert [value for value, _words in asked.choices] == ["row 2", "other"]
        assert people() == [("Minister", "a@x.example")]
        # The control: as it was, the second row was written over the first.
        with monkeypatch.context() as patched:
            patched.setattr(row_matching.PersonMatcher, "_named", lambda self, rows, said: rows[0] if rows else None)
            assert outcomes(into(summit, TWO)) == ["same", "changed"]
        assert people() == [("Adviser", "b@x.example")]

    def test_answered_they_are_two_and_the_same_table_again_changes_nothing(
        self, summit: Summit, france: Party
    ) -> None:
        assert outcomes(into(summit, TWO, answers={"3 person": "other"})) == ["new", "new"]
        assert people() == [("Minister", "a@x.example"), ("Adviser", "b@x.example")]
        before = AuditEntry.objects.count()
        assert outcomes(into(summit, TWO)) == ["same", "same"]
        assert (len(people()), AuditEntry.objects.count()) == (2, before)

    def test_answered_they_are_one(self, summit: Summit, france: Party) -> None:
        assert outcomes(into(summit, TWO, answers={"3 person": "row 2"})) == ["new", "changed"]
        assert people() == [("Adviser", "b@x.example")]

    def test_the_same_row_twice_is_one_person(self, summit: Summit, france: Party) -> None:
        row = "France,Ada Example,Minister\n"
        report = into(summit, f"delegation,name,office\n{row}{row}")
        assert outcomes(report) == ["new", "same"]
        assert report.lines[1].notes == ["Same person as row 2."]
        assert len(people()) == 1

    def test_two_rows_of_one_key(self, summit: Summit, france: Party) -> None:
        report = into(summit, "delegation,person key,name\nFrance,Q1,Ada\nFrance,Q1,Bea\n")
        assert outcomes(report) == ["new", "refused"]
        assert report.lines[1].notes == ["Row 2 already has this external ID. Correct one of them."]

    def test_a_name_takes_the_place_of_an_office_once(self, summit: Summit, france: Party) -> None:
        f.MembershipFactory(party=france, person__name="", person__office="Adviser")
        report = into(summit, "delegation,name,office\nFrance,Ada,Adviser\nFrance,Bea,Adviser\n")
        assert outcomes(report) == ["changed", "new"]
        assert list(Person.objects.order_by("pk").values_list("name", flat=True)) == ["Ada", "Bea"]


class TestWhoIsThere:
    @pytest.mark.parametrize(
        ("office", "email", "outcome"),
        [
            ("Minister", "new@x.example", "changed"),
            ("Adviser", "a@x.example", "changed"),
            ("", "", "same"),
            ("Adviser", "", "asks"),
            ("Adviser", "new@x.example", "asks"),
        ],
    )
    def test_office_or_mailbox_must_agree(
        self, summit: Summit, france: Party, office: str, email: str, outcome: str
    ) -> None:
        into(summit, "delegation,name,office,e-mail\nFrance,Ada Example,Minister,a@x.example\n")
        report = into(summit, f"delegation,name,office,e-mail\nFrance,Ada Example,{office},{email}\n")
        assert outcomes(report) == [outcome]
        assert len(people()) == 1
        if outcome == "asks":
            known = Person.objects.get()
            asked = report.lines[0].questions[0]
            assert (
                asked.text
                == "Someone with this name has a different office and email address. Is it the same person?"
            )
            assert asked.choices[0] == [known.public_id, f"the same person: {known.label} – a@x.example"]
            text = f"delegation,name,office,e-mail\nFrance,Ada Example,{office},{email}\n"
            assert outcomes(into(summit, text, answers={"2 person": known.public_id})) == ["changed"]
            assert len(people()) == 1

    def test_a_focal_point_is_told_and_nobody_is_asked(self, summit: Summit, france: Party) -> None:
        text = TWO.replace("delegation,", "").replace("France,", "")
        report = into(summit, text, by=link(france), party=france)
        assert outcomes(report) == ["new", "refused"]
        assert report.lines[1].questions == []


class TestParties:
    def test_filled_cells_are_taken_over_and_empty_ones_leave_alone(self, summit: Summit, france: Party) -> None:
        text = PARTIES.format(formal="", box="new@embassy.example", phone="+44 20 7946 0001")
        report = into(summit, text)
        assert outcomes(report) == ["changed"]
        assert report.lines[0].changes == [
            ["Mission email address", "old@embassy.example", "new@embassy.example"],
            ["Mission telephone", "–", "+44 20 7946 0001"],
        ]
        france.refresh_from_db()
        assert (france.mission_email, france.mission_phone) == ("new@embassy.example", "+44 20 7946 0001")
        entry = AuditEntry.objects.get(action="delegations.party.change")
        assert entry.fields == ["mission_email", "mission_phone"]
        assert outcomes(into(summit, text)) == outcomes(into(summit, PARTIES.format(formal="", box="", phone="")))
        france.refresh_from_db()
        assert france.mission_email == "new@embassy.example"

    def test_what_the_host_has_approved_is_a_question(self, summit: Summit, france: Party) -> None:
        text = PARTIES.format(formal="République française", box="", phone="")
        report = into(summit, text)
        asked = report.lines[0].questions[0]
        assert (outcomes(report), asked.key, asked.chosen) == (["same"], "2 formal_name", "keep")
        assert asked.choices == [["keep", "keep “French Republic”"], ["take", "change to “République française”"]]
        france.refresh_from_db()
        assert (france.formal_name, france.footnote, france.protocol_order) == ("French Republic", "As approved.", 7)
        assert outcomes(into(summit, text, answers={"2 formal_name": "take"})) == ["changed"]
        france.refresh_from_db()
        assert (france.formal_name, france.name, france.footnote) == (
            "République française",
            "France",
            "As approved.",
        )

    def test_a_mailbox_that_is_none_is_left_out_and_rows_that_contradict_are_told(
        self, summit: Summit, france: Party
    ) -> None:
        report = into(summit, PARTIES.format(formal="", box="no mailbox", phone=""))
        assert outcomes(report) == ["same"]
        assert report.lines[0].notes == ["Mission email address: Enter a valid email address. The cell is skipped."]
        more = PARTIES.format(formal="", box="a@embassy.example", phone="") + "France,,b@embassy.example,\n"
        assert outcomes(into(summit, more)) == ["changed", "same"]
        france.refresh_from_db()
        assert france.mission_email == "a@embassy.example"

    def test_a_person_who_is_refused_or_asked_about_keeps_nothing_of_the_party_back(
        self, summit: Summit, france: Party
    ) -> None:
        report = into(summit, "country,mission e-mail,name,category\nFrance,a@embassy.example,Ada,wizard\n")
        assert (outcomes(report), report.lines[0].notes[0]) == (
            ["changed"],
            "The delegation is updated, but not the person.",
        )
        france.refresh_from_db()
        assert france.mission_email == "a@embassy.example"


class TestAnswering:
    def kept(self, summit: Summit) -> ImportFile:
        return services.store(summit=summit, kind="people", filename="x.csv", content=TWO.encode(), by=SYSTEM)

    def test_on_the_page(self, summit: Summit, france: Party) -> None:
        sheet = self.kept(summit)
        desk = signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))
        page = f"/admin/delegations/delegationimportfile/{sheet.pk}/change/"
        assert "Is it the same person?" in desk.get(page).content.decode()
        again = desk.post(
            f"/admin/delegations/delegationimportfile/{sheet.pk}/answer/", {"3 person": "other"}, follow=True
        )
        assert ('value="other" checked' in again.content.decode(), Person.objects.count()) == (True, 0)
        desk.post(f"/admin/delegations/delegationimportfile/{sheet.pk}/take/")
        assert len(people()) == 2
        assert AuditEntry.objects.filter(action="summit.importfile.answer").count() == 1
        # What was decided stands on the page, and can't be decided any more.
        shown = desk.get(page).content.decode()
        assert ("someone else" in shown, "<fieldset" in shown.partition("<main")[2]) == (True, False)
        sheet.refresh_from_db()
        refuses(ImportProblem, services.answer, file=sheet, answers={"3 person": "other"}, by=SYSTEM)

    def test_what_is_not_asked_is_not_answered(self, summit: Summit, france: Party) -> None:
        sheet = self.kept(summit)
        for answers in ({"9 person": "other"}, {"3 person": "everybody"}):
            refuses(ImportProblem, services.answer, file=sheet, answers=answers, by=SYSTEM)
        viewer = f.UserFactory.with_role(Role.VIEWER, summit)
        refuses(PermissionDenied, services.answer, file=sheet, answers={"3 person": "other"}, by=viewer)
        services.answer(file=sheet, answers={"3 person": "other"}, by=SYSTEM)
        services.answer(file=sheet, answers={"3 person": ""}, by=SYSTEM)
        assert sheet.answers == {}
        table = table_of(Upload(summit, bytes(sheet.content), SYSTEM))
        assert preview(summit=summit, table=table, by=SYSTEM).counts["asks"] == 1

    def test_by_a_program(self, summit: Summit, france: Party) -> None:
        sheet = self.kept(summit)
        api: Client = signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))
        where = f"/api/v1/summits/{summit.slug}/desk/sheets/{sheet.public_id}/"
        asked = api.get(where).json()["report"]["lines"][1]["questions"][0]
        assert (asked["key"], list(asked["choices"])) == ("3 person", ["row 2", "other"])
        values = {"answers": {"3 person": "other"}}
        found = api.post(f"{where}answer/", values, content_type="application/json")
        assert (found.status_code, found.json()["report"]["counts"]["new"]) == (200, 2)


class TestCountries:
    @pytest.mark.parametrize(
        ("written", "code"),
        [
            *(("USA", "US"), ("U.S.A.", "US"), ("UK", "GB"), ("Russian Federation", "RU"), ("DPRK", "KP")),
            *(("Republic of Korea", "KR"), ("Viet Nam", "VN"), ("State of Palestine", "PS"), ("Taiwan", "TW")),
            *(("Burma", "MM"), ("the Vatican", "VA"), ("Côte d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI")),
            *(("AND", "AD"), ("fra", "FR"), ("République de Corée", "KR"), ("Российская Федерация", "RU")),
            *(("中国", "CN"), ("الصين", "CN"), ("Estados Unidos", "US"), ("Netherlands (Kingdom of the)", "NL")),
            ("Congo (Democratic Republic of the)", "CD"),
            *(("Congo", "CG"), ("US", "US"), ("Korea", ""), ("European Union", ""), ("Acme", ""), ("", "")),
        ],
    )
    def test_a_name_or_code_means_one(self, written: str, code: str) -> None:
        assert country_recognition.code_of(written) == code

    @pytest.mark.parametrize("written", ["FRANCE", "République française", "the French Republic"])
    def test_one_on_the_list_is_found_and_stays_as_the_host_calls_it(
        self, summit: Summit, france: Party, written: str
    ) -> None:
        assert outcomes(into(summit, f"delegation,name\n{written},Ada\n")) == ["new"]
        assert Party.objects.values_list("name", "formal_name", "footnote").get() == (
            *("France", "French Republic"),
            "As approved.",
        )

    def test_a_bare_code_among_names_asks(self, summit: Summit, france: Party) -> None:
        asked = into(summit, "delegation,name\nFRA,Ada\n").lines[0].questions[0]
        assert asked.choices[0] == [france.public_id, "this is France"]
        assert outcomes(into(summit, "iso3,name\nFRA,Ada\n")) == ["new"]

    def test_what_is_not_on_the_list_asks_once(self, summit: Summit) -> None:
        report = into(summit, "delegation,name\nUSA,Ada\nUSA,Bea\n")
        assert outcomes(report) == ["asks", "asks"]
        asked = report.lines[0].questions[0]
        assert asked.text == "“USA” (US) is not in the list of delegations yet."
        assert asked.choices == [
            ["enter", "add as “USA”"],
            ["named", "add as “United States of America”"],
        ]
        assert report.lines[1].notes == ["See the question in row 2."]
        assert [line.part_of for line in report.lines] == ["USA", "USA"]
        assert not Party.objects.exists()
        assert outcomes(into(summit, "delegation,name\nUSA,Ada\nUSA,Bea\n", answers={"2 enter": "named"})) == [
            "new",
            "new",
        ]
        party = Party.objects.get()
        assert (party.name, party.iso_code, party.kind) == ("United States of America", "US", "country")
        assert (party.recognised, party.flag) == (Party().recognised, Party().flag)

    def test_nothing_becomes_an_organisation_unless_somebody_says_so(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = ("Acme", "Lichtenstein")
        report = into(summit, "party\n" + "".join(f"{name}\n" for name in names), answers={"* enter": "enter"})
        assert outcomes(report) == ["asks"] * len(names)
        assert not Party.objects.exists()
        into(summit, "delegation,kind\nAcme,invited organisation\n")
        into(summit, "party\nInterpol\n", answers={"2 kind": "international"})
        assert list(Party.objects.order_by("pk").values_list("name", "kind")) == [
            ("Acme", "organisation"),
            ("Interpol", "international"),
        ]

    def test_a_near_match_asks(self, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit, name="Liechtenstein", iso_code="LI")
        text = "delegation,name\nLichtenstein,Ada\nLichtenstein,Bea\n"
        asked = into(summit, text).lines[0].questions[0]
        assert asked.choices[0] == [party.public_id, "this is Liechtenstein"]
        assert outcomes(into(summit, text, answers={"2 kind": party.public_id})) == ["new", "new"]
        assert Party.objects.get() == party

    def test_all_are_entered_by_one_answer_on_the_page(self, summit: Summit) -> None:
        text = b"party\nFrance\nKenya\nAcme\n"
        sheet = services.store(summit=summit, kind="parties", filename="x.csv", content=text, by=SYSTEM)
        desk = signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))
        page = f"/admin/delegations/delegationimportfile/{sheet.pk}/"
        shown = desk.get(f"{page}change/").content.decode()
        assert "Answer the questions first." in shown
        assert "Add all 2 new delegations" in shown
        desk.post(f"{page}answer/", {"* enter": "enter"})
        desk.post(f"{page}take/")
        assert list(Party.objects.order_by("pk").values_list("name", flat=True)) == ["France", "Kenya"]
        refuses(ImportProblem, services.answer, file=sheet, answers={"* kind": "enter"}, by=SYSTEM)


class TestOddRows:
    def test_a_code_alone_never_lands_in_another_party(self, summit: Summit, france: Party) -> None:
        f.PartyNameFactory(party=france, language="fr", name="France", formal_name="")
        report = into(summit, "iso2,name\nKE,Jane\nCK,Joe\n")
        assert outcomes(report) == ["asks", "refused"]
        assert report.lines[1].notes == ["The delegation’s name is missing. Enter its name or ISO 3166 code."]
        assert not people()

    def test_an_organisation_is_not_taken_for_the_country_whose_code_is_its_name(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Australia", iso_code="AU")
        union = f.PartyFactory(summit=summit, name="AU", kind="international", iso_code="")
        into(summit, "delegation,name\nAU,Ada\n")
        assert Person.objects.get().membership.party == union
        assert outcomes(into(summit, "delegation,name\nCAF,Bea\n")) == ["asks"]

    def test_who_is_called_so_comes_before_the_country_that_it_means(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit, name="Sakartvelo", formal_name="Sakartvelo", iso_code="GE")
        state = f.PartyFactory(summit=summit, name="Georgia", kind="substate", iso_code="")
        into(summit, "delegation,name\nGeorgia,Ada\n")
        assert Person.objects.get().membership.party == state

    def test_names_of_small_words_are_names(self) -> None:
        assert country_recognition.plain("the") != country_recognition.plain("Of") != ""

    def test_a_wrong_code_does_not_hide_a_country(self, summit: Summit) -> None:
        asked = into(summit, "iso2,party\nUKX,Kenya\n").lines[0].questions[0]
        assert asked.text == "“Kenya” (KE) is not in the list of delegations yet."

    def test_what_is_changed_of_the_party_is_told_where_the_person_asks(self, summit: Summit, france: Party) -> None:
        into(summit, "delegation,name,office\nFrance,Ada Example,Minister\n")
        row = "France,new@embassy.example,Ada Example,Adviser\n"
        report = into(summit, f"delegation,mission e-mail,name,office\n{row}")
        assert (outcomes(report), report.lines[0].notes[-1]) == (
            ["changed"],
            "The delegation is updated, but not the person.",
        )

    def test_a_name_that_is_anothers_is_not_offered(self, summit: Summit, france: Party) -> None:
        f.PartyFactory(summit=summit, name="Germany", iso_code="DE")
        report = into(summit, "iso2,party\nFR,Germany\n", answers={"2 name": "take"})
        assert report.lines[0].questions == []
        assert report.lines[0].notes == ["Another delegation is called “Germany”, so this one keeps its name."]
        france.refresh_from_db()
        assert france.name == "France"

    def test_an_answer_for_all_is_taken_back(self, summit: Summit) -> None:
        sheet = services.store(summit=summit, kind="parties", filename="x.csv", content=b"party\nFrance\n", by=SYSTEM)
        desk = signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))
        page = f"/admin/delegations/delegationimportfile/{sheet.pk}/"
        shown = desk.post(f"{page}answer/", {"* enter": ["", "enter"]}, follow=True).content.decode()
        assert 'name="* enter" value="enter" checked' in shown
        desk.post(f"{page}answer/", {"* enter": ""})
        sheet.refresh_from_db()
        assert sheet.answers == {}
