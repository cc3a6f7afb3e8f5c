"""A lost telephone: who may take a second step away, and what follows."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import PermissionDenied

from summit.accounts import mfa_reset
from summit.api_base import token_services
from summit.audit.models import AuditEntry
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PersonFactory, SummitFactory, UserFactory
from tests.summit.accounts.helpers import by_password, mails, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(summit: Summit) -> User:
    made: User = UserFactory.with_role(Role.PRESS_OFFICER, summit, email="zoe@host.example", language="fr")
    with_app(made)
    RecoveryCodes.activate(made)
    return made


def test_all_of_it_goes_and_the_owner_is_told(organiser: User, zoe: User, summit: Summit) -> None:
    client = by_password(organiser)
    path = f"/admin/summit/user/{zoe.pk}/second-step/"
    assert path in client.get(f"/admin/summit/user/{zoe.pk}/change/").content.decode()
    assert "call them" in client.get(path).content.decode()
    assert client.post(path)["Location"] == f"/admin/summit/user/{zoe.pk}/change/"
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.get(action="summit.reset_second_step")
    assert (entry.by, entry.object_key, entry.summit) == (organiser, zoe.public_id, summit)
    assert entry.detail == {"removed": ["recovery_codes", "totp"], "browsers_ended": 0}
    (mail,) = mails()
    assert "To: zoe@host.example" in mail
    assert "Content-Language: fr" in mail
    assert client.get(f"/admin/summit/user/{zoe.pk}/change/").content.decode().count(path) == 0


def test_the_owners_browsers_and_tokens_end_and_nobody_elses(organiser: User, zoe: User) -> None:
    Authenticator.objects.all().delete()
    client = by_password(zoe)
    with_app(zoe)
    theirs, other = (token_services.make(by=user, name="App", scopes=["venues:read"]) for user in (zoe, organiser))
    mfa_reset.reset(account=zoe, by=organiser)
    assert client.get("/portal/")["Location"].startswith("/accounts/login/")
    assert (token_services.find(theirs.secret), token_services.find(other.secret)) == (None, other.token)
    entry = AuditEntry.objects.get(action="api.token.revoke")
    assert (entry.by, entry.object_key) == (organiser, theirs.token.public_id)
    with pytest.raises(ValueError, match="no two-step verification"):
        mfa_reset.reset(account=zoe, by=organiser)
    assert len(mails()) == 1


def test_the_mail_tells_of_tokens_where_there_were_any(organiser: User, zoe: User) -> None:
    User.objects.filter(pk=zoe.pk).update(language="en")
    zoe.refresh_from_db()
    for number, said in ((0, ""), (1, "One of your API tokens was"), (2, "2 of your API tokens were")):
        for _each in range(number):
            token_services.make(by=zoe, name="App", scopes=["venues:read"])
        mfa_reset.reset(account=zoe, by=organiser)
        mail = mails()[-1]
        assert (said in mail, "/accounts/tokens/" in mail) == (True, number > 0)
        with_app(zoe)


class TestWho:
    def test_not_where_the_account_stands_in_another_summit_too(self, organiser: User, zoe: User) -> None:
        assert mfa_reset.can_reset(organiser, zoe)
        other = SummitFactory()
        role = RoleAssignment.objects.create(summit=other, user=zoe, role=Role.VIEWER)
        zoe.is_active = False
        assert not mfa_reset.can_reset(organiser, zoe)
        zoe.is_active = True
        role.delete()
        assert mfa_reset.can_reset(organiser, zoe)
        PersonFactory(summit=other, user=zoe)
        assert not mfa_reset.can_reset(organiser, zoe)
        path = f"/admin/summit/user/{zoe.pk}/second-step/"
        client = by_password(organiser)
        assert path not in client.get(f"/admin/summit/user/{zoe.pk}/change/").content.decode()
        assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)
        with pytest.raises(PermissionDenied, match="the system administrator"):
            mfa_reset.reset(account=zoe, by=organiser)
        RoleAssignment.objects.create(summit=other, user=organiser, role=Role.ORGANISER)
        assert mfa_reset.can_reset(User.objects.get(pk=organiser.pk), zoe)

    def test_organisers_and_nobody_for_themselves_nor_for_who_set_the_system_up(
        self, organiser: User, summit: Summit, zoe: User
    ) -> None:
        root = UserFactory.with_role(Role.VIEWER, summit, is_superuser=True)
        protocol = UserFactory.with_role(Role.PROTOCOL, summit)
        for by, account in ((protocol, zoe), (organiser, organiser), (organiser, root), (root, root)):
            assert not mfa_reset.can_reset(by, account)
        assert mfa_reset.can_reset(root, organiser)
