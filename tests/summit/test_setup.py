"""The first steps at the ground floor: the first account, the summit, its venue, its team."""

import shlex
import sys
from datetime import date
from email import message_from_bytes
from email.policy import default
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.management.commands import serve
from summit.api.domain import applications
from summit.desk import setup as setup_pages
from summit.domain import roles, setup
from summit.domain.roles import Colleague
from summit.domain.setup import NotFirst
from summit.models import AuditEntry, Role, RoleAssignment, Room, Summit, User, Venue
from summit.outbox.domain import delivery
from summit.outbox.models import Message
from tests import factories as f

pytestmark = pytest.mark.django_db
FIELDS: dict[str, Any] = {
    "slug": "ocean-summit",
    "name": "Ocean Summit of Ministers",
    "short_name": "Ocean Summit",
    "host": "Portugal",
    "place": "Lisbon",
    "time_zone": "Europe/Lisbon",
    "starts_on": date(2027, 6, 1),
    "ends_on": date(2027, 6, 3),
    "language": "en",
    "contact_email": "protocol@ocean.example",
    "accent": "#1d4f91",
    "public": True,
}


@pytest.fixture
def owner() -> User:
    """Whoever set the system up."""
    return f.UserFactory.create(is_superuser=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestFirstAccount:
    def run(self, email: str = "you@ministry.example") -> str:
        out = StringIO()
        call_command("firstaccount", email, stdout=out)
        return next(line.strip() for line in out.getvalue().splitlines() if "http" in line)

    def test_its_link_chooses_a_password_once_and_then_the_desk_leads_on(self, client: Client) -> None:
        path = "/" + self.run("You@Ministry.example").split("/", 3)[3]
        page = client.get(path, follow=True)
        new = {"password1": f.PASSWORD, "password2": f.PASSWORD}
        client.post(page.request["PATH_INFO"], new)
        user = User.objects.get()
        assert (user.email, user.is_superuser, user.check_password(f.PASSWORD)) == (
            "you@ministry.example",
            True,
            True,
        )
        again = Client().get(path, follow=True)
        assert b"password1" not in again.content
        home = signed_in(user).get("/admin/").content.decode()
        assert 'href="/admin/setup/"' in home

    def test_asked_again_before_the_first_sign_in_it_gives_another_link(self) -> None:
        self.run()
        self.run()
        assert User.objects.count() == 1

    @pytest.mark.parametrize("there", ["another account", "a summit", "signed in"])
    def test_it_is_for_an_empty_installation_alone(self, there: str) -> None:
        self.run()
        if there == "another account":
            f.UserFactory()
        elif there == "a summit":
            f.SummitFactory()
        else:
            User.objects.update(last_login=timezone.now())
        with pytest.raises(CommandError, match="There is an account already"):
            self.run()
        with pytest.raises(NotFirst):
            setup.first_account(email="other@ministry.example")

    @pytest.mark.parametrize(
        ("port", "var", "said"),
        [
            (8000, None, ""),
            (8123, None, "PORT=8123 "),
            (8123, "/srv/my files", "PORT=8123 VAR_DIR='/srv/my files' "),
        ],
    )
    def test_the_line_that_make_run_prints_opens_the_same_database(
        self, settings: Any, port: int, var: str | None, said: str
    ) -> None:
        settings.PORT, settings.VAR_DIR = port, Path(var) if var else settings.DEFAULT_VAR_DIR
        command = f"{shlex.quote(sys.executable)} manage.py firstaccount you@example.org"
        assert serve.first_account() == said + command

    def test_what_is_no_address_is_refused(self) -> None:
        with pytest.raises(CommandError):
            self.run("nobody")
        assert not User.objects.exists()


class TestSummit:
    def test_whoever_creates_it_is_its_organiser(self, owner: User) -> None:
        made = setup.create_summit(by=owner, **FIELDS)
        assert {name: getattr(made, name) for name in FIELDS} == FIELDS
        assert list(RoleAssignment.objects.values_list("user", "role")) == [(owner.pk, Role.ORGANISER)]
        assert list(AuditEntry.objects.order_by("id").values_list("action", "by")) == [
            ("summit.summit.add", owner.pk),
            ("summit.roleassignment.add", owner.pk),
        ]

    def test_organisers_of_another_summit_create_none(self) -> None:
        user = f.UserFactory.with_role(Role.ORGANISER, f.SummitFactory())
        with pytest.raises(PermissionDenied):
            setup.create_summit(by=user, **FIELDS)
        assert signed_in(user).get("/admin/setup/").status_code == 403

    def test_all_or_nothing(self, owner: User) -> None:
        with pytest.raises(ValidationError):
            setup.create_summit(by=owner, **FIELDS | {"time_zone": "Mars/Olympus"})
        assert not Summit.objects.exists()
        assert not AuditEntry.objects.exists()

    def post(self, owner: User, **changed: Any) -> Any:
        data = {**FIELDS, "slug": "", "public": "on", **changed}
        return signed_in(owner).post("/admin/setup/", data)

    def test_the_page_proposes_an_address_and_goes_on(self, owner: User) -> None:
        answer = self.post(owner)
        assert (answer.status_code, answer["Location"]) == (302, "/admin/setup/ocean-summit/venue/")
        assert Summit.objects.get().slug == "ocean-summit"

    @pytest.mark.parametrize(
        ("changed", "field", "said"),
        [
            ({"ends_on": "2027-05-01"}, "ends_on", "The summit would end before it starts. Give a later day."),
            ({"slug": "admin"}, "slug", "is an address of the system itself"),
            ({"short_name": "قمة"}, "slug", "Write an address in Latin letters"),
            ({"time_zone": "Mars"}, "time_zone", "is no time zone. Use a name like"),
            ({"time_zone": "Lisb"}, "time_zone", "Perhaps it is one of these: Europe/Lisbon."),
            ({"accent": "red"}, "accent", "Give the colour as # and six digits"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self, owner: User, changed: dict[str, str], field: str, said: str
    ) -> None:
        answer = self.post(owner, **changed)
        assert answer.status_code == 400
        form = answer.context["form"]
        assert list(form.errors) == [field]
        assert said in form.errors[field][0]
        assert form["host"].value() == "Portugal"
        assert not Summit.objects.exists()

    @pytest.mark.parametrize(
        ("written", "zone"),
        [("Tunis", "Africa/Tunis"), ("new  york", "America/New_York"), ("UTC", "UTC"), ("Asia/Tokyo", "Asia/Tokyo")],
    )
    def test_a_city_stands_for_its_zone(self, owner: User, written: str, zone: str) -> None:
        assert self.post(owner, time_zone=written).status_code == 302
        assert Summit.objects.get().time_zone == zone

    def test_a_colour_that_could_not_be_read_is_told_of(self, owner: User) -> None:
        answer = signed_in(owner).post("/admin/setup/", {**FIELDS, "accent": "#ffcc00"}, follow=True)
        said = [str(message) for message in answer.context["messages"]]
        assert said == [
            "“Ocean Summit of Ministers” is created, and you are its organiser.",
            "#ffcc00 is too pale to be read on paper: there it is shown as #826800.",
        ]


@pytest.fixture
def here() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


@pytest.fixture
def organiser(here: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, here)


class TestVenue:
    def test_a_venue_and_its_rooms(self, here: Summit, organiser: User) -> None:
        rooms = "Plenary hall؛ ٢٠٠\n\n Room B \nroom b\uff1b 3"
        answer = signed_in(organiser).post("/admin/setup/here/venue/", {"name": "The House", "rooms": rooms})
        assert answer["Location"] == "/admin/setup/here/team/"
        assert list(Room.objects.values_list("venue__name", "name", "capacity")) == [
            ("The House", "Plenary hall", 200),
            ("The House", "Room B", None),
        ]

    def test_again_it_adds_what_is_missing_and_leaves_the_rest(self, here: Summit, organiser: User) -> None:
        venue = f.VenueFactory(summit=here, name="The House", address="1 Street")
        f.RoomFactory(venue=venue, name="Hall", capacity=10)
        setup.furnish(summit=here, by=organiser, name="The House", rooms=[("hall", 99), ("Annex", 5)])
        assert list(Venue.objects.values_list("name", "address")) == [("The House", "1 Street")]
        assert set(Room.objects.values_list("name", "capacity")) == {("Hall", 10), ("Annex", 5)}
        assert [entry.action for entry in AuditEntry.objects.all()] == ["summit.room.add"]

    def test_each_wrong_line_is_named(self, here: Summit, organiser: User) -> None:
        data = {"name": "The House", "rooms": "A; many\nB\n; 5\nC; 5; 6"}
        answer = signed_in(organiser).post("/admin/setup/here/venue/", data)
        assert answer.status_code == 400
        assert [said[:7] for said in answer.context["form"].errors["rooms"]] == ["Line 1:", "Line 3:", "Line 4:"]
        assert answer.context["form"]["rooms"].value() == data["rooms"]
        assert not Room.objects.exists()

    def test_who_may_not_is_refused(self, here: Summit) -> None:
        with pytest.raises(PermissionDenied):
            setup.furnish(summit=here, by=f.UserFactory.with_role(Role.PROTOCOL, here), name="The House")


def written() -> tuple[str, str]:
    """The one mail that went out: its mailbox and its text."""
    (sent,) = mail.outbox
    found: Any = message_from_bytes(sent.message().as_bytes(), policy=default)
    return found["To"], found.get_content()


class TestTeam:
    def test_a_new_colleague_gets_an_account_a_role_and_a_link(self, here: Summit, organiser: User) -> None:
        rows = [
            Colleague("Maria@ministry.example", Role.PROTOCOL, "Maria"),
            Colleague("maria@ministry.example", "viewer"),
        ]
        assert roles.add_team(summit=here, colleagues=rows, by=organiser) == 1
        maria = User.objects.get(email="maria@ministry.example")
        assert (maria.name, maria.has_usable_password(), maria.is_superuser) == ("Maria", False, False)
        assert set(maria.roles.values_list("role", flat=True)) == {"protocol", "viewer"}
        message = Message.objects.get()
        assert "password/reset" not in str(message.facts)
        delivery.deliver([message.pk])
        address, body = written()
        assert address == "maria@ministry.example"
        assert "Your roles: protocol, viewer." in body
        link = next(line for line in body.splitlines() if "/password/reset/key/" in line)
        page = Client().get("/" + link.split("/", 3)[3], follow=True)
        assert b"password1" in page.content

    def test_a_new_colleagues_language_is_chosen_and_an_accounts_stays(self, here: Summit, organiser: User) -> None:
        there = f.UserFactory(language="es")
        rows = [
            Colleague("new@ministry.example", Role.VIEWER, language="fr"),
            Colleague("other@ministry.example", Role.VIEWER),
            Colleague(there.email, Role.VIEWER, language="fr"),
        ]
        roles.add_team(summit=here, colleagues=rows, by=organiser)
        found = dict(User.objects.values_list("email", "language"))
        assert [found[row.email] for row in rows] == ["fr", here.language, "es"]
        assert Message.objects.get(address="new@ministry.example").language == "fr"

    def test_who_has_a_password_is_told_where_to_sign_in(self, here: Summit, organiser: User) -> None:
        user = f.UserFactory()
        roles.add_team(summit=here, colleagues=[Colleague(user.email, Role.VIEWER)], by=organiser)
        delivery.deliver([Message.objects.get().pk])
        _address, body = written()
        assert "/password/reset/key/" not in body
        assert "/admin/" in body

    def test_who_gets_a_role_before_the_mail_of_another_is_out_gets_one_that_names_both(
        self, here: Summit, organiser: User
    ) -> None:
        for role in (Role.VIEWER, Role.PROTOCOL):
            roles.add_team(summit=here, colleagues=[Colleague("ann@b.example", role, "Ann")], by=organiser)
        delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
        assert written()[0] == "ann@b.example"
        assert "Your roles: viewer, protocol." in written()[1]
        first, second = Message.objects.order_by("version")
        assert (first.state, second.state) == ("dropped", "sent")
        assert first.problem == "A later message names these roles as well."
        # What is out is told once.
        roles.add_team(summit=here, colleagues=[Colleague("ann@b.example", Role.VETTING)], by=organiser)
        assert Message.objects.get(state="pending").facts["roles"] == ["vetting"]

    def test_a_role_in_the_place_of_another_is_told(self, here: Summit, organiser: User) -> None:
        for role in (Role.VIEWER, Role.PROTOCOL):
            roles.add_team(summit=here, colleagues=[Colleague("ann@b.example", role)], by=organiser)
            roles.take_away(assignments=list(here.roles.filter(role=role)), by=organiser)
        assert [row.facts["roles"] for row in Message.objects.order_by("version")] == [["viewer"], ["protocol"]]

    def test_what_is_taken_away_before_the_mail_is_out_is_not_told(self, here: Summit, organiser: User) -> None:
        both = [Colleague("ann@b.example", role, "Ann") for role in (Role.VIEWER, Role.PROTOCOL)]
        roles.add_team(summit=here, colleagues=[*both, Colleague("ben@b.example", Role.VIEWER)], by=organiser)
        roles.take_away(assignments=list(here.roles.filter(role=Role.VIEWER)), by=organiser)
        delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
        assert [letter.to for letter in mail.outbox] == [["ann@b.example"]]
        assert "Your role: protocol." in written()[1]
        assert Message.objects.get(address="ben@b.example").problem == "The roles were taken away again."

    def test_who_may_not_sign_in_any_more_is_not_written_to(self, here: Summit, organiser: User) -> None:
        user = f.UserFactory()
        roles.add_team(summit=here, colleagues=[Colleague(user.email, Role.VIEWER)], by=organiser)
        User.objects.filter(pk=user.pk).update(is_active=False)
        delivery.deliver([Message.objects.get().pk])
        assert mail.outbox == []
        assert Message.objects.get().state == "dropped"

    def test_whoever_was_added_at_the_desk_chooses_a_password_too(self, here: Summit, owner: User) -> None:
        given = {"email": "Ann@Ministry.example", "name": "Ann", "language": "en", "is_active": "on"}
        signed_in(owner).post("/admin/summit/user/add/", given)
        ann = User.objects.get(name="Ann")
        assert (ann.email, ann.has_usable_password()) == ("ann@ministry.example", False)
        roles.add_team(summit=here, colleagues=[Colleague("ann@ministry.example", Role.VIEWER)], by=owner)
        delivery.deliver([Message.objects.get().pk])
        assert "/password/reset/key/" in written()[1]

    @pytest.mark.parametrize("address", ["gone@b.example", f"{'a' * 250}@b.example"])
    def test_closed_accounts_and_addresses_that_no_column_holds_are_refused(
        self, here: Summit, organiser: User, address: str
    ) -> None:
        f.UserFactory(email="gone@b.example", is_active=False)
        row = {"team-0-email": address, "team-0-role": "protocol"}
        data = {"team-TOTAL_FORMS": "1", "team-INITIAL_FORMS": "0", **row}
        answer = signed_in(organiser).post("/admin/setup/here/team/", data)
        assert (answer.status_code, list(answer.context["rows"].forms[0].errors)) == (400, ["email"])
        with pytest.raises(ValidationError):
            roles.add_team(summit=here, colleagues=[Colleague(address, Role.PROTOCOL)], by=organiser)
        assert not Message.objects.exists()

    def test_a_role_that_is_held_is_not_given_again_nor_written_of(self, here: Summit, organiser: User) -> None:
        rows = [Colleague(organiser.email.upper(), Role.ORGANISER)]
        assert roles.add_team(summit=here, colleagues=rows, by=organiser) == 0
        assert not Message.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_a_program_is_no_colleague(self, here: Summit, organiser: User) -> None:
        made = applications.make(by=organiser, summit=here, name="Registry", given=[Role.PROTOCOL])
        assert not setup_pages.has_team(here)
        page = signed_in(organiser).get("/admin/setup/here/team/").content.decode()
        assert (organiser.email in page, made.user.email in page) == (True, False)
        colleague = f.UserFactory.with_role(Role.PROTOCOL, here)
        assert setup_pages.has_team(here)
        assert colleague.email in signed_in(organiser).get("/admin/setup/here/team/").content.decode()

    def test_what_a_language_is_of_is_said_once(self, here: Summit, organiser: User) -> None:
        page = signed_in(organiser).get("/admin/setup/here/team/").content.decode()
        said = "The language is that of the mails and pages of somebody new"
        assert (page.count(said), page.count("Of the mails and pages")) == (1, 0)
        assert page.count('aria-describedby="team-language"') == page.count('<fieldset class="colleague">') == 5
        assert page.count('id="team-language"') == 1

    def test_only_organisers_give_roles(self, here: Summit) -> None:
        protocol = f.UserFactory.with_role(Role.PROTOCOL, here)
        with pytest.raises(PermissionDenied):
            roles.add_team(summit=here, colleagues=[Colleague("a@b.example", Role.ORGANISER)], by=protocol)
        assert signed_in(protocol).get("/admin/setup/here/team/").status_code == 403

    def test_the_page_keeps_what_was_written_where_a_row_is_wrong(self, here: Summit, organiser: User) -> None:
        data = {"team-TOTAL_FORMS": "2", "team-INITIAL_FORMS": "0"}
        data |= {"team-0-email": "a@b.example", "team-0-role": "protocol", "team-1-email": "c@d.example"}
        data |= {"team-1-role": "focal_point"}
        answer = signed_in(organiser).post("/admin/setup/here/team/", data)
        assert answer.status_code == 400
        assert [field for field, _label, _said in answer.context["problems"]] == ["id_team-1-role"]
        assert b'value="c@d.example"' in answer.content
        assert User.objects.count() == 1
        data["team-1-role"] = "press_officer"
        answer = signed_in(organiser).post("/admin/setup/here/team/", data)
        assert answer["Location"] == "/admin/setup/here/parties/"
        assert User.objects.count() == 3


class TestSteps:
    def test_an_empty_installation_says_where_to_begin(self, client: Client, owner: User) -> None:
        assert b"Nothing is public here yet" in client.get("/").content
        home = signed_in(owner).get("/admin/")
        assert [stand.state for stand in home.context["steps"]] == ["now", "open", "open", "open", "open"]

    def test_where_one_is_follows_from_what_is_there(self, here: Summit, organiser: User) -> None:
        def states() -> list[str]:
            return [stand.state for stand in signed_in(organiser).get("/admin/").context["steps"]]

        assert states() == ["done", "now", "open", "open", "open"]
        f.UserFactory.with_role(Role.VIEWER, here)
        f.PartyFactory(summit=here)
        assert states() == ["done", "now", "done", "done", "open"]
        f.RoomFactory(venue__summit=here)
        assert states() == ["done", "done", "done", "done", "now"]
        f.InvitationFactory(party__summit=here, state="sent", sent_at=f.START)
        assert states() == []

    def test_steps_are_shown_to_those_who_may_take_one(self, here: Summit) -> None:
        for role, shown in ((Role.PROTOCOL, 5), (Role.VIEWER, 0)):
            home = signed_in(f.UserFactory.with_role(role, here)).get("/admin/")
            assert len(home.context["steps"]) == shown

    @pytest.mark.parametrize("step", ["venue", "team", "parties", "letter"])
    def test_another_summits_steps_are_not_there(self, here: Summit, step: str) -> None:
        stranger = f.UserFactory.with_role(Role.ORGANISER, f.SummitFactory())
        client = signed_in(stranger)
        assert client.get(f"/admin/setup/here/{step}/").status_code == 404
        assert client.get(f"/admin/setup/nowhere/{step}/").status_code == 404
        assert (
            signed_in(f.UserFactory.with_role(Role.ORGANISER, here)).get(f"/admin/setup/here/{step}/").status_code
            == 200
        )
