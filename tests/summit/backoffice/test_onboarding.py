"""The first steps at the ground floor: the first account, the summit, its venue, its team."""

from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from email.policy import default
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from summit.accounts import first_account, role_assignments
from summit.accounts.first_account import NotFirst
from summit.accounts.role_assignments import Colleague
from summit.api import api_client_services
from summit.audit.models import AuditEntry
from summit.backoffice.onboarding import pages as setup_pages
from summit.backoffice.onboarding import steps
from summit.backoffice.onboarding.forms import NamedSummitForm
from summit.core.process_cache import forget_all
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits import services as summits_services
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

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
    return f.UserFactory.create(is_superuser=True)


class TestFirstAccount:
    def run(self, email: str = "you@ministry.example") -> str:
        out = StringIO()
        call_command("create_first_account", email, stdout=out)
        return next(line.strip() for line in out.getvalue().splitlines() if "http" in line)

    def test_its_link_chooses_a_password_once_and_then_the_desk_leads_on(self, client: Client) -> None:
        path = "/" + self.run("You@Ministry.example").split("/", 3)[3]
        page = client.get(path, follow=True)
        new = {"password1": f.PASSWORD, "password2": f.PASSWORD}
        client.post(page.request["PATH_INFO"], new)
        user = User.objects.get()
        assert (user.email, user.is_superuser) == ("you@ministry.example", True)
        assert user.check_password(f.PASSWORD)
        assert b"password1" not in Client().get(path, follow=True).content
        home = signed_in(user).get("/admin/").content.decode()
        assert 'href="/admin/setup/"' in home

    def test_it_is_for_an_empty_installation_and_asked_again_before_the_first_sign_in(self) -> None:
        with pytest.raises(CommandError):
            self.run("nobody")
        assert not User.objects.exists()
        self.run()
        self.run()
        assert User.objects.count() == 1
        for fill in (f.UserFactory, f.SummitFactory, lambda: User.objects.update(last_login=timezone.now())):
            with transaction.atomic():
                fill()
                with pytest.raises(CommandError, match="There is an account already"):
                    self.run()
                with pytest.raises(NotFirst):
                    first_account.first_account(email="other@ministry.example")
                transaction.set_rollback(True)


class TestSummit:
    def test_the_page_proposes_an_address_tells_of_a_pale_colour_and_goes_on(self, owner: User) -> None:
        data = {**FIELDS, "slug": "", "accent": "#ffcc00"}
        answer = signed_in(owner).post("/admin/setup/", data, follow=True)
        assert answer.redirect_chain == [("/admin/setup/ocean-summit/venue/", 302)]
        assert [str(message) for message in answer.context["messages"]] == [
            "“Ocean Summit of Ministers” created. You are its organiser.",
            "#ffcc00 is too pale to read on paper, so it is printed as #826800.",
        ]
        # Of the usual colour nothing is said.
        dark = "#1d4f90 is too dark to read on a dark background, so it is shown as "
        found = [setup_pages._about_colour(each) for each in (FIELDS["accent"], "#1d4f90")]
        assert (found[0], found[1][: len(dark)]) == ("", dark)

    def test_what_is_wrong_is_said_and_nothing_is_lost(self, owner: User) -> None:
        wrong = {**FIELDS, "slug": "", "ends_on": "2027-05-01"}
        answer = signed_in(owner).post("/admin/setup/", wrong)
        assert (answer.status_code, answer.context["form"]["host"].value()) == (400, "Portugal")
        assert not Summit.objects.exists()
        assert not AuditEntry.objects.exists()
        for changed, field, said in (
            ({"ends_on": "2027-05-01"}, "ends_on", "Enter a last day on or after the first day."),
            ({"slug": "admin"}, "slug", "The system itself uses the address"),
            ({"short_name": "قمة"}, "slug", "Use Latin letters"),
            ({"time_zone": "Lisb"}, "time_zone", "Did you mean: Europe/Lisbon?"),
            ({"accent": "red"}, "accent", "Enter a colour as # and six hexadecimal digits"),
        ):
            form = NamedSummitForm({**FIELDS, "slug": "", **changed})
            assert list(form.errors) == [field]
            assert said in form.errors[field][0]

    def test_a_city_stands_for_its_zone(self) -> None:
        cities = {"Tunis": "Africa/Tunis", "new  york": "America/New_York", "UTC": "UTC", "Asia/Tokyo": "Asia/Tokyo"}
        for city, zone in cities.items():
            form = NamedSummitForm({**FIELDS, "time_zone": city})
            assert (form.errors, form.cleaned_data["time_zone"]) == ({}, zone)

    def test_an_organiser_makes_a_second_one_from_the_list(self) -> None:
        here = f.SummitFactory.create(slug="here")
        organiser = f.UserFactory.with_role(Role.ORGANISER, here)
        browser = signed_in(organiser)
        listed = "/admin/summit/summit/"
        assert f'href="{listed}add/' in browser.get(listed, follow=True).content.decode()
        venues = {f"venues-{name}": value for name, value in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}
        data = {**FIELDS, **venues, "venues-0-name": "The House", "agenda_readers": "accepted"}
        answer = browser.post(f"{listed}add/", data)
        assert answer.status_code == 302, answer.content.decode()
        second = Summit.objects.get(slug=FIELDS["slug"])
        assert [(row.user, row.role) for row in second.roles.all()] == [(organiser, "organiser")]
        assert second.venues.get().name == "The House"
        # Who is no organiser reads whom to ask.
        protocol = signed_in(f.UserFactory.with_role(Role.PROTOCOL, here))
        shown = protocol.get(listed, follow=True).content.decode()
        assert ("Roles that can add one: organiser." in shown, "add/" in shown) == (True, False)
        assert protocol.get(f"{listed}add/").status_code == 403


@pytest.fixture
def here(summit: Summit) -> Summit:
    return summit


class TestVenue:
    def test_the_page_stores_a_venue_with_rooms_and_names_each_wrong_line(self, desk: Client) -> None:
        page, given = "/admin/setup/here/venue/", {"name": "The House", "rooms": "A; many\nB\n; 5\nC; 5; 6"}
        answer = desk.post(page, given)
        assert (answer.status_code, answer.context["form"]["rooms"].value()) == (400, given["rooms"])
        assert [said[:7] for said in answer.context["form"].errors["rooms"]] == ["Line 1:", "Line 3:", "Line 4:"]
        assert not Room.objects.exists()
        # Without a room the step stays.
        answer = desk.post(page, {**given, "rooms": ""}, follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert "The House saved. Add at least one room for your sessions." in answer.content.decode()
        assert answer.context["form"]["name"].value() == "The House"
        answer = desk.post(page, {**given, "rooms": "Plenary hall؛ ٢٠٠\n\n Room B \nroom b\uff1b 3"})
        assert answer["Location"] == "/admin/setup/here/team/"
        rooms = list(Room.objects.values_list("venue__name", "name", "capacity"))
        assert rooms == [("The House", "Plenary hall", 200), ("The House", "Room B", None)]

    def test_again_it_adds_what_is_missing_and_leaves_the_rest(self, here: Summit, organiser: User) -> None:
        venue = f.VenueFactory(summit=here, name="The House", address="1 Street")
        f.RoomFactory(venue=venue, name="Hall", capacity=10)
        given: dict[str, Any] = {"summit": here, "name": "The House", "rooms": [("hall", 99), ("Annex", 5)]}
        with pytest.raises(PermissionDenied):
            summits_services.add_venue_with_rooms(**given, by=f.UserFactory.with_role(Role.PROTOCOL, here))
        summits_services.add_venue_with_rooms(**given, by=organiser)
        assert list(Venue.objects.values_list("name", "address")) == [("The House", "1 Street")]
        assert set(Room.objects.values_list("name", "capacity")) == {("Hall", 10), ("Annex", 5)}
        assert [entry.action for entry in AuditEntry.objects.all()] == ["summit.room.add"]


def written() -> tuple[str, str]:
    (sent,) = mail.outbox
    found: Any = message_from_bytes(sent.message().as_bytes(), policy=default)
    return found["To"], found.get_body(("plain",)).get_content()


def deliver() -> None:
    delivery.deliver(list(Message.objects.values_list("pk", flat=True)))


@pytest.fixture
def add(here: Summit, organiser: User) -> Callable[..., int]:
    """Add colleagues to the team, each a tuple of what a Colleague has."""

    def added(*rows: tuple[str, ...]) -> int:
        return role_assignments.add_team(summit=here, colleagues=[Colleague(*row) for row in rows], by=organiser)

    return added


class TestTeam:
    def test_a_new_colleague_gets_an_account_a_role_and_a_link(self, add: Any) -> None:
        assert add(("Maria@ministry.example", Role.PROTOCOL, "Maria"), ("maria@ministry.example", "viewer")) == 1
        maria = User.objects.get(email="maria@ministry.example")
        assert (maria.name, maria.has_usable_password(), maria.is_superuser) == ("Maria", False, False)
        assert set(maria.roles.values_list("role", flat=True)) == {"protocol", "viewer"}
        assert "password/reset" not in str(Message.objects.get().facts)
        deliver()
        address, body = written()
        assert (address, "Your roles: protocol, viewer." in body) == ("maria@ministry.example", True)
        link = next(line for line in body.splitlines() if "/password/reset/key/" in line)
        page = Client().get("/" + link.split("/", 3)[3], follow=True)
        assert b"password1" in page.content

    def test_a_new_colleagues_language_is_chosen_and_an_accounts_stays(self, here: Summit, add: Any) -> None:
        there = f.UserFactory(language="es")
        rows = (("new@b.example", Role.VIEWER, "", "fr"), ("other@b.example", Role.VIEWER))
        add(*rows, (there.email, Role.VIEWER, "", "fr"))
        found = dict(User.objects.values_list("email", "language"))
        spoken = [found[each] for each in ("new@b.example", "other@b.example", there.email)]
        assert spoken == ["fr", here.language, "es"]
        assert Message.objects.get(address="new@b.example").language == "fr"

    def test_who_has_no_password_chooses_one_also_if_they_were_added_at_the_desk(self, owner: User, add: Any) -> None:
        given = {"email": "Ann@Ministry.example", "name": "Ann", "language": "en", "is_active": "on"}
        signed_in(owner).post("/admin/summit/user/add/", given)
        ann = User.objects.get(email="ann@ministry.example")
        assert not ann.has_usable_password()
        for address, chooses in ((ann.email, True), (f.UserFactory().email, False)):
            add((address, Role.VIEWER))
            deliver()
            said = written()[1]
            assert ("/password/reset/key/" in said, "/admin/" in said) == (chooses, not chooses)
            mail.outbox.clear()

    def test_roles_are_told_in_one_mail_and_anew_when_changed(self, here: Summit, organiser: User, add: Any) -> None:
        for role in (Role.VIEWER, Role.PROTOCOL):
            add(("ann@b.example", role, "Ann"))
        deliver()
        assert written()[0] == "ann@b.example"
        assert "Your roles: viewer, protocol." in written()[1]
        rows = list(Message.objects.order_by("version").values_list("state", "problem"))
        assert rows == [("dropped", "@summit.roles_named:"), ("sent", "")]
        # What is out is told once.
        for role in (Role.VETTING, Role.VIEWER):
            role_assignments.remove(assignments=list(here.roles.filter(user__email="ann@b.example")), by=organiser)
            add(("ann@b.example", role))
            assert Message.objects.latest("version").facts["roles"] == [role]

    def test_the_page_keeps_what_was_written_where_it_refuses(self, organiser: User, desk: Client, add: Any) -> None:
        page, data = "/admin/setup/here/team/", {"team-TOTAL_FORMS": "2", "team-INITIAL_FORMS": "0"}
        data |= {"team-0-email": "a@b.example", "team-0-role": "protocol", "team-1-role": "press_officer"}
        f.UserFactory(email="gone@b.example", is_active=False)
        for address in ("gone@b.example", f"{'a' * 250}@b.example"):
            answer = desk.post(page, {**data, "team-1-email": address})
            assert (answer.status_code, b'value="a@b.example"' in answer.content) == (400, True)
            assert {field for field, _label, _said in answer.context["problems"]} == {"id_team-1-email"}
            with pytest.raises(ValidationError):
                add((address, Role.PROTOCOL))
        answer = desk.post(page, {**data, "team-1-email": "c@d.example", "team-1-role": "focal_point"})
        assert [field for field, _label, _said in answer.context["problems"]] == ["id_team-1-role"]
        # A role that is held is not given again nor written of.
        assert add((organiser.email.upper(), Role.ORGANISER)) == 0
        assert (Message.objects.exists(), AuditEntry.objects.exists(), User.objects.count()) == (False, False, 2)
        answer = desk.post(page, {**data, "team-1-email": "c@d.example"})
        assert (answer["Location"], User.objects.count()) == ("/admin/setup/here/parties/", 4)

    def test_only_organisers_give_and_programs_don_t_count(self, here: Summit, organiser: User, desk: Client) -> None:
        made = api_client_services.make(by=organiser, summit=here, name="Registry", given=[Role.PROTOCOL])
        assert not setup_pages.has_team(here)
        protocol = f.UserFactory.with_role(Role.PROTOCOL, here)
        assert setup_pages.has_team(here)
        page = desk.get("/admin/setup/here/team/").content.decode()
        assert [user.email in page for user in (organiser, protocol, made.user)] == [True, True, False]
        with pytest.raises(PermissionDenied):
            role_assignments.add_team(summit=here, colleagues=[Colleague("a@b.example", Role.ORGANISER)], by=protocol)


class TestSteps:
    def test_where_one_is_follows_from_what_is_there(self, here: Summit, organiser: User, desk: Client) -> None:
        def states() -> list[str]:
            forget_all()
            return [stand.state for stand in steps.unfinished(organiser, here)]

        assert [stand.state for stand in desk.get("/admin/").context["steps"]] == states()
        assert states() == ["done", "now", "open", "open", "open"]
        f.UserFactory.with_role(Role.VIEWER, here)
        f.PartyFactory(summit=here)
        assert states() == ["done", "now", "done", "done", "open"]
        f.RoomFactory(venue__summit=here)
        assert states() == ["done", "done", "done", "done", "now"]
        # Steps are shown to those who may take one.
        for role, shown in ((Role.PROTOCOL, 5), (Role.VIEWER, 0)):
            assert len(steps.unfinished(f.UserFactory.with_role(role, here), here)) == shown
        invitation = f.InvitationFactory(party__summit=here, state="sent", sent_at=f.START)
        assert states() == []
        # What was taken back was sent, whatever a process remembers.
        type(invitation).objects.update(state="revoked")
        assert states() == []
