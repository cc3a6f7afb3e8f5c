"""Identity providers that are set up in the demonstration, and a browser of each test's own."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.browser.single_sign_on.openid_server import CLIENT, SECRET, OpenIdServer, serving
from tests.summit.single_sign_on.saml_provider import certificate, pem
from tools.running import Running

PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
PREPARE = """
import json, sys
from summit.permissions.models import Role
from summit.single_sign_on.models import GroupRole, IdentityProvider
from summit.summits.models import Summit
from summit.users.models import User
values = json.loads({values!r})
IdentityProvider.objects.filter(slug=values["slug"]).delete()
row = IdentityProvider.objects.create(**values)
summit = Summit.objects.order_by("pk").first()
GroupRole.objects.get_or_create(issuer=row.issuer, group="press", summit=summit, role=Role.PRESS_OFFICER)
for name in ("ada", "ben", "eve"):
    User.objects.get_or_create(email=f"{{name}}-{{row.slug}}@host.example", defaults={{"name": name}})
"""

REMOVE = """
from summit.single_sign_on.models import IdentityProvider
IdentityProvider.objects.filter(slug={slug!r}).delete()
"""


@pytest.fixture(scope="module")
def ministry(demonstration: Running) -> Iterator[OpenIdServer]:
    """An OpenID provider that is set up in the demonstration."""
    provider = OpenIdServer()
    provider.client.redirect_uris = [f"{demonstration.base}/accounts/sso/ministry/callback/"]
    with serving(provider.app) as base:
        provider.issuer = base
        values = {"slug": "ministry", "name": "Foreign Ministry", "issuer": base, "client_id": CLIENT}
        values |= {"client_secret": SECRET, "second_factor_values": "mfa"}
        demonstration.inside(PREPARE.format(values=json.dumps(values)))
        yield provider
        demonstration.inside(REMOVE.format(slug="ministry"))


class Embassy:
    """The SAML provider's process, at an address."""

    def __init__(self, base: str) -> None:
        self.base = base

    def say(self, name: str, subject: str, groups: list[str]) -> None:
        """Let the provider say as whom somebody is known, and their groups."""
        members = {name: {"id": subject, "groups": groups, "context": PASSWORD}}
        requests.post(f"{self.base}/control", json={"members": members}, timeout=30).raise_for_status()

    def signed_out(self) -> list[str]:
        """Return who was signed out because Summit has asked for it."""
        return requests.get(f"{self.base}/control", timeout=30).json()["signed_out"]


@pytest.fixture(scope="module")
def embassy(demonstration: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embassy]:
    """A SAML provider that is set up in the demonstration."""
    folder = tmp_path_factory.mktemp("embassy")
    (folder / "key.pem").write_text(pem(1))
    (folder / "certificate.pem").write_text(certificate(1))
    command = [sys.executable, "-W", "ignore", "-m", "tests.browser.single_sign_on.saml_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        found = Embassy(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        values = {"slug": "embassy", "name": "Embassies", "protocol": "saml", "issuer": f"{found.base}/metadata"}
        values |= {"sign_in_url": f"{found.base}/sso", "sign_out_url": f"{found.base}/slo"}
        values["certificates"] = certificate(1)
        demonstration.inside(PREPARE.format(values=json.dumps(values)))
        metadata = requests.get(f"{demonstration.base}/accounts/sso/embassy/metadata/", timeout=30).text
        requests.post(f"{found.base}/control", json={"sp_metadata": metadata}, timeout=30).raise_for_status()
        yield found
        demonstration.inside(REMOVE.format(slug="embassy"))
        process.terminate()


@pytest.fixture
def page(browser: Browser, demonstration: Running) -> Iterator[Page]:
    context = browser.new_context(base_url=demonstration.base)
    yield context.new_page()
    context.close()
