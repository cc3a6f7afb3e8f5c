"""What is kept of second steps, and how pages and mails speak of them."""

import json
import re
import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from summit.accounts.mfa_adapter import MFAAdapter
from summit.audit.models import AuditEntry
from summit.users.models import User
from tests.factories import PASSWORD, UserFactory
from tests.summit.accounts.helpers import by_password, code, mails, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]
# Words of the library that nobody should meet here.
FOREIGN = re.compile(r"[Tt]wo-[Ff]actor|Security Key|Hello from|Thank you for|successfully|Master key|Remember Me")


@pytest.fixture
def zoe() -> User:
    return UserFactory(email="zoe@host.example", password=PASSWORD)


def again(client: Client, path: str) -> Any:
    """Open a page, and say once more who it is where that is asked."""
    response = client.get(path, follow=True)
    if response.redirect_chain:
        response = client.post(response.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    return response


class TestAtRest:
    def test_secrets_are_encrypted(self, zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
        secret = with_app(zoe)
        RecoveryCodes.activate(zoe)
        app, codes = Authenticator.objects.order_by("pk")
        assert secret not in json.dumps(app.data)
        assert MFAAdapter().decrypt(app.data["secret"]) == secret
        assert re.fullmatch(r"[0-9a-f]{80}", MFAAdapter().decrypt(codes.data["seed"]))
        # The control: the library alone keeps them in clear.
        Authenticator.objects.all().delete()
        monkeypatch.setattr(MFAAdapter, "encrypt", DefaultMFAAdapter.encrypt)
        assert with_app(zoe) == Authenticator.objects.get().data["secret"]

    def test_an_older_key_still_reads_and_a_lost_one_does_not(self, zoe: User, settings: Any) -> None:
        secret = with_app(zoe)
        newer = "bmV3ZXItdGVzdC1rZXktb2YtMzItYnl0ZXMtISEhISE="
        settings.FIELD_KEYS = [newer, *django_settings.FIELD_KEYS]
        assert MFAAdapter().decrypt(Authenticator.objects.get().data["secret"]) == secret
        settings.FIELD_KEYS = [newer]
        with pytest.raises(InvalidToken):
            MFAAdapter().decrypt(Authenticator.objects.get().data["secret"])

    def test_passkeys_belong_to_the_host_of_the_base(self, settings: Any) -> None:
        settings.BASE_URL = "https://summit.example:8443"
        entity = MFAAdapter().get_public_key_credential_rp_entity()
        assert entity == {"id": "summit.example", "name": "Summit"}


class TestSigningIn:
    def test_the_code_of_the_app_is_asked_for_and_opens(self, zoe: User) -> None:
        secret = with_app(zoe)
        client = by_password(zoe)
        assert "_auth_user_id" not in client.session
        wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert "This code is not right" in wrong.content.decode()
        assert client.post("/accounts/2fa/authenticate/", {"code": code(secret)}).status_code == 302
        assert client.session["_auth_user_id"] == str(zoe.pk)

    @staticmethod
    def entered(zoe: User, moments: tuple[int, ...]) -> list[int]:
        """Enter one code at moments, in seconds from when it is shown; return the answers."""
        secret = with_app(zoe)
        with time_machine.travel(time.time(), tick=False):
            shown, its_own = code(secret), int(time.time()) // 30 * 30
        answers = []
        for moment in moments:
            with time_machine.travel(its_own + moment, tick=False):
                client = by_password(zoe)
                answers.append(client.post("/accounts/2fa/authenticate/", {"code": shown}).status_code)
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
        statuses = [by_password(zoe).post("/accounts/2fa/authenticate/", kept).status_code for _ in range(2)]
        assert statuses == [302, 200]

    def test_whatever_is_posted_as_a_passkey_opens_nothing(self, zoe: User) -> None:
        with_app(zoe)
        key = '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
        found = '{"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}}'
        none = ("", "null", "[]", "{}", "7", '"x"', '{"response": 1}', '{"response": {"userHandle": null}}')
        login = "/accounts/2fa/webauthn/login/"
        for client, path, status in ((Client(), login, 302), (by_password(zoe), "/accounts/2fa/authenticate/", 200)):
            client.get(login, headers={"accept": "application/json"})
            for posted in (*none, key + '{"userHandle": "enp6enp6enp6enp6enp6eg"}}', key + found):
                cache.clear()
                answer = client.post(path, {"credential": posted})
                assert (answer.status_code, "_auth_user_id" in client.session) == (status, False), posted

    def test_a_client_that_posts_passkeys_all_the_time_is_slowed_alone(self, zoe: User) -> None:
        path = "/accounts/2fa/webauthn/login/"
        flooder, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
        statuses = [flooder.post(path, {"credential": "{}"}).status_code for _ in range(31)]
        assert "Too many requests" in flooder.post(path, {"credential": "{}"}).content.decode()
        assert (statuses.count(302), statuses[-1]) == (30, 429)
        assert other.post(path, {"credential": "{}"}).status_code == 302
        assert by_password(zoe, REMOTE_ADDR="192.0.2.1").session["_auth_user_id"] == str(zoe.pk)


class TestWords:
    def test_pages_speak_our_words(self, zoe: User) -> None:
        client, way_in = by_password(zoe), "/accounts/login/"
        differ = {"oldpassword": PASSWORD, "password1": "a long pass phrase", "password2": "another pass phrase"}
        for page, said in (
            (again(client, "/accounts/2fa/"), "<h1>Sign-in methods</h1>"),
            (again(client, "/accounts/2fa/webauthn/add/"), "<h1>Add a passkey</h1>"),
            (again(client, "/accounts/2fa/totp/activate/"), "<h1>Set up authenticator app</h1>"),
            (
                client.post("/accounts/password/change/", differ),
                "The passwords don’t match. Enter the same password twice.",
            ),
            (Client().get(way_in), "Sign in with a passkey"),
            (Client().post(way_in, {}), "Email address: Fill in this field."),
            (
                Client().post(way_in, {"login": zoe.email, "password": "x"}),
                "The email address or password is wrong.",
            ),
        ):
            text = page.content.decode()
            assert (said in text, FOREIGN.findall(text), "placeholder" in text) == (True, [], False), said

    @pytest.mark.django_db(transaction=True)
    def test_every_change_is_told_to_the_owner_in_their_language(self, settings: Any, zoe: User) -> None:
        User.objects.update(language="fr")
        client = by_password(zoe)
        page = again(client, "/accounts/2fa/totp/activate/")
        shown = code(page.context["form"].secret)
        client.post("/accounts/2fa/totp/activate/", {"code": shown})
        client.post("/accounts/2fa/recovery-codes/generate/")
        client.post("/accounts/2fa/totp/deactivate/")
        new = "another long pass phrase"
        client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        steps = AuditEntry.objects.exclude(action="summit.sign_in").order_by("id")
        actions = steps.values_list("action", "by", "detail")
        done = [f"{action.removeprefix('summit.')} {detail['kind']}" for action, _by, detail in actions]
        codes = ["set_up_second_step recovery_codes"] * 2
        removed = [f"remove_second_step {kind}" for kind in ("totp", "recovery_codes")]
        assert done == ["set_up_second_step totp", *codes, *removed]
        assert {by for _action, by, _detail in actions} == {zoe.pk}
        told = mails()
        assert len(told) == 4
        for mail in told:
            assert "Content-Language: fr" in mail
            assert "Auto-Submitted: auto-generated" in mail
            assert f"{settings.BASE_URL}/accounts/2fa/" in mail
            assert FOREIGN.findall(mail) == []

    def test_recovery_codes_are_made_with_the_first_way_and_can_be_kept(self, zoe: User) -> None:
        client = by_password(zoe)
        page = again(client, "/accounts/2fa/totp/activate/")
        shown = code(page.context["form"].secret)
        done = client.post("/accounts/2fa/totp/activate/", {"code": shown}, follow=True)
        assert done.redirect_chain[-1][0] == "/accounts/2fa/recovery-codes/"
        assert done.content.decode().count("<code") == 10
        kept = client.get("/accounts/2fa/recovery-codes/download/").content.decode()
        assert kept.startswith("Recovery codes of zoe@host.example.")
        assert len(re.findall(r"^\d{8}$", kept, flags=re.MULTILINE)) == 10
