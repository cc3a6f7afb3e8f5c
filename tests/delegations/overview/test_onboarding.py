"""The last two of the first steps: who is invited, and the letter."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import first_letter
from delegations.parties.models.parties import Party, PartyName
from delegations.parties.selectors import un_country_names
from delegations.parties.services import bulk_entry
from delegations.parties.services.bulk_entry import LineProblems
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, said

OTHER_KINDS = "sub-state government, international organisation, invited organisation"
pytestmark = pytest.mark.django_db
PARTIES = "/admin/setup/here/parties/"
LETTER = "/admin/setup/here/letter/"


@pytest.fixture
def summit(db: None) -> Summit:
    return f.SummitFactory(slug="here", host="Portugal")


@pytest.fixture
def desk(organiser: User) -> Client:
    return signed_in(organiser)


class TestLines:
    def test_countries_are_recognised_in_any_language_and_the_host(self, summit: Summit, organiser: User) -> None:
        germany = "Allemagne; embassy@germany.example; French"
        shipping = "Good Shipping Ltd\tinfo@shipping.example\t\tinvited organisation"
        text = f"{germany}\n\nPortugal\n{shipping}\nKenya ;;"
        made = bulk_entry.create_parties(summit=summit, text=text, by=organiser)
        assert [(p.name, p.kind, p.iso_code, p.mission_email, p.language, p.is_host) for p in made] == [
            ("Germany", "country", "DE", "embassy@germany.example", "fr", False),
            ("Portugal", "country", "PT", "", "en", True),
            ("Good Shipping Ltd", "organisation", "", "info@shipping.example", "en", False),
            ("Kenya", "country", "KE", "", "en", False),
        ]
        assert Party.objects.count() == 4
        actions = {("delegations.party.add", organiser.pk), ("delegations.partyname.add", organiser.pk)}
        assert set(AuditEntry.objects.values_list("action", "by")) == actions
        # What was written is kept as the name in its language; the letter in it says so.
        names = PartyName.objects.values_list("party__name", "language", "name")
        assert list(names) == [("Germany", "fr", "Allemagne")]
        assert made.translated == [(made[0], "Allemagne", "fr")]

    def test_wrong_lines_are_told_by_number_and_nothing_is_entered(self, summit: Summit, organiser: User) -> None:
        f.PartyFactory(summit=summit, name="Kenya")
        lines = ["France", "kenya", "; a@b.example", "Chad; nowhere", "Mali; ; Klingon", "FRANCE", "A; a@b.co; en; x"]
        lines += ["x" * 121, f"Niger; {'a' * 250}@niger.example", "Germany", "Allemagne"]
        refused = refuses(LineProblems, bulk_entry.create_parties, summit=summit, text="\n".join(lines), by=organiser)
        assert refused.found[:-2] == [
            (2, "“kenya” already exists. Remove the line."),
            (3, "Enter a name. The format is: name; email address; language; type."),
            (4, "“nowhere” is not an email address. Correct it, or leave it out for now."),
            (5, "“Klingon” is not a letter language. Enter one of: en, fr, ar."),
            (6, "“FRANCE” is also in line 1. Remove one of them."),
            (7, f"“x” is not a delegation type. Enter one of: country, {OTHER_KINDS}."),
            (8, "Shorten the name to 120 characters."),
        ]
        # A mailbox that no column holds, and one country in two languages.
        (number, mailbox), twice = refused.found[-2:]
        assert (number, "is not an email address" in mailbox) == (9, True)
        assert twice == (11, "“Germany” is also in line 10. Remove one of them.")
        assert Party.objects.count() == 1
        with pytest.raises(PermissionDenied):
            bulk_entry.create_parties(summit=summit, text="Chad", by=f.UserFactory.with_role(Role.PROGRAMME, summit))

    def test_the_number_of_queries_does_not_grow(
        self, summit: Summit, organiser: User, django_assert_max_num_queries: Any
    ) -> None:
        text = "\n".join([*un_country_names.names("en").values()][:40])
        with django_assert_max_num_queries(12):
            assert len(bulk_entry.create_parties(summit=summit, text=text, by=organiser)) == 40


class TestPartiesPage:
    def test_chosen_countries_are_put_into_the_list_and_entered_and_wrong_lines_stay(self, desk: Client) -> None:
        answer = desk.post(PARTIES, {"do": "propose", "lines": "Good Shipping Ltd\n", "country": ["FR", "KE", "XX"]})
        assert answer.status_code == 200
        assert answer.context["text"] == "Good Shipping Ltd\nFrance; \nKenya; "
        assert not Party.objects.exists()
        offered = {code for _group, pairs in answer.context["countries"] for code, _name in pairs}
        assert len(offered) == 193
        answer = desk.post(PARTIES, {"do": "enter", "lines": "France\nKenya"})
        assert (answer["Location"], said(answer)) == (LETTER, ["2 delegations added."])
        answer = desk.post(PARTIES, {"do": "enter", "lines": "Taiwan\nEuropean Union"})
        note = "Taiwan: Not a member of the United Nations. Check recognition and flag."
        assert said(answer)[-1] == note
        answer = desk.post(PARTIES, {"do": "enter", "lines": "Chad\nMali; nowhere"})
        assert answer.status_code == 400
        assert [(field, label) for field, label, _said in answer.context["problems"]] == [("lines", "Line 2")]
        assert b"Mali; nowhere</textarea>" in answer.content


class TestLetter:
    @pytest.fixture
    def france(self, summit: Summit) -> Party:
        f.PartyFactory(summit=summit, name="Aland", mission_email="")
        f.PartyFactory(summit=summit, name="Kenya")
        return f.PartyFactory(summit=summit, name="France", language="fr", mission_email="m@france.example")

    @pytest.mark.parametrize(("do", "names"), [("first", ["France"]), ("all", ["France", "Kenya"])])
    def test_it_sends_the_first_or_all(self, desk: Client, france: Party, do: str, names: list[str]) -> None:
        answer = desk.post(LETTER, {"do": do, "answer_by": "2099-05-04T12:00"})
        assert answer["Location"] == "/admin/?summit=here"
        assert sorted(Invitation.objects.filter(state="sent").values_list("party__name", flat=True)) == names
        words = {"first": "Sending 1 invitation.", "all": "Sending 2 invitations."}[do]
        assert said(answer) == [words, "3 of 5 setup steps done. The next step is below."]
        due = {"fr": "lundi 4 mai 2099 à 12:00, heure locale (London)", "en": "Monday 4 May 2099, 12:00 London time"}
        for message in Message.objects.filter(kind="invitation"):
            assert message.facts["values"]["answer_by"] == due[message.language]
        actions = set(AuditEntry.objects.values_list("action", flat=True))
        assert actions == {"summit.summit.change", "delegations.invite"}

    def test_protocol_sends_and_gives_no_moment(self, protocol: User, france: Party, summit: Summit) -> None:
        client = signed_in(protocol)
        assert client.get(LETTER).context["form"] is None
        client.post(LETTER, {"do": "first", "answer_by": "2099-05-04T12:00"})
        summit.refresh_from_db()
        assert (summit.answer_by, Invitation.objects.count()) == (None, 1)
        with pytest.raises(PermissionDenied):
            first_letter.send(summit=summit, parties=[france], answer_by=db_now() + timedelta(days=1), by=protocol)


class TestDue:
    BEGUN = "Enter a date before the summit begins."

    @pytest.fixture(autouse=True)
    def party(self, summit: Summit) -> None:
        f.PartyFactory(summit=summit)

    def begins_in(self, summit: Summit, days: int) -> date:
        day = db_now().astimezone(summit.zone).date() + timedelta(days=days)
        Summit.objects.filter(pk=summit.pk).update(starts_on=day, ends_on=day + timedelta(days=1))
        return day

    def test_answers_are_due_before_it_and_what_stands_stops_nobody(self, desk: Client, summit: Summit) -> None:
        day = self.begins_in(summit, 10)
        for moment, error in ((f"{day}T00:00", [self.BEGUN]), (f"{day - timedelta(days=1)}T23:59", None)):
            answer = desk.post(LETTER, {"do": "read", "answer_by": moment})
            assert answer.context["form"].errors.get("answer_by") == error
        day = self.begins_in(summit, 10)
        Summit.objects.filter(pk=summit.pk).update(answer_by=datetime(day.year, day.month, day.day, 17, tzinfo=UTC))
        with timezone.override(summit.zone):
            given = desk.get(LETTER).context["form"]["answer_by"].value()
        answer = desk.post(LETTER, {"do": "first", "answer_by": f"{given:%Y-%m-%dT%H:%M}"})
        assert answer.status_code == 302
        f.PartyFactory(summit=summit)
        self.begins_in(summit, 1)
        Summit.objects.filter(pk=summit.pk).update(answer_by=None)
        summit.refresh_from_db()
        assert desk.get(LETTER).context["form"].initial["answer_by"] < summit.begins_at

    def test_the_summits_page_refuses_it_where_it_was_changed(self, desk: Client, summit: Summit) -> None:
        day = self.begins_in(summit, 10)
        address = f"/admin/summit/summit/{summit.pk}/change/"
        fields = ("name", "short_name", "host", "place", "time_zone", "language", "contact_email")
        data = {name: getattr(summit, name) for name in (*fields, "accent", "agenda_readers")}
        data |= {"starts_on": day, "ends_on": day, "venues-TOTAL_FORMS": 0, "venues-INITIAL_FORMS": 0}
        due = {"answer_by_0": day, "answer_by_1": "17:00"}
        answer = desk.post(address, {**data, **due})
        assert answer.context["adminform"].form.errors == {"answer_by": [self.BEGUN]}
        at = datetime(day.year, day.month, day.day, 17, tzinfo=summit.zone)
        Summit.objects.filter(pk=summit.pk).update(answer_by=at)
        assert desk.post(address, {**data, **due, "name": "Another"}).status_code == 302
        assert Summit.objects.get(pk=summit.pk).name == "Another"
