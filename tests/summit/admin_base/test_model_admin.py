"""What the admin of every model has in common: roles of one summit never reach into another, and nothing is written
without a record."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.db import transaction
from django.db.models import Model
from django.test import Client

from summit.accounts import role_assignments
from summit.admin_base.model_admin import ReadOnlyAdmin, RoleMixin, SummitModelAdmin
from summit.api import api_client_services
from summit.audit.models import AuditEntry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import RULES
from summit.single_sign_on.models import IdentityProvider
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
ROLES = "/admin/summit/roleassignment/"


@pytest.fixture
def here(summit: Summit) -> Summit:
    return summit


@pytest.fixture
def there() -> Summit:
    return f.SummitFactory(slug="there")


@pytest.fixture
def user(here: Summit, there: Summit) -> User:
    """An organiser here who may only look there."""
    found = f.UserFactory.with_role(Role.ORGANISER, here)
    RoleAssignment.objects.create(user=found, summit=there, role=Role.VIEWER)
    return found


@pytest.fixture
def desk(user: User) -> Client:
    return signed_in(user)


def audited() -> list[tuple[str, str | None, list[str]]]:
    rows = AuditEntry.objects.order_by("id").values_list("action", "summit__slug", "fields")
    return list(rows)


def give(desk: Client, user: User, summit: Summit) -> Any:
    return desk.post(ROLES + "add/", {"email": user.email, "summit": summit.pk, "role": Role.ORGANISER})


class TestSummits:
    def test_an_organiser_gives_roles_in_their_own_summit(self, desk: Client, user: User, here: Summit) -> None:
        other = f.UserFactory()
        assert give(desk, other, here).status_code == 302
        assert RoleAssignment.objects.get(user=other).summit == here
        assert audited() == [("summit.roleassignment.add", "here", ["role", "user"])]

    def test_and_none_in_a_summit_that_they_only_see(
        self, desk: Client, user: User, there: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        response = give(desk, user, there)
        assert (response.status_code, "summit" in response.context["adminform"].form.errors) == (200, True)
        assert there.roles.get().role == Role.VIEWER
        assert audited() == []

        # The control: offered by what may be read, they make themselves organiser.
        def everything(self: RoleMixin, db_field: Any, request: Any, **kwargs: Any) -> Any:
            return super(RoleMixin, self).formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

        monkeypatch.setattr(RoleMixin, "formfield_for_foreignkey", everything)
        assert give(desk, user, there).status_code == 403
        # The domain asks once more; without either they would be.
        monkeypatch.setattr(role_assignments, "check", lambda *_: None)
        assert give(desk, user, there).status_code == 302
        assert set(there.roles.values_list("role", flat=True)) == {"organiser", "viewer"}

    def test_who_has_no_account_gets_one_and_is_written_to(self, desk: Client, here: Summit) -> None:
        form = {"email": "New@Ministry.example", "name": "Nora", "summit": here.pk, "role": Role.PRESS_OFFICER}
        page = desk.post(ROLES + "add/", form, follow=True)
        made = User.objects.get(email="new@ministry.example")
        assert (made.name, made.has_usable_password(), made.roles.get().role) == ("Nora", False, "press_officer")
        assert Message.objects.values_list("kind", "address").get() == ("welcome", made.email)
        assert "“Nora: press officer” added." in page.content.decode()

    def test_what_gives_nothing_is_said_at_the_address(self, desk: Client, user: User, here: Summit) -> None:
        closed = f.UserFactory(is_active=False)
        for other, said in ((user, "already has the role"), (closed, "account is closed")):
            response = give(desk, other, here)
            (problem,) = response.context["adminform"].form.errors["email"]
            assert (response.status_code, said in problem) == (200, True)
        assert audited() == []

    def test_a_role_is_not_changed_into_another(self, desk: Client, here: Summit) -> None:
        role = RoleAssignment.objects.create(user=f.UserFactory(), summit=here, role=Role.VIEWER)
        assert desk.get(f"{ROLES}{role.pk}/change/").status_code == 200
        assert desk.post(f"{ROLES}{role.pk}/change/", {"role": Role.PROTOCOL}).status_code == 403
        role.refresh_from_db()
        assert role.role == "viewer"

    def test_a_person_does_not_wander(self, desk: Client, here: Summit, there: Summit) -> None:
        person = f.PersonFactory(summit=here, name="Zoe")
        form = {"summit": there.pk, "name": "Zoe", "office": person.office, "language": "en"}
        # The page shows the summit and takes no other.
        assert desk.post(f"/admin/summit/person/{person.pk}/change/", form).status_code == 302
        assert Person.objects.get().summit == here

    def test_rows_are_added_where_the_page_may_be_changed(self, desk: Client, here: Summit, there: Summit) -> None:
        offered = {}
        for summit in (here, there):
            venue = f.VenueFactory(summit=summit)
            response = desk.get(f"/admin/summit/venue/{venue.pk}/change/")
            [rooms] = response.context["inline_admin_formsets"]
            offered[summit.slug] = (bool(rooms.has_add_permission), bool(rooms.has_delete_permission))
        assert offered == {"here": (True, True), "there": (False, False)}


def take_away(desk: Client, row: RoleAssignment, where: str) -> str:
    """Take a role away on its page or in the list, and return the page that follows."""
    one, many = f"{ROLES}{row.pk}/delete/", {"action": "delete_selected", "_selected_action": [row.pk]}
    address, form = (one, {}) if where == "page" else (ROLES, many)
    return str(desk.post(address, {**form, "post": "yes"}, follow=True).content.decode())


@pytest.mark.parametrize("where", ["page", "list"])
class TestRecords:
    def test_taking_a_role_away_is_recorded(self, desk: Client, user: User, here: Summit, where: str) -> None:
        role = RoleAssignment.objects.create(user=f.UserFactory(), summit=here, role=Role.PROTOCOL)
        take_away(desk, role, where)
        assert not RoleAssignment.objects.filter(pk=role.pk).exists()
        assert audited() == [("summit.roleassignment.remove", "here", [])]
        entry = AuditEntry.objects.get()
        assert (entry.by, entry.object_key, LogEntry.objects.count()) == (user, str(role.pk), 0)

    def test_the_last_organiser_stays(
        self, desk: Client, user: User, here: Summit, where: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = RoleAssignment.objects.get(user=user, summit=here)
        RoleAssignment.objects.create(user=f.UserFactory(is_active=False), summit=here, role=Role.ORGANISER)
        # A program answers for no summit.
        program = api_client_services.make(by=user, summit=here, name="Registry", given=[Role.ORGANISER])
        before = audited()
        page = take_away(desk, mine, where)
        assert f"{here} would have no organiser. Give someone else the role first." in page
        assert ("taken away" in page, " is deleted" in page) == (False, False)
        assert (RoleAssignment.objects.filter(pk=mine.pk).exists(), audited()) == (True, before)
        # The control, and with another organiser.
        with transaction.atomic(), monkeypatch.context() as patched:
            patched.setattr(role_assignments, "_check_organised", lambda _summits: None)
            take_away(desk, mine, where)
            assert not RoleAssignment.objects.filter(pk=mine.pk).exists()
            transaction.set_rollback(True)
        RoleAssignment.objects.create(user=f.UserFactory(), summit=here, role=Role.ORGANISER)
        take_away(desk, mine, where)
        assert not RoleAssignment.objects.filter(pk=mine.pk).exists()
        # A program ends where no person is an organiser, too.
        here.roles.exclude(user=program.user).update(role=Role.VIEWER)
        assert api_client_services.end(api_client=program, by=f.UserFactory(is_superuser=True))


class TestReadOnly:
    """What only the system writes has no form, not even for who may do everything."""

    def rows(self) -> list[Model]:
        release = f.ReleaseFactory()
        entry = AuditEntry.objects.create(by_label="system", action="x", object_type="x", object_key="x")
        invited = (f.InvitationFactory(), f.InvitationLinkFactory())
        return [release, entry, f.MessageFactory(), *invited, f.SubscriberFactory()]

    def test_nobody_writes_by_hand(self, client: Client) -> None:
        client.force_login(f.UserFactory(is_superuser=True))
        for row in self.rows():
            address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/"
            writes = [client.post(f"{address}{page}/", {"post": "yes"}) for page in ("change", "delete")]
            found = [answer.status_code for answer in (client.get(f"{address}change/"), *writes)]
            assert (address, found) == (address, [200, 403, 403])

    def test_what_no_role_changes_is_read_only(self) -> None:
        desks = {model: desk for model, desk in site._registry.items() if isinstance(desk, SummitModelAdmin)}
        unchanged = {model for model, desk in desks.items() if not RULES[f"{desk.permission}.change"].any}
        # Accounts and identity providers: whoever sets the system up makes and closes them.
        writable = {model for model in unchanged if not isinstance(site._registry[model], ReadOnlyAdmin)}
        assert writable == {User, IdentityProvider}


def proposed(user: User, query: str = "") -> int | None:
    """Return for which summit a new row is proposed."""
    page = signed_in(user).get(f"/admin/summit/person/add/{query}")
    found: int | None = page.context["adminform"].form.initial.get("summit")
    return found


def test_whoever_works_for_one_summit_need_not_be_told_which() -> None:
    own, second, foreign = f.SummitFactory.create_batch(3)
    f.PersonFactory(summit=own)
    user = f.UserFactory.with_role(Role.ORGANISER, own)
    for wanted in (own.pk, None):
        # Nobody is told it by a column: a list is of one summit.
        listed = signed_in(user).get("/admin/summit/person/", follow=True).context["cl"]
        assert "summit" not in listed.list_display
        # What an address names is proposed, but for what is foreign.
        named = (proposed(user, f"?summit={own.slug}"), proposed(user, f"?summit={foreign.slug}"))
        assert named == (own.pk, wanted)
        RoleAssignment.objects.get_or_create(user=user, summit=second, role=Role.ORGANISER)
    # Who may everything is proposed the only one.
    second.delete()
    foreign.delete()
    assert proposed(f.UserFactory(is_superuser=True)) == own.pk
