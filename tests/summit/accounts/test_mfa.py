"""Second steps: what is stored of them, how they are taken, who has to take them, how they are reset."""

import json
import re
import time
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client

from summit.accounts import mfa_reset
from summit.accounts.mfa_adapter import MFAAdapter
from summit.api_base import token_services
from summit.audit.models import AuditEntry
from summit.permissions import mfa_status
from summit.permissions.models import DESKS, Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PASSWORD, PersonFactory, SummitFactory, UserFactory
from tests.summit.accounts.helpers import by_password, code, mails, with_app
from tests.summit.admin_base.helpers import request_of

pytestmark = pytest.mark.django_db
# Words of the library that nobody should meet here.
FOREIGN = re.compile(r"[Tt]wo-[Ff]actor|Security Key|Hello from|Thank you for|successfully|Master key|Remember Me")
AUTHENTICATE, ACTIVATE, PASSKEY = (
    f"/accounts/2fa/{each}/" for each in ("authenticate", "totp/activate", "webauthn/login")
)


@pytest.fixture
def zoe(summit: Summit) -> User:
    return UserFactory.with_role(Role.PRESS_OFFICER, summit, email="zoe@host.example")


def again(client: Client, path: str) -> Any:
    """Open a page, and say once more who it is where that is asked."""
    response = client.get(path, follow=True)
    if response.redirect_chain:
        response = client.post(response.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    return response


def set_up(client: Client) -> Any:
    """Set up an authenticator app, and return the page that follows."""
    shown = code(again(client, ACTIVATE).context["form"].secret)
    return client.post(ACTIVATE, {"code": shown}, follow=True)


class TestAtRest:
    def test_secrets_are_encrypted_by_our_keys(
        self, zoe: User, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secret = with_app(zoe)
        RecoveryCodes.activate(zoe)
        app, codes = Authenticator.objects.order_by("pk")
        assert secret not in json.dumps(app.data)
        assert re.fullmatch(r"[0-9a-f]{80}", MFAAdapter().decrypt(codes.data["seed"]))
        newer = "bmV3ZXItdGVzdC1rZXktb2YtMzItYnl0ZXMtISEhISE="
        for keys in (django_settings.FIELD_KEYS, [newer, *django_settings.FIELD_KEYS]):
            settings.FIELD_KEYS = keys
            assert MFAAdapter().decrypt(app.data["secret"]) == secret
        settings.FIELD_KEYS = [newer]
        with pytest.raises(InvalidToken):
            MFAAdapter().decrypt(app.data["secret"])
        # The control: the library alone keeps them in clear.
        Authenticator.objects.all().delete()
        monkeypatch.setattr(MFAAdapter, "encrypt", DefaultMFAAdapter.encrypt)
        assert with_app(zoe) == Authenticator.objects.get().data["secret"]

    def test_passkeys_belong_to_the_host_of_the_base(self, settings: Any) -> None:
        settings.BASE_URL = "https://summit.example:8443"
        entity = MFAAdapter().get_public_key_credential_rp_entity()
        assert entity == {"id": "summit.example", "name": "Summit"}


class TestSigningIn:
    @staticmethod
    def entered(zoe: User, moments: tuple[int, ...]) -> list[int]:
        """Enter one code at moments, in seconds from when it is shown; return the answers."""
        secret = with_app(zoe)
        with time_machine.travel(time.time(), tick=False):
            shown, its_own = code(secret), int(time.time()) // 30 * 30
        answers = []
        for moment in moments:
            with time_machine.travel(its_own + moment, tick=False):
                answers.append(by_password(zoe).post(AUTHENTICATE, {"code": shown}).status_code)
        return answers

    @pytest.mark.parametrize(
        ("moments", "statuses"),
        [((-5, 27, 55), [302, 200, 200]), ((55, 58), [302, 200]), ((-35,), [200]), ((65,), [200])],
    )
    def test_how_long_a_code_is_good(self, moments: tuple[int, ...], statuses: list[int], zoe: User) -> None:
        assert self.entered(zoe, moments) == statuses

    def test_control_by_the_librarys_count_it_opens_twice(self, zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr("summit.accounts.forms.SingleUseCodeForm.clean_code")
        assert self.entered(zoe, (-5, 27)) == [302, 302]

    def test_a_recovery_code_opens_once(self, zoe: User) -> None:
        with_app(zoe)
        kept = {"code": RecoveryCodes.activate(zoe).generate_codes()[0]}
        assert [by_password(zoe).post(AUTHENTICATE, kept).status_code for _ in range(2)] == [302, 200]

    def test_whatever_is_posted_as_a_passkey_opens_nothing(self, zoe: User) -> None:
        with_app(zoe)
        key = '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
        found = '{"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}}'
        none = ("", "null", "[]", "{}", "7", '"x"', '{"response": 1}', '{"response": {"userHandle": null}}')
        odd = (key + '{"userHandle": "enp6enp6enp6enp6enp6eg"}}', key + found)
        way_in, step = (Client(), PASSKEY, 302), (by_password(zoe), AUTHENTICATE, 200)
        for (client, path, status), credentials in ((way_in, (*none, *odd)), (step, odd)):
            client.get(PASSKEY, headers={"accept": "application/json"})
            for posted in credentials:
                cache.clear()
                answer = client.post(path, {"credential": posted})
                assert (answer.status_code, "_auth_user_id" in client.session) == (status, False), posted

    def test_a_client_that_posts_passkeys_all_the_time_is_slowed_alone(self, zoe: User) -> None:
        flooder, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
        answers = [flooder.post(PASSKEY, {"credential": "{}"}) for _ in range(31)]
        assert [answer.status_code for answer in answers] == [302] * 30 + [429]
        assert "Too many requests" in answers[-1].content.decode()
        assert other.post(PASSKEY, {"credential": "{}"}).status_code == 302
        assert by_password(zoe, REMOTE_ADDR="192.0.2.1").session["_auth_user_id"] == str(zoe.pk)


class TestWords:
    def test_pages_speak_our_words(self, zoe: User) -> None:
        client, way_in = by_password(zoe), "/accounts/login/"
        differ = {"oldpassword": PASSWORD, "password1": "a long pass phrase", "password2": "another pass phrase"}
        mistyped = client.post("/accounts/password/change/", differ)
        wrong = Client().post(way_in, {"login": zoe.email, "password": "x"})
        for page, said in (
            (again(client, "/accounts/2fa/"), "<h1>Sign-in methods</h1>"),
            (again(client, "/accounts/2fa/webauthn/add/"), "<h1>Add a passkey</h1>"),
            (again(client, ACTIVATE), "<h1>Set up authenticator app</h1>"),
            (mistyped, "The passwords don’t match. Enter the same password twice."),
            (Client().get(way_in), "Sign in with a passkey"),
            (Client().post(way_in, {}), "Email address: Fill in this field."),
            (wrong, "The email address or password is wrong."),
        ):
            text = page.content.decode()
            assert (said in text, FOREIGN.findall(text), "placeholder" in text) == (True, [], False), said

    @pytest.mark.django_db(transaction=True)
    def test_every_change_is_told_to_the_owner_in_their_language(self, settings: Any, zoe: User) -> None:
        User.objects.update(language="fr")
        client = by_password(zoe)
        set_up(client)
        client.post("/accounts/2fa/recovery-codes/generate/")
        client.post("/accounts/2fa/totp/deactivate/")
        new = "another long pass phrase"
        client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        steps = AuditEntry.objects.exclude(action="summit.sign_in").order_by("id")
        done = [f"{row.action.removeprefix('summit.')} {row.detail['kind']}" for row in steps]
        codes = ["set_up_second_step recovery_codes"] * 2
        removed = [f"remove_second_step {kind}" for kind in ("totp", "recovery_codes")]
        assert done == ["set_up_second_step totp", *codes, *removed]
        assert {row.by for row in steps} == {zoe}
        told = mails()
        assert len(told) == 4
        for mail in told:
            assert f"{settings.BASE_URL}/accounts/2fa/" in mail
            assert ("Content-Language: fr" in mail, "Auto-Submitted: auto-generated" in mail) == (True, True)
            assert FOREIGN.findall(mail) == []


def led_to(client: Client, path: str = "/admin/") -> str:
    """Return where a page leads, "" where it opens."""
    answer = client.get(path)
    return str(answer.get("Location", "")) if answer.status_code == 302 else ""


class TestRequired:
    """Desks stay closed to a password alone, where the second step is asked for."""

    @pytest.fixture(autouse=True)
    def required(self, settings: Any) -> None:
        """Ask for the second step, as production does."""
        settings.REQUIRE_SECOND_FACTOR = True

    def test_a_password_alone_opens_no_desk(self, zoe: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        client = by_password(zoe)
        for path in ("/admin/", "/admin/summit/person/", "/admin/jsi18n/", "/admin/nothing/"):
            for ask in (client.get, client.post):
                answer = ask(path)
                assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), path
        said = "Your role requires a passkey or an authenticator app."
        assert said in client.get("/admin/", follow=True).content.decode()
        # Recovery codes alone protect nothing.
        RecoveryCodes.activate(zoe)
        assert led_to(by_password(zoe)) == "/accounts/2fa/"
        # Where it isn't asked for the password opens.
        settings.REQUIRE_SECOND_FACTOR = False
        assert led_to(client) == ""
        settings.REQUIRE_SECOND_FACTOR = True
        # The control: without the guard the desk is open.
        monkeypatch.setattr(mfa_status, "must_set_up", lambda request: False)
        monkeypatch.setattr(mfa_status, "took_it", lambda request: True)
        assert led_to(client) == ""

    def test_it_concerns_every_desk_and_who_set_the_system_up_and_nobody_else(self, summit: Summit) -> None:
        for role in DESKS:
            request = request_of(UserFactory.with_role(role, summit))
            request.session = {}
            assert mfa_status.must_set_up(request), role
        assert led_to(by_password(UserFactory(is_superuser=True))) == "/accounts/2fa/"
        client = by_password(UserFactory.with_role(Role.MEDIA_REPRESENTATIVE, summit))
        assert led_to(client, "/admin/login/") == "/portal/"
        assert led_to(client, "/accounts/sessions/") == ""

    def test_who_sets_it_up_goes_on_in_the_same_browser(self, zoe: User) -> None:
        # allauth stores the address at the first sign-in, unconfirmed: nobody could ever confirm it.
        EmailAddress.objects.create(user=zoe, email=zoe.email, verified=False)
        client = by_password(zoe)
        assert "Continue to the desk" in set_up(client).content.decode()
        # The signal is sent when the transaction is over, which a test's own never is.
        session = client.session
        session[mfa_status.SET_UP_KEY] = zoe.pk
        session.save()
        assert led_to(client) == ""

    def test_a_browser_that_signed_in_before_it_was_set_up_takes_it_too(self, zoe: User) -> None:
        before = by_password(zoe)
        secret = with_app(zoe)
        again = led_to(before, "/admin/?x=1")
        assert again == "/accounts/reauthenticate/?next=%2Fadmin%2F%3Fx%3D1"
        # The password alone does not do there.
        assert led_to(before, again) == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F%3Fx%3D1"
        path = "/accounts/2fa/reauthenticate/?next=/admin/"
        assert before.post(path, {"code": code(secret)})["Location"] == "/admin/"
        # So does who signs in from then on, until it is taken away.
        after = by_password(zoe)
        after.post(AUTHENTICATE, {"code": code(secret)})
        assert (led_to(before), led_to(after)) == ("", "")
        Authenticator.objects.all().delete()
        assert {led_to(before), led_to(after)} == {"/accounts/2fa/"}


class TestReset:
    """A lost telephone: who may take a second step away, and what follows."""

    @pytest.fixture
    def lost(self, zoe: User) -> User:
        zoe.language = "fr"
        zoe.save()
        with_app(zoe)
        RecoveryCodes.activate(zoe)
        return zoe

    def test_all_of_it_goes_and_the_owner_is_told(self, organiser: User, lost: User, summit: Summit) -> None:
        client, account = by_password(organiser), f"/admin/summit/user/{lost.pk}/change/"
        path = f"/admin/summit/user/{lost.pk}/second-step/"
        assert path in client.get(account).content.decode()
        assert "call them" in client.get(path).content.decode()
        assert client.post(path)["Location"] == account
        assert not Authenticator.objects.exists()
        entry = AuditEntry.objects.get(action="summit.reset_second_step")
        assert (entry.by, entry.object_key, entry.summit) == (organiser, lost.public_id, summit)
        assert entry.detail == {"removed": ["recovery_codes", "totp"], "browsers_ended": 0}
        (mail,) = mails()
        assert ("To: zoe@host.example" in mail, "Content-Language: fr" in mail) == (True, True)
        assert path not in client.get(account).content.decode()

    def test_the_owners_browsers_and_tokens_end_and_nobody_elses(self, organiser: User, zoe: User) -> None:
        client = by_password(zoe)
        with_app(zoe)
        token: dict[str, Any] = {"name": "App", "scopes": ["venues:read"]}
        theirs, other = (token_services.make(by=user, **token) for user in (zoe, organiser))
        mfa_reset.reset(account=zoe, by=organiser)
        assert client.get("/portal/")["Location"].startswith("/accounts/login/")
        assert (token_services.find(theirs.secret), token_services.find(other.secret)) == (None, other.token)
        entry = AuditEntry.objects.get(action="api.token.revoke")
        assert (entry.by, entry.object_key) == (organiser, theirs.token.public_id)
        with pytest.raises(ValueError, match="no two-step verification"):
            mfa_reset.reset(account=zoe, by=organiser)
        # The mail tells of tokens where there were any.
        assert "One of your API tokens was" in mails()[-1]
        for number, said in ((0, ""), (2, "2 of your API tokens were")):
            with_app(zoe)
            for _each in range(number):
                token_services.make(by=zoe, **token)
            mfa_reset.reset(account=zoe, by=organiser)
            assert (said in mails()[-1], "/accounts/tokens/" in mails()[-1]) == (True, number > 0)
        assert len(mails()) == 3

    def test_not_where_the_account_stands_in_another_summit_too(self, organiser: User, lost: User) -> None:
        assert mfa_reset.can_reset(organiser, lost)
        other = SummitFactory()
        role = other.roles.create(user=lost, role=Role.VIEWER)
        lost.is_active = False
        assert not mfa_reset.can_reset(organiser, lost)
        lost.is_active = True
        role.delete()
        assert mfa_reset.can_reset(organiser, lost)
        PersonFactory(summit=other, user=lost)
        assert not mfa_reset.can_reset(organiser, lost)
        path, client = f"/admin/summit/user/{lost.pk}/second-step/", by_password(organiser)
        assert path not in client.get(f"/admin/summit/user/{lost.pk}/change/").content.decode()
        assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)
        with pytest.raises(PermissionDenied, match="the system administrator"):
            mfa_reset.reset(account=lost, by=organiser)
        other.roles.create(user=organiser, role=Role.ORGANISER)
        assert mfa_reset.can_reset(User.objects.get(pk=organiser.pk), lost)

    def test_organisers_do_and_nobody_for_themselves(self, organiser: User, summit: Summit, lost: User) -> None:
        root = UserFactory.with_role(Role.VIEWER, summit, is_superuser=True)
        protocol = UserFactory.with_role(Role.PROTOCOL, summit)
        for by, account in ((protocol, lost), (organiser, organiser), (organiser, root), (root, root)):
            assert not mfa_reset.can_reset(by, account)
        assert mfa_reset.can_reset(root, organiser)
