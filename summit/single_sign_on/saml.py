"""SAML 2.0 by django-allauth and python3-saml, with what this project asks besides.

An assertion is signed, for us, in answer to a request of this browser, and used once: all of that stands in the
assertion itself, since nobody signs what is around it. python3-saml is optional (requirements/saml.txt);
`summit.single_sign_on.protocols` imports this module only where it is installed.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from summit.single_sign_on import refusals
from summit.single_sign_on.facts import SignInFacts
from summit.single_sign_on.models import SUBJECT_LENGTH
from summit.single_sign_on.providers import Provider
from summit.single_sign_on.refusals import Reason, SignInRefused

# The seconds for which an assertion may be confirmed at most. Entra ID confirms for an hour and five minutes.
MOST_CONFIRMED = 75 * 60
PERSISTENT = OneLogin_Saml2_Constants.NAMEID_PERSISTENT
# The attributes in which most providers send a person's name, or its two parts, and mailbox.
NAMES = (
    "displayName",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "urn:mace:dir:attribute-def:displayName",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.5.4.3",
    "cn",
)
GIVEN_NAMES = (
    "givenName",
    "urn:oid:2.5.4.42",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
)
FAMILY_NAMES = ("sn", "urn:oid:2.5.4.4", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname")
MAILBOXES = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:mace:dir:attribute-def:mail",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
# The reason for an error of python3-saml, by its code.
REASONS: dict[int, Reason] = {
    OneLogin_Saml2_ValidationError.WRONG_ISSUER: refusals.WRONG_ISSUER,
    OneLogin_Saml2_ValidationError.ISSUER_NOT_FOUND_IN_ASSERTION: refusals.WRONG_ISSUER,
    OneLogin_Saml2_ValidationError.ISSUER_MULTIPLE_IN_RESPONSE: refusals.WRONG_ISSUER,
    OneLogin_Saml2_ValidationError.WRONG_AUDIENCE: refusals.WRONG_AUDIENCE,
    OneLogin_Saml2_ValidationError.WRONG_DESTINATION: refusals.WRONG_AUDIENCE,
    OneLogin_Saml2_ValidationError.EMPTY_DESTINATION: refusals.WRONG_AUDIENCE,
    OneLogin_Saml2_ValidationError.WRONG_SUBJECTCONFIRMATION: refusals.WRONG_CONFIRMATION,
    OneLogin_Saml2_ValidationError.WRONG_INRESPONSETO: refusals.STALE,
    OneLogin_Saml2_ValidationError.NO_SIGNATURE_FOUND: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.NO_SIGNED_ASSERTION: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.NO_SIGNED_MESSAGE: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.INVALID_SIGNATURE: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.WRONG_SIGNED_ELEMENT: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.ID_NOT_FOUND_IN_SIGNED_ELEMENT: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.DUPLICATED_ID_IN_SIGNED_ELEMENTS: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.INVALID_SIGNED_ELEMENT: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.DUPLICATED_REFERENCE_IN_SIGNED_ELEMENTS: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.UNEXPECTED_SIGNED_ELEMENTS: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.WRONG_NUMBER_OF_SIGNATURES_IN_RESPONSE: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.WRONG_NUMBER_OF_SIGNATURES_IN_ASSERTION: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.DEPRECATED_SIGNATURE_METHOD: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.DEPRECATED_DIGEST_METHOD: refusals.WRONG_SIGNATURE,
    OneLogin_Saml2_ValidationError.ASSERTION_EXPIRED: refusals.WRONG_TIME,
    OneLogin_Saml2_ValidationError.ASSERTION_TOO_EARLY: refusals.WRONG_TIME,
    OneLogin_Saml2_ValidationError.SESSION_EXPIRED: refusals.WRONG_TIME,
    OneLogin_Saml2_ValidationError.NO_NAMEID: refusals.NO_SUBJECT,
    OneLogin_Saml2_ValidationError.EMPTY_NAMEID: refusals.NO_SUBJECT,
}


class _Response(OneLogin_Saml2_Response):  # type: ignore[misc]
    """A response whose signed assertion names its audience, our address, the request that it answers and its end.

    It says why it isn't valid. A valid one has `confirmed`: the request, and the time in Unix seconds until when.
    """

    confirmed = ("", 0)

    def __init__(self, *args: Any, told: "_Auth") -> None:
        super().__init__(*args)
        self._told = told

    def is_valid(self, request_data: Any, request_id: Any = None, raise_exceptions: bool = False) -> bool:
        """Return whether the response may be used."""
        try:
            super().is_valid(request_data, request_id, raise_exceptions=True)
            if not self.get_audiences():
                raise OneLogin_Saml2_ValidationError("no audience", OneLogin_Saml2_ValidationError.WRONG_AUDIENCE)
            self.confirmed = self._confirmation()
        except Exception as problem:
            self._told.problem = problem
            self._error = type(problem).__name__
            return False
        return True

    def _confirmation(self) -> tuple[str, int]:
        """Return the request that the signed assertion answers, and until when it is confirmed for our address.

        python3-saml takes confirmations without a request, an address or an end, and one whose address only contains
        ours. Raises OneLogin_Saml2_ValidationError if none has all that the bearer's profile demands (SAML profiles
        2.0, 4.1.4.2). What a provider begins is refused: anybody could sign in others to an account of theirs.
        """
        address = self._settings.get_sp_data()["assertionConsumerService"]["url"]
        now = OneLogin_Saml2_Utils.now()
        names = OneLogin_Saml2_Constants.NSMAP
        found = [
            (str(data.get("InResponseTo", "")), str(data.get("Recipient", "")), _unix(data.get("NotOnOrAfter")))
            for node in self._query_assertion("/saml:Subject/saml:SubjectConfirmation")
            if node.get("Method") == OneLogin_Saml2_Constants.CM_BEARER
            for data in node.findall("saml:SubjectConfirmationData", namespaces=names)
        ]
        if not any(request for request, _address, _end in found):
            raise OneLogin_Saml2_ValidationError("unasked", OneLogin_Saml2_ValidationError.WRONG_INRESPONSETO)
        for request, recipient, end in found:
            if request and recipient == address and now < end <= now + MOST_CONFIRMED:
                if self.get_in_response_to() not in (None, request):
                    raise OneLogin_Saml2_ValidationError("other", OneLogin_Saml2_ValidationError.WRONG_INRESPONSETO)
                return request, end
        raise OneLogin_Saml2_ValidationError("confirmation", OneLogin_Saml2_ValidationError.WRONG_SUBJECTCONFIRMATION)


def _unix(written: str | None) -> int:
    """Return a time of SAML in Unix seconds, 0 for none."""
    return int(OneLogin_Saml2_Utils.parse_SAML_to_time(written)) if written else 0


class _Auth(OneLogin_Saml2_Auth):  # type: ignore[misc]
    """python3-saml's object for one message, which keeps the error of a response that isn't valid."""

    problem: Exception | None = None
    response: _Response | None = None

    def response_class(self, *args: Any) -> _Response:
        """Return the response, which tells this object why it isn't valid."""
        self.response = _Response(*args, told=self)
        return self.response


class SamlProvider(SAMLProvider):  # type: ignore[misc]
    """A provider that speaks SAML. Its accounts are known by entity ID and subject."""

    def __init__(self, request: HttpRequest, provider: Provider) -> None:
        app = SocialApp(
            provider=SAMLProvider.id,
            provider_id=provider.issuer,
            name=provider.name[:40],
            client_id=provider.slug,
            settings={},
        )
        super().__init__(request, app=app)
        self.summit_provider = provider

    def begin(self, request: HttpRequest, next_url: str | None) -> HttpResponse:
        """Return the redirect to the provider. What belongs to this sign-in is kept in the browser's session."""
        auth = _auth(self.summit_provider, "sso_acs", {})
        # RelayState stays empty: where the browser goes afterwards is kept here, so that nobody else can say it.
        address = auth.login(return_to="")
        self.stash_redirect_state(request, "login", next_url, state_id=auth.get_last_request_id())
        return HttpResponseRedirect(address)

    def serialize(self) -> dict[str, Any]:
        """Return how this provider is found again, while a sign-in waits for a second factor."""
        return {"id": self.summit_provider.issuer}

    def extract_uid(self, data: "Answer") -> str:
        """Return the subject."""
        return data.facts.subject

    def extract_extra_data(self, data: "Answer") -> dict[str, Any]:
        """Return nothing: no attributes are stored with an account."""
        return {}

    def extract_common_fields(self, data: "Answer") -> dict[str, Any]:
        """Return nothing: no account is found by its address."""
        return {}


@dataclass(frozen=True)
class Answer:
    """What a valid response says: of a sign-in, in answer to a request, by an assertion with an ID until a time."""

    facts: SignInFacts
    request: str
    assertion: str
    until: int

    def packed(self) -> str:
        """Return the answer as a text, from which `unpacked` makes it again."""
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """Return the answer that was packed."""
        values = json.loads(text)
        facts = SignInFacts(**{**values["facts"], "groups": tuple(values["facts"]["groups"])})
        return cls(**{**values, "facts": facts})


def read(provider: Provider, message: str) -> Answer:
    """Return what a provider's response says. Raises SignInRefused if it isn't valid."""
    auth = _auth(provider, "sso_acs", {"SAMLResponse": message})
    try:
        auth.process_response()
    except Exception as problem:
        raise SignInRefused(refusals.WRONG_ANSWER, type(problem).__name__) from problem
    if auth.get_errors() or not auth.is_authenticated() or auth.response is None:
        raise _refused(auth.problem)
    request, until = auth.response.confirmed
    return Answer(_facts(provider, auth), request, str(auth.get_last_assertion_id()), until)


def _facts(provider: Provider, auth: "_Auth") -> SignInFacts:
    """Return what the provider said of the sign-in. Raises SignInRefused where that names no lasting subject."""
    attributes: dict[str, list[str]] = auth.get_attributes()

    def first(*names: str) -> str:
        values = (value for name in names for value in attributes.get(name, []))
        return next((str(value) for value in values if value), "")

    name_id = str(auth.get_nameid() or "")
    if provider.subject_attribute:
        subject = first(provider.subject_attribute)
    elif auth.get_nameid_format() == PERSISTENT:
        subject = name_id
    else:
        raise SignInRefused(refusals.TRANSIENT_NAME, str(auth.get_nameid_format()))
    if not subject or len(subject) > SUBJECT_LENGTH:
        raise SignInRefused(refusals.NO_SUBJECT, "missing or too long")
    proof = {
        "name_id": auth.get_nameid(),
        "name_id_format": auth.get_nameid_format(),
        "nq": auth.get_nameid_nq(),
        "spnq": auth.get_nameid_spnq(),
    }
    return SignInFacts(
        issuer=provider.issuer,
        subject=subject,
        name=(first(*NAMES) or f"{first(*GIVEN_NAMES)} {first(*FAMILY_NAMES)}".strip())[:200],
        email=first(*MAILBOXES)[:254].lower(),
        # The assertion is signed by who administers the mailboxes that it names.
        email_verified=True,
        groups=tuple(map(str, attributes.get(provider.groups_claim, []))),
        second_factor=provider.is_second_factor(auth.get_last_authn_contexts()),
        session=str(auth.get_session_index() or ""),
        proof=json.dumps(proof),
        name_id=name_id,
    )


def complete(request: HttpRequest, provider: Provider, answer: Answer) -> SocialLogin:
    """Return the sign-in that a provider's answer stands for, with its facts.

    Raises PermissionDenied if this browser has no such sign-in open, SignInRefused if the assertion was used already.
    """
    of_allauth = SamlProvider(request, provider)
    login: SocialLogin = of_allauth.sociallogin_from_response(request, answer)
    # The request is used up by this.
    login.state = of_allauth.unstash_redirect_state(request, answer.request)
    _use(answer)
    login.summit_facts = answer.facts
    return login


def _use(answer: Answer) -> None:
    """Remember an assertion until it ends. Raises SignInRefused if it has ended or was used already."""
    left = answer.until - OneLogin_Saml2_Utils.now()
    name = hashlib.sha256(f"{answer.facts.issuer} {answer.assertion}".encode()).hexdigest()
    if left <= 0 or not cache.add(f"saml-assertion:{name}", True, timeout=left):
        raise SignInRefused(refusals.STALE, "ended, or used already")


def metadata(provider: Provider) -> bytes:
    """Return the metadata for the provider's administrator: an XML document that describes this service provider."""
    described = OneLogin_Saml2_Settings(_configuration(provider), sp_validation_only=True).get_sp_metadata()
    return described.encode() if isinstance(described, str) else bytes(described)


def sign_out_address(facts: SignInFacts, provider: Provider, back: str) -> str:
    """Return the address at which the provider ends its own session, or "" if it has none."""
    if not provider.sign_out_url or not facts.proof:
        return ""
    return str(
        _auth(provider, "sso_sls", {}).logout(return_to="", session_index=facts.session, **json.loads(facts.proof))
    )


def answer_sign_out(provider: Provider, request: HttpRequest) -> tuple[str, tuple[str, list[str]] | None]:
    """Return where the browser goes next, and whose sessions a provider's message ends: NameID and session indexes.

    The message is in the query (HTTP-Redirect). The answer to our own request ends nothing more. Raises SignInRefused
    for a message that isn't signed by the provider.
    """
    query = request.GET
    auth = _auth(provider, "sso_sls", {}, request=request)
    try:
        address = auth.process_slo(keep_local_session=True)
    except Exception as problem:
        raise SignInRefused(refusals.WRONG_ANSWER, type(problem).__name__) from problem
    if auth.get_errors():
        raise SignInRefused(refusals.WRONG_SIGNATURE, auth.get_errors()[0])
    if "SAMLRequest" not in query:
        return "", None
    xml = OneLogin_Saml2_Logout_Request(auth.get_settings(), query["SAMLRequest"]).get_xml()
    name_id = OneLogin_Saml2_Logout_Request.get_nameid(xml, settings.SAML_PRIVATE_KEY or None)
    return str(address or ""), (str(name_id), list(OneLogin_Saml2_Logout_Request.get_session_indexes(xml)))


def _refused(problem: Exception | None) -> SignInRefused:
    code = getattr(problem, "code", None)
    reason = REASONS.get(code, refusals.WRONG_ANSWER) if code is not None else refusals.WRONG_ANSWER
    return SignInRefused(reason, f"{type(problem).__name__} {code}")


def _auth(provider: Provider, route: str, posted: dict[str, str], *, request: HttpRequest | None = None) -> _Auth:
    """Return python3-saml's object for one message. Its addresses begin with BASE_URL, whatever host was asked.

    `request` has a message in its query, which must be signed: as it is written there, since encodings differ.
    """
    base = urlsplit(settings.BASE_URL)
    request_data = {
        "https": "on" if base.scheme == "https" else "off",
        "http_host": base.netloc,
        "script_name": reverse(route, args=[provider.slug]),
        "get_data": request.GET.copy() if request else {},
        "post_data": posted,
        "query_string": request.META["QUERY_STRING"] if request else "",
        "validate_signature_from_qs": True,
    }
    return _Auth(request_data, _configuration(provider, signed=request is not None))


def _configuration(provider: Provider, *, signed: bool = False) -> dict[str, Any]:
    """Return python3-saml's configuration. `signed` asks for a signature of the message, as for a sign-out."""
    own = {
        name: f"{settings.BASE_URL}{reverse(name, args=[provider.slug])}"
        for name in ("sso_metadata", "sso_acs", "sso_sls")
    }
    has_key = bool(settings.SAML_PRIVATE_KEY)
    idp: dict[str, Any] = {
        "entityId": provider.issuer,
        "singleSignOnService": {"url": provider.sign_in_url},
        "x509certMulti": {"signing": _certificates(provider.certificates)},
    }
    if provider.sign_out_url:
        idp["singleLogoutService"] = {"url": provider.sign_out_url}
    return {
        "strict": True,
        "debug": False,
        "idp": idp,
        "sp": {
            "entityId": own["sso_metadata"],
            "assertionConsumerService": {
                "url": own["sso_acs"],
                "binding": OneLogin_Saml2_Constants.BINDING_HTTP_POST,
            },
            "singleLogoutService": {"url": own["sso_sls"], "binding": OneLogin_Saml2_Constants.BINDING_HTTP_REDIRECT},
            "NameIDFormat": OneLogin_Saml2_Constants.NAMEID_UNSPECIFIED if provider.subject_attribute else PERSISTENT,
            "x509cert": settings.SAML_CERTIFICATE,
            "privateKey": settings.SAML_PRIVATE_KEY,
        },
        "security": {
            "authnRequestsSigned": has_key,
            "logoutRequestSigned": has_key,
            "logoutResponseSigned": has_key,
            "signMetadata": False,
            # The metadata has no end: a provider that keeps it would refuse sign-ins after that.
            "metadataValidUntil": "",
            "metadataCacheDuration": "P1D",
            "wantAssertionsSigned": True,
            "wantMessagesSigned": signed,
            "wantNameId": not provider.subject_attribute,
            "wantAttributeStatement": False,
            "allowRepeatAttributeName": True,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "signatureAlgorithm": OneLogin_Saml2_Constants.RSA_SHA256,
            "digestAlgorithm": OneLogin_Saml2_Constants.SHA256,
        },
    }


def _certificates(text: str) -> list[str]:
    """Return the certificates of a text in PEM format. A text without its marks is one certificate."""
    end = "-----END CERTIFICATE-----"
    if end not in text:
        return [text.strip()]
    return [f"{part.strip()}\n{end}" for part in text.split(end) if part.strip()]
