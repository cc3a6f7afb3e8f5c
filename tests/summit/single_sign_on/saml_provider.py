"""A SAML identity provider within the test: it answers requests with assertions signed by its own key."""

import base64
import secrets
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import NameOID
from django.http import HttpResponse
from django.test import Client
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from tests.summit.single_sign_on.openid_provider import key

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
SIGNED_BY = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
NAMESPACES = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'


def pem(number: int) -> str:
    return (
        key(number)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


@cache
def certificate(number: int) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key(number).public_key())
        .serial_number(number)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key(number), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def moment(minutes: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class SamlProvider:
    """A SAML identity provider. Tests change what it says."""

    issuer, slug = "https://saml.example/metadata", "embassy"

    def __init__(self) -> None:
        self.name_id, self.format = "n-1", PERSISTENT
        self.attributes: dict[str, list[str]] = {"groups": ["press"]}
        self.context = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
        self.audience = self.destination = self.request_id = ""
        self.key_number = 1
        self.expires = 5.0

    def begin(self, browser: Client, query: str = "") -> str:
        """Let a browser choose this provider, and return the id of the request that it is sent there with."""
        response = browser.get(f"/accounts/sso/{self.slug}/{query}")
        assert response.status_code == 302, response.content.decode()
        address = urlsplit(response["Location"])
        assert address.netloc == "saml.example"
        params = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        assert params.get("RelayState", "") == ""
        request = etree.fromstring(zlib.decompress(base64.b64decode(params["SAMLRequest"]), -15))
        self.request_id = request.get("ID")
        self.destination = request.get("AssertionConsumerServiceURL")
        self.audience = request.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer") or ""
        return self.request_id

    def assertion(self, **changed: str) -> str:
        """Return an assertion, not signed yet; `changed` stands in place of what is right."""
        facts = {
            "issuer": self.issuer,
            "audience": self.audience,
            "recipient": self.destination,
            "request": self.request_id,
            "name_id": self.name_id,
            "format": self.format,
            "id": f"_{secrets.token_hex(16)}",
            "context": self.context,
            **changed,
        }
        restriction = (
            f"<saml:AudienceRestriction><saml:Audience>{facts['audience']}</saml:Audience></saml:AudienceRestriction>"
            if facts["audience"]
            else ""
        )
        values = "".join(
            f'<saml:Attribute Name="{name}">'
            + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in found)
            + "</saml:Attribute>"
            for name, found in self.attributes.items()
        )
        request = f' InResponseTo="{facts["request"]}"' if facts["request"] else ""
        return (
            f'<saml:Assertion {NAMESPACES} ID="{facts["id"]}" Version="2.0" IssueInstant="{moment()}">'
            f"<saml:Issuer>{facts['issuer']}</saml:Issuer>"
            f'<saml:Subject><saml:NameID Format="{facts["format"]}">{facts["name_id"]}</saml:NameID>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData{request} Recipient="{facts["recipient"]}"'
            f' NotOnOrAfter="{moment(self.expires)}"/></saml:SubjectConfirmation></saml:Subject>'
            f'<saml:Conditions NotBefore="{moment(-5)}" NotOnOrAfter="{moment(self.expires)}">'
            f"{restriction}</saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{moment()}" SessionIndex="i-1"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{facts['context']}</saml:AuthnContextClassRef>"
            "</saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{values}</saml:AttributeStatement></saml:Assertion>"
        )

    def signed(self, xml: str) -> str:
        number = self.key_number
        signed: bytes = OneLogin_Saml2_Utils.add_sign(xml, pem(number), certificate(number))
        return signed.decode()

    def response(self, assertion: str, *, issuer: str = "", destination: str = "") -> str:
        """Return a response with an assertion, in base 64."""
        request = f' InResponseTo="{self.request_id}"' if self.request_id else ""
        xml = (
            f'<samlp:Response {NAMESPACES} ID="_{secrets.token_hex(16)}" Version="2.0" IssueInstant="{moment()}"'
            f' Destination="{destination or self.destination}"{request}>'
            f"<saml:Issuer>{issuer or self.issuer}</saml:Issuer>"
            '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f"{assertion}</samlp:Response>"
        )
        return base64.b64encode(xml.encode()).decode()

    def post(self, browser: Client, message: str, relay_state: str = "") -> HttpResponse:
        """Let a browser bring a response, without its session's cookie as across sites, and go on."""
        posted = {"SAMLResponse": message, "RelayState": relay_state}
        without = Client()
        taken = without.post(f"/accounts/sso/{self.slug}/acs/", posted)
        if taken.status_code != 302:
            return taken  # type: ignore[return-value]
        assert taken["Location"] == f"/accounts/sso/{self.slug}/acs/finish/"
        browser.cookies["saml-answer"] = taken.cookies["saml-answer"].value
        return browser.get(taken["Location"])  # type: ignore[return-value]

    def sign_in(self, browser: Client, query: str = "", relay_state: str = "") -> HttpResponse:
        self.begin(browser, query)
        return self.post(browser, self.response(self.signed(self.assertion())), relay_state)

    def logout_request(self, *, signed: bool = True, name_id: str = "n-1", session: str = "i-1") -> str:
        """Return the query with which the provider signs somebody out."""
        base = self.destination.removesuffix("acs/")
        xml = (
            f'<samlp:LogoutRequest {NAMESPACES} ID="_{secrets.token_hex(16)}" Version="2.0"'
            f' IssueInstant="{moment()}" Destination="{base}logout/"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f'<saml:NameID Format="{PERSISTENT}">{name_id}</saml:NameID>'
            f"<samlp:SessionIndex>{session}</samlp:SessionIndex></samlp:LogoutRequest>"
        )
        deflated = zlib.compress(xml.encode())[2:-4]
        params: dict[str, Any] = {"SAMLRequest": base64.b64encode(deflated).decode()}
        if not signed:
            return urlencode(params)
        query = urlencode({**params, "SigAlg": SIGNED_BY})
        signature = key(self.key_number).sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{query}&{urlencode({'Signature': base64.b64encode(signature).decode()})}"
