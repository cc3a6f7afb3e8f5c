"""What the admin of every model has in common: roles of one summit never reach into another, nothing is written
without a record nor past the functions that the API calls, and its own pages are checked before they run."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from delegations.badges.admin.badges import BadgeAdmin
from delegations.badges.models.badges import Badge
from delegations.parties.models.parties import Party
from delegations.privacy.models import Retention
from delegations.privacy.services import retention_times
from press.texts.models.texts import Text
from sessions.draft.admin.kinds import CustomKindAdmin
from sessions.draft.models.kinds import CustomKind
from summit.accounts import role_assignments
from summit.admin_base import model_pages
from summit.admin_base.model_admin import ReadOnlyAdmin, RoleMixin, SummitModelAdmin
from summit.api import api_client_services
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.route_access import NOBODY
from summit.permissions.rules import RULES
from summit.single_sign_on.models import IdentityProvider
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import sign_in
from tests.summit.admin_base.helpers import request_of

pytestmark = pytest.mark.django_db
ROLES = "/admin/summit/roleassignment/"
REISSUE = "admin:delegations_badge_reissue"


@pytest.fixture
def there(organiser: User) -> Summit:
    """Another summit, at which the organiser may only look."""
    summit: Summit = f.SummitFactory(slug="there")
    summit.roles.create(user=organiser, role=Role.VIEWER)
    return summit


def audited() -> list[tuple[str, str | None, list[str]]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "summit__slug", "fields"))


def give(desk: Client, user: User, summit: Summit) -> Any:
    return desk.post(ROLES + "add/", {"email": user.email, "summit": summit.pk, "role": Role.ORGANISER})


class TestRolesThatAreGiven:
    def test_in_one_s_own_summit_also_to_who_has_no_account(self, desk: Client, summit: Summit) -> None:
        other = f.UserFactory()
        assert give(desk, other, summit).status_code == 302
        assert RoleAssignment.objects.get(user=other).summit == summit
        assert audited() == [("summit.roleassignment.add", "here", ["role", "user"])]
        form = {"email": "New@Ministry.example", "name": "Nora", "summit": summit.pk, "role": Role.PRESS_OFFICER}
        page = desk.post(ROLES + "add/", form, follow=True)
        made = User.objects.get(email="new@ministry.example")
        assert (made.name, made.has_usable_password(), made.roles.get().role) == ("Nora", False, "press_officer")
        assert Message.objects.filter(address=made.email).values_list("kind").get() == ("welcome",)
        assert "“Nora: press officer” added." in page.content.decode()

    def test_and_none_elsewhere(
        self, desk: Client, organiser: User, there: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        response = give(desk, organiser, there)
        assert (response.status_code, "summit" in response.context["adminform"].form.errors) == (200, True)
        assert (there.roles.get().role, audited()) == (Role.VIEWER, [])

        # The control: offered by what may be read, they make themselves organiser.
        def everything(self: RoleMixin, db_field: Any, request: Any, **kwargs: Any) -> Any:
            return super(RoleMixin, self).formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

        monkeypatch.setattr(RoleMixin, "formfield_for_foreignkey", everything)
        assert give(desk, organiser, there).status_code == 403
        # The domain asks once more; without either they would be.
        monkeypatch.setattr(role_assignments, "check", lambda *_: None)
        assert give(desk, organiser, there).status_code == 302
        assert set(there.roles.values_list("role", flat=True)) == {"organiser", "viewer"}

    def test_what_gives_nothing_is_said_and_none_is_changed(
        self, desk: Client, organiser: User, summit: Summit
    ) -> None:
        closed = f.UserFactory(is_active=False)
        for other, said in ((organiser, "already has the role"), (closed, "account is closed")):
            response = give(desk, other, summit)
            (problem,) = response.context["adminform"].form.errors["email"]
            assert (response.status_code, said in problem) == (200, True)
        role = summit.roles.create(user=f.UserFactory(), role=Role.VIEWER)
        address = f"{ROLES}{role.pk}/change/"
        assert (desk.get(address).status_code, desk.post(address, {"role": Role.PROTOCOL}).status_code) == (200, 403)
        role.refresh_from_db()
        assert (role.role, audited()) == ("viewer", [])


class TestSummits:
    def test_a_person_does_not_wander(self, desk: Client, summit: Summit, there: Summit) -> None:
        person = f.PersonFactory(summit=summit, name="Zoe")
        form = {"summit": there.pk, "name": "Zoe", "office": person.office, "language": "en"}
        # The page shows the summit and takes no other.
        assert desk.post(f"/admin/summit/person/{person.pk}/change/", form).status_code == 302
        assert Person.objects.get().summit == summit

    def test_rows_are_added_where_the_page_may_be_changed(self, desk: Client, summit: Summit, there: Summit) -> None:
        for where, may in ((summit, True), (there, False)):
            venue = f.VenueFactory(summit=where)
            response = desk.get(f"/admin/summit/venue/{venue.pk}/change/")
            [rooms] = response.context["inline_admin_formsets"]
            assert (bool(rooms.has_add_permission), bool(rooms.has_delete_permission)) == (may, may)


def take_away(desk: Client, row: RoleAssignment, where: str) -> str:
    """Take a role away on its page or in the list, and return the page that follows."""
    one, many = f"{ROLES}{row.pk}/delete/", {"action": "delete_selected", "_selected_action": [row.pk]}
    address, form = (one, {}) if where == "page" else (ROLES, many)
    return str(desk.post(address, {**form, "post": "yes"}, follow=True).content.decode())


class TestRolesThatAreTaken:
    @pytest.mark.parametrize("where", ["page", "list"])
    def test_it_is_recorded_and_one_organiser_stays(
        self, desk: Client, organiser: User, summit: Summit, where: str
    ) -> None:
        role = summit.roles.create(user=f.UserFactory(), role=Role.PROTOCOL)
        take_away(desk, role, where)
        assert not RoleAssignment.objects.filter(pk=role.pk).exists()
        assert audited() == [("summit.roleassignment.remove", "here", [])]
        entry = AuditEntry.objects.get()
        assert (entry.by, entry.object_key, LogEntry.objects.count()) == (organiser, str(role.pk), 0)
        page = take_away(desk, summit.roles.get(), where)
        assert f"{summit} would have no organiser. Give someone else the role first." in page
        assert ("taken away" in page, " is deleted" in page) == (False, False)
        assert (summit.roles.count(), len(audited())) == (1, 1)

    def test_who_is_no_organiser(self, organiser: User, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        mine = summit.roles.get()
        summit.roles.create(user=f.UserFactory(is_active=False), role=Role.ORGANISER)
        program = api_client_services.make(by=organiser, summit=summit, name="Registry", given=[Role.ORGANISER])
        with pytest.raises(role_assignments.LastOrganiser, match="would have no organiser"):
            role_assignments.remove(assignments=[mine], by=organiser)
        other = summit.roles.create(user=f.UserFactory(), role=Role.ORGANISER)
        role_assignments.remove(assignments=[mine], by=organiser)
        # The control.
        monkeypatch.setattr(role_assignments, "_check_organised", lambda _summits: None)
        role_assignments.remove(assignments=[other], by=other.user)
        # A program ends where no person is an organiser, too.
        assert api_client_services.end(api_client=program, by=f.UserFactory(is_superuser=True))


class TestReadOnly:
    """What only the system writes has no form, not even for who may do everything."""

    def rows(self) -> list[Model]:
        entry = AuditEntry.objects.create(by_label="system", action="x", object_type="x", object_key="x")
        written = (f.ReleaseFactory, f.MessageFactory, f.InvitationFactory, f.InvitationLinkFactory)
        return [entry, *(make() for make in written), f.SubscriberFactory()]

    def test_nobody_writes_by_hand(self, client: Client) -> None:
        user = f.UserFactory(is_superuser=True)
        client.force_login(user)
        for row in self.rows():
            desk, request = site.get_model_admin(type(row)), request_of(user)
            may = [getattr(desk, f"has_{verb}_permission")(request, row) for verb in ("view", "change", "delete")]
            assert may == [True, False, False], row
        address = f"/admin/press/subscriber/{row.pk}/"
        found = [client.post(f"{address}{page}/", {"post": "yes"}).status_code for page in ("change", "delete")]
        assert (client.get(f"{address}change/").status_code, found) == (200, [403, 403])

    def test_what_no_role_changes_is_read_only(self) -> None:
        desks = {model: desk for model, desk in site._registry.items() if isinstance(desk, SummitModelAdmin)}
        unchanged = {model for model, desk in desks.items() if not RULES[f"{desk.permission}.change"].any}
        # Accounts and identity providers: whoever sets the system up makes and closes them.
        writable = {model for model in unchanged if not isinstance(site._registry[model], ReadOnlyAdmin)}
        assert writable == {User, IdentityProvider}


# --- the pages that a ModelAdmin has besides Django's ---------------------------------------------------------------
@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit)


def reissue(badge: Badge, role: Role, summit: Summit) -> int:
    return sign_in(summit, role).get(reverse(REISSUE, args=[badge.pk])).status_code


class TestOwnPages:
    def test_they_are_checked_before_they_run(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        badge, issue = f.BadgeFactory(party=party), reverse("admin:delegations_badge_issue")
        for role, status in ((Role.ACCREDITATION, 200), (Role.VETTING, 403), (Role.PRESS_OFFICER, 404)):
            assert reissue(badge, role, party.summit) == status
            # A page of the list asks for what it does in any summit.
            assert sign_in(party.summit, role).get(issue).status_code == status
        assert reissue(f.BadgeFactory(), Role.ACCREDITATION, party.summit) == 404
        client = sign_in(party.summit, Role.ACCREDITATION)
        assert client.delete(reverse(REISSUE, args=[badge.pk])).status_code == 405
        assert client.post(reverse("admin:delegations_badge_check")).status_code == 405
        # The controls: the page itself refuses nobody; the row is found by whom it is shown to.
        monkeypatch.setattr(model_pages, "check", lambda *args: None)
        assert [reissue(badge, role, party.summit) for role in (Role.VETTING, Role.PRESS_OFFICER)] == [200, 404]
        monkeypatch.setattr(BadgeAdmin, "admit", lambda self, request, verb, pk: Badge.objects.get(pk=pk))
        assert reissue(badge, Role.PRESS_OFFICER, party.summit) == 200

    def test_control_a_page_of_the_list_is_asked_first(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model_pages, "check", lambda *args: None)
        address = reverse("admin:delegations_handover_waiting")
        assert sign_in(summit, Role.PRESS_OFFICER).get(address).status_code == 404
        monkeypatch.setattr(model_pages, "allows", lambda *args: True)
        monkeypatch.setattr("delegations.membership_changes.admin.handovers._groups", lambda *args: [])
        monkeypatch.setattr("summit.admin_base.model_admin.RoleMixin.has_view_permission", lambda *args: True)
        assert sign_in(summit, Role.PRESS_OFFICER).get(address).status_code == 200


# --- written by the functions that the API calls --------------------------------------------------------------------
VENUES = "/admin/summit/venue/"
HOUSE = {"name": "House", "address": "Quay", "opens_at": "", "closes_at": ""}


def done() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.exclude(action__contains="seen").order_by("pk")
    return list(rows.values_list("action", "part_of"))


def test_no_list_writes_django_s_way() -> None:
    desks: list[Any] = [each for each in admin.site._registry.values() if isinstance(each, SummitModelAdmin)]
    assert len(desks) > 30
    writing = [each for each in desks if {each.permission_for("add"), each.permission_for("change")} != {NOBODY}]
    # A text's pages are its own from the first line.
    assert {each.model for each in writing if type(each).save_model is SummitModelAdmin.save_model} == {Text}
    # The rows on their pages: all of them are stored by functions, too.
    usual = [
        each
        for each in desks
        if type(each).save_formset is admin.ModelAdmin.save_formset
        if type(each).save_related is admin.ModelAdmin.save_related
    ]
    rows = [found(each.model, admin.site) for each in usual for found in each.inlines]
    assert [each.model for each in rows if each.permission_for("change") != NOBODY] == []
    deletes = {each.model for each in desks if each.permission_for("delete") != NOBODY}
    ways = {each.model for each in desks if type(each).delete_model is not admin.ModelAdmin.delete_model}
    assert Retention in deletes
    assert deletes - ways == set()


def test_a_time_is_taken_away_by_the_domain(desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Retention.objects.create(summit=summit, what="photo", days=3)

    def refuse(**_given: Any) -> None:
        raise ValidationError("Not now.")

    base = "/admin/delegations/retention/"
    given = {"action": "delete_selected", "_selected_action": time.pk, "post": "yes"}
    with monkeypatch.context() as patched:
        patched.setattr(retention_times, "remove", refuse)
        for address in (base, f"{base}{time.pk}/delete/"):
            page = desk.post(address, given, follow=True).content.decode()
            assert ("Not now." in page, "deleted." in page) == (True, False)
    assert (Retention.objects.count(), done()) == (1, [])
    again = Retention.objects.create(summit=summit, what="passport", days=3)
    for address in (base, f"{base}{again.pk}/delete/"):
        assert "deleted." in desk.post(address, given, follow=True).content.decode()
    assert not Retention.objects.exists()
    assert done() == [("delegations.retention.remove", "")] * 2


def test_a_kind_that_a_session_just_got_stays(desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = CustomKind.objects.create(summit=summit, name="Ceremony", like="plenary")
    f.SessionFactory(summit=summit, custom_kind=kind, kind="plenary")
    monkeypatch.setattr(CustomKindAdmin, "get_deleted_objects", lambda *_args: ([], {}, set(), []))
    page = desk.post(f"/admin/agenda/customkind/{kind.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    assert "This is still in use: sessions. Change these first." in page
    assert CustomKind.objects.get() == kind


def test_a_venue_s_page_writes_its_rooms_by_the_domain(desk: Client, summit: Summit) -> None:
    rows = {"rooms-TOTAL_FORMS": 2, "rooms-INITIAL_FORMS": 0}
    rows |= {f"rooms-{at}-{name}": value for at in (0, 1) for name, value in (("name", f"R{at}"), ("position", at))}
    given = {**HOUSE, "summit": summit.pk}
    assert desk.post(f"{VENUES}add/", {**given, **rows}).status_code == 302
    venue = Venue.objects.get()
    first, second = venue.rooms.order_by("position")
    assert done() == [("summit.venue.add", ""), *[("summit.room.add", f"summit.venue:{venue.public_id}")] * 2]
    rows |= {"rooms-INITIAL_FORMS": 2, "rooms-0-id": first.pk, "rooms-1-id": second.pk, "rooms-1-DELETE": "on"}
    rows |= {f"rooms-{at}-venue": venue.pk for at in (0, 1)} | {"rooms-0-capacity": 40}
    before = len(done())
    assert desk.post(f"{VENUES}{venue.pk}/change/", {**given, **rows, "address": "Pier"}).status_code == 302
    after = [action for action, _part in done()[before:]]
    assert after == ["summit.venue.change", "summit.room.remove", "summit.room.change"]
    assert (Venue.objects.get().address, Room.objects.get().capacity) == ("Pier", 40)
    entries = AuditEntry.objects.order_by("-pk").values_list("object_key", "fields")
    assert list(entries[:2]) == [(first.public_id, ["capacity"]), (second.public_id, [])]


def test_a_room_stays_in_its_summit(summit: Summit) -> None:
    room, other = f.RoomFactory(venue__summit=summit), f.VenueFactory()
    client = signed_in(f.UserFactory(is_superuser=True))
    given = {"venue": other.pk, "name": "Hall", "capacity": "", "position": 0}
    page = client.post(f"/admin/summit/room/{room.pk}/change/", given)
    assert "This venue belongs to another summit. Choose one from this summit." in page.content.decode()
    inside = f.VenueFactory(summit=summit, name="Annex")
    assert client.post(f"/admin/summit/room/{room.pk}/change/", {**given, "venue": inside.pk}).status_code == 302
    assert Room.objects.get(pk=room.pk).venue == inside


def test_no_data_are_kept_until_a_day_that_no_calendar_has(desk: Client, summit: Summit) -> None:
    add, given = "/admin/delegations/retention/add/", {"summit": summit.pk, "what": "photo", "category": ""}
    page = desk.post(add, {**given, "days": "36526"})
    # Once above the form and once at the field.
    assert (page.status_code, page.content.decode().count("Enter 36525 or less.")) == (200, 2)
    assert desk.post(add, {**given, "days": "36525"}).status_code == 302
    assert Retention.objects.get().days == 36525


def test_a_room_in_which_a_session_is_stays_on_its_venue_s_page(desk: Client, summit: Summit) -> None:
    room = f.RoomFactory(venue__summit=summit, name="Music Room")
    f.SessionFactory(summit=summit, room=room)
    rows = {"rooms-TOTAL_FORMS": 1, "rooms-INITIAL_FORMS": 1, "rooms-0-id": room.pk, "rooms-0-venue": room.venue_id}
    rows |= {"rooms-0-name": room.name, "rooms-0-position": room.position, "rooms-0-DELETE": "on"}
    page = desk.post(f"{VENUES}{room.venue_id}/change/", {**HOUSE, "summit": summit.pk, **rows})
    said = page.content.decode()
    assert (page.status_code, "Quay" in said, room.venue.rooms.count()) == (200, True, 1)
    assert "“Music Room” can’t be deleted. This is still in use: sessions. Change these first." in said
