"""Linking accounts to subjects: by an invitation, and by an organiser with a code."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.test import Client

from summit.accounts import messages as accounts_messages
from summit.accounts import role_assignments
from summit.accounts.role_assignments import LastOrganiser
from summit.audit import rendering
from summit.audit.models import AuditEntry
from summit.permissions import rules
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import allows
from summit.single_sign_on import group_roles, links, provider_services, refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.models import GroupRole, IdentityProvider, UnlinkedSignIn
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import SummitFactory, UserFactory
from tests.summit.accounts.helpers import by_password, mails
from tests.summit.single_sign_on.conftest import link
from tests.summit.single_sign_on.openid_provider import OpenIdProvider
from tests.summit.single_sign_on.test_openid_connect import is_signed_in

pytestmark = pytest.mark.django_db


def waiting(subject: str = "s-1") -> UnlinkedSignIn:
    return links.remember(SignInFacts("https://idp.example", subject, name="Zoë", email="zoe@ministry.example"))


class TestInvitation:
    def test_whoever_follows_it_is_linked_and_signed_in(self, idp: OpenIdProvider, zoe: User) -> None:
        address = links.invitation_address(zoe)
        browser = Client()
        page = browser.get(address)
        assert zoe.email in page.content.decode()
        assert 'href="/accounts/sso/ministry/"' in page.content.decode()
        assert idp.sign_in(browser)["Location"] == "/admin/"
        assert is_signed_in(browser)
        assert SocialAccount.objects.get(user=zoe).uid == "s-1"
        assert AuditEntry.objects.filter(action="summit.link_sign_in", by=zoe).count() == 1
        # It is good once.
        other = Client()
        page = other.get(address)
        assert (page.status_code, str(refusals.LINK_OVER.text) in page.content.decode()) == (410, True)

    def test_it_is_over_also_after_unlinking(self, idp: OpenIdProvider, zoe: User, organiser: User) -> None:
        address = links.invitation_address(zoe)
        browser = Client()
        browser.get(address)
        idp.sign_in(browser)
        links.unlink(link=links.links_of(zoe)[0], by=organiser)
        assert Client().get(address).status_code == 410
        # A new one is good.
        zoe.refresh_from_db()
        assert Client().get(links.invitation_address(zoe)).status_code == 200

    def test_two_browsers_link_one(self, idp: OpenIdProvider, zoe: User) -> None:
        address = links.invitation_address(zoe)
        first, second = Client(), Client()
        first.get(address)
        second.get(address)
        assert idp.sign_in(first).status_code == 302
        idp.subject = "s-2"
        page = idp.sign_in(second)
        assert (page.status_code, str(refusals.LINK_OVER.text) in page.content.decode()) == (400, True)
        assert list(SocialAccount.objects.values_list("uid", flat=True)) == ["s-1"]

    def test_it_expires_and_cannot_be_made_up(self, idp: OpenIdProvider, zoe: User, settings: Any) -> None:
        token = links.invitation_address(zoe).rstrip("/").rpartition("/")[2]
        assert links.invited(token) == zoe
        assert links.invited(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
        assert links.invited(signing.dumps(zoe.public_id)) is None
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert links.invited(token) is None

    def test_the_welcome_mail_has_it(self, idp: OpenIdProvider, zoe: User, summit: Summit) -> None:
        welcome = accounts_messages.of_roles(summit=summit, user=zoe, roles=[Role.PRESS_OFFICER])
        message = accounts_messages.WELCOME.drafts(welcome)[0]
        assert "/accounts/sso/link/" in accounts_messages.WELCOME.context(message)["invitation"]
        link(zoe)
        assert accounts_messages.WELCOME.context(message)["invitation"] == ""
        # Nor without providers.
        IdentityProvider.objects.all().delete()
        assert links.invitation_address(UserFactory()) == ""


class TestByAnOrganiser:
    def test_a_code_links_the_account(self, idp: OpenIdProvider, zoe: User, organiser: User) -> None:
        row = waiting()
        links.link_waiting(account=zoe, row=row, by=organiser)
        assert SocialAccount.objects.get(user=zoe).uid == "s-1"
        assert not UnlinkedSignIn.objects.exists()
        assert "Your account was linked to Ministry" in mails()[-1]
        assert idp.sign_in(browser := Client()).status_code == 302
        links.unlink(link=links.links_of(zoe)[0], by=organiser)
        assert browser.get("/admin/").status_code == 302
        assert "Your account was unlinked from Ministry" in mails()[-1]
        entries = AuditEntry.objects.filter(by=organiser).order_by("pk")
        said = [line.what for line in rendering.render(list(entries))]
        assert said == ["linked a sign-in at Ministry", "unlinked a sign-in at Ministry"]

    def test_unlinking_takes_the_roles_by_groups(self, idp: OpenIdProvider, zoe: User, organiser: User) -> None:
        summit = RoleAssignment.objects.get(user=zoe).summit
        GroupRole.objects.create(issuer=idp.issuer, group="hosts", summit=summit, role=Role.PROTOCOL)
        link(zoe)
        idp.claims = {"groups": ["hosts"]}
        idp.sign_in(Client())
        held = RoleAssignment.objects.filter(user=zoe).order_by("role")
        assert [row.role for row in held] == [Role.PRESS_OFFICER, Role.PROTOCOL]
        links.unlink(link=links.links_of(zoe)[0], by=organiser)
        assert [row.role for row in held.all()] == [Role.PRESS_OFFICER]
        entry = AuditEntry.objects.get(action="summit.take_role_by_unlinking")
        said = rendering.render([entry])[0].what
        assert said == "took the role “protocol” by a group: the sign-in was unlinked"

    def test_whoever_links_their_own_account_stays_signed_in(self, idp: OpenIdProvider, root: User) -> None:
        here, elsewhere = by_password(root), by_password(root)
        page = f"/admin/summit/user/{root.pk}/single-sign-on/"
        assert here.post(page, {"code": waiting().code, "link": "1"}).status_code == 302
        assert "Sign-in linked." in here.get(page).content.decode()
        assert elsewhere.get("/accounts/sessions/").status_code == 302

    def test_a_code_is_read_as_people_type_it(self) -> None:
        row = waiting()
        UnlinkedSignIn.objects.filter(pk=row.pk).update(code="0a1b-2c3d")
        for typed in ("0a1b-2c3d", " 0A1B 2C3D ", "oaib2c3d", "OALB-2C3D"):
            assert links.waiting(typed) == row, typed
        assert links.waiting("") is None

    def test_organisers_of_other_summits_may_not(self, zoe: User, organiser: User) -> None:
        other = UserFactory.with_role(Role.ORGANISER, SummitFactory())
        with pytest.raises(PermissionDenied):
            links.link_waiting(account=zoe, row=waiting(), by=other)
        row = link(zoe)
        with pytest.raises(PermissionDenied):
            links.unlink(link=row, by=other)
        # Nor may anybody link themselves to more than they have.
        assert not links.can_link(organiser, organiser)
        assert not links.can_link(organiser, UserFactory(is_superuser=True))

    def test_what_can_not_be_linked_is_said(self, zoe: User, organiser: User) -> None:
        link(zoe)
        with pytest.raises(ValidationError, match="linked at this provider already"):
            links.link_waiting(account=zoe, row=waiting("s-2"), by=organiser)
        SocialAccount.objects.all().delete()
        row = waiting()
        UnlinkedSignIn.objects.all().delete()
        with pytest.raises(ValidationError, match="since been linked"):
            links.link_waiting(account=zoe, row=row, by=organiser)
        User.objects.filter(pk=zoe.pk).update(is_active=False)
        with pytest.raises(ValidationError, match="closed"):
            links.link_waiting(account=zoe, row=waiting(), by=organiser)

    def test_the_page(self, idp: OpenIdProvider, zoe: User, desk: Client) -> None:
        url = f"/admin/summit/user/{zoe.pk}/single-sign-on/"
        assert "not linked at an identity provider" in desk.get(url).content.decode()
        assert "No sign-in waits with this code" in desk.post(url, {"code": "aaaa-aaaa"}).content.decode()
        row = waiting()
        page = desk.post(url, {"code": row.code}).content.decode()
        assert "At Ministry this is Zoë, zoe@ministry.example." in page
        assert "This address differs from the account’s." in page
        nameless = links.remember(SignInFacts("https://idp.example", "s-9"))
        assert "At Ministry this is s-9." in desk.post(url, {"code": nameless.code}).content.decode()
        assert not SocialAccount.objects.exists()
        assert desk.post(url, {"code": row.code, "link": "1"}).status_code == 302
        page = desk.get(url).content.decode()
        assert "s-1" in page
        # It asks before it unlinks.
        key = links.links_of(zoe)[0].pk
        assert (f'href="?unlink={key}"' in page, 'name="unlink"' in page) == (True, False)
        page = desk.get(f"{url}?unlink={key}").content.decode()
        assert f"Unlink {zoe.email} from Ministry?" in page
        assert f'name="unlink" value="{key}"' in page
        assert SocialAccount.objects.exists()
        assert "Unlink the sign-in" not in desk.get(f"{url}?unlink={key + 1}").content.decode()
        assert desk.post(url, {"unlink": str(links.links_of(zoe)[0].pk)}).status_code == 302
        assert not SocialAccount.objects.exists()
        assert desk.post(url, {"emergency": "on"}).status_code == 403


def test_what_nobody_links_is_deleted_after_a_week(zoe: User, organiser: User) -> None:
    row = waiting()
    links.clear()
    UnlinkedSignIn.objects.update(at=row.at - links.KEPT)
    assert links.waiting(row.code) is None
    assert waiting().code != row.code
    UnlinkedSignIn.objects.update(at=row.at - links.KEPT)
    links.clear()
    assert not UnlinkedSignIn.objects.exists()


# --- roles by groups ------------------------------------------------------------------------------------------------
ISSUER = "https://idp.example"


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def group(summit: Summit, name: str = "press", role: str = Role.PRESS_OFFICER, issuer: str = ISSUER) -> GroupRole:
    return GroupRole.objects.create(issuer=issuer, group=name, summit=summit, role=role)


def let_time_pass(**passed: float) -> None:
    for row in RoleAssignment.all_rows.exclude(until=None):
        assert row.until is not None
        RoleAssignment.all_rows.filter(pk=row.pk).update(until=row.until - timedelta(**passed))


def test_it_is_over_after_eight_hours_without_a_sweep(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    group(summit)
    user = UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    let_time_pass(hours=7.99)
    assert allows(fresh(user), "press.text.view", summit)
    let_time_pass(hours=0.02)
    assert not allows(fresh(user), "press.text.view", summit)
    assert list(user.roles.all()) == []
    # The control: without the manager that leaves it out, it would still give what it gave.
    monkeypatch.setattr(RoleAssignment, "objects", RoleAssignment.all_rows)
    monkeypatch.setattr(rules, "_GIVEN", rules.Prepared(rules._assigned_role_rows))
    assert allows(fresh(user), "press.text.view", summit)


def test_a_sweep_deletes_and_records_what_is_over(summit: Summit) -> None:
    group(summit)
    user, other = UserFactory(), UserFactory.with_role(Role.PRESS_OFFICER, summit)
    for each in (user, other):
        group_roles.apply(user=each, issuer=ISSUER, groups=["press"])
    assert group_roles.end_over() == 0
    let_time_pass(hours=8.01)
    assert group_roles.end_over() == 2
    assert not RoleAssignment.all_rows.filter(user=user).exists()
    kept = RoleAssignment.objects.get(user=other)
    assert (kept.by_hand, kept.until, kept.issuer) == (True, None, "")
    entry = AuditEntry.objects.get(action="summit.end_role_by_group")
    line = rendering.render([entry])[0]
    assert line.what == "ended the role “press officer” by a group eight hours after the sign-in"
    assert [other.name for other in line.others] == [str(user)]
    given = AuditEntry.objects.filter(action="summit.give_role_by_group")
    assert rendering.render(given)[0].what == "gave the role “press officer” by the group “press”"


def test_the_audit_says_which_role_it_was(summit: Summit) -> None:
    row = group(summit)
    organiser, user = UserFactory.with_role(Role.ORGANISER, summit), UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    group_roles.apply(user=user, issuer=ISSUER, groups=[])
    provider_services.take_group_role(row=row, by=organiser)
    role_assignments.give(summit=summit, user=user, role=Role.VIEWER, by=organiser)
    role_assignments.remove(assignments=list(user.roles.all()), by=organiser)
    entries = AuditEntry.objects.order_by("pk")
    assert [(line.row.kind, line.row.name) for line in rendering.render(entries)] == [
        ("role", "press officer"),
        ("role", "press officer"),
        ("role by group", "press: press officer"),
        ("role", "viewer"),
        ("role", "viewer"),
    ]
    # One that doesn't say it has its key, as before.
    bare = AuditEntry(action="summit.roleassignment.remove", object_type="summit.roleassignment", object_key="7")
    assert rendering.render([bare])[0].row.name == "since deleted (7)"


def test_what_was_given_by_hand_stays(summit: Summit) -> None:
    group(summit)
    user = UserFactory.with_role(Role.PRESS_OFFICER, summit)
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    row = RoleAssignment.objects.get(user=user)
    assert (row.by_hand, row.issuer, row.until is None) == (True, ISSUER, False)
    group_roles.apply(user=user, issuer=ISSUER, groups=[])
    row.refresh_from_db()
    assert (row.by_hand, row.issuer, row.until) == (True, "", None)


def test_a_role_by_a_group_can_be_given_by_hand_as_well(summit: Summit) -> None:
    group(summit)
    organiser, user = UserFactory.with_role(Role.ORGANISER, summit), UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    assert role_assignments.give(summit=summit, user=user, role=Role.PRESS_OFFICER, by=organiser) is True
    assert role_assignments.give(summit=summit, user=user, role=Role.PRESS_OFFICER, by=organiser) is False
    group_roles.apply(user=user, issuer=ISSUER, groups=[])
    assert RoleAssignment.objects.filter(user=user).exists()


def test_another_provider_takes_nothing(summit: Summit) -> None:
    group(summit)
    user = UserFactory()
    group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
    group_roles.apply(user=user, issuer="https://other.example", groups=["press"])
    assert RoleAssignment.objects.filter(user=user).exists()


def test_a_role_that_is_over_is_given_again(summit: Summit) -> None:
    group(summit)
    user = UserFactory()
    for _day in range(2):
        group_roles.apply(user=user, issuer=ISSUER, groups=["press"])
        assert RoleAssignment.objects.filter(user=user).exists()
        let_time_pass(hours=9)
    assert AuditEntry.objects.filter(action="summit.give_role_by_group").count() == 2


def test_an_organiser_by_a_group_does_not_replace_one_by_hand(summit: Summit) -> None:
    group(summit, "heads", Role.ORGANISER)
    organiser, other = UserFactory.with_role(Role.ORGANISER, summit), UserFactory()
    group_roles.apply(user=other, issuer=ISSUER, groups=["heads"])
    with pytest.raises(LastOrganiser):
        role_assignments.remove(assignments=list(organiser.roles.all()), by=organiser)


@pytest.mark.parametrize(
    "values", [{"by_hand": False}, {"by_hand": True, "issuer": ISSUER}, {"by_hand": False, "until": Now()}]
)
def test_the_database_refuses_a_role_from_nowhere(summit: Summit, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.all_rows.create(summit=summit, user=UserFactory(), role=Role.VIEWER, **values)
