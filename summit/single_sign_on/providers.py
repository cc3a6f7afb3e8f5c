"""The identity providers that are configured: those of the environment, and those added at the desk."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_slug
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.single_sign_on.models import ISSUER_LENGTH, IdentityProvider, Protocol

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
# What Microsoft Entra ID has in place of an organisation's ID, for the accounts of all organisations.
ANYBODYS = frozenset({"common", "organizations", "consumers"})


@dataclass(frozen=True)
class Provider:
    """An identity provider, wherever it is configured. The fields are those of IdentityProvider.

    `from_environment` says that it is configured in SSO_PROVIDERS, and can't be changed at the desk.
    """

    slug: str
    name: str
    protocol: str
    issuer: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    sign_in_url: str = ""
    sign_out_url: str = ""
    certificates: str = ""
    subject_attribute: str = ""
    groups_claim: str = "groups"
    second_factor_values: tuple[str, ...] = ()
    is_required: bool = False
    for_delegations: bool = False
    from_environment: bool = False

    @property
    def is_saml(self) -> bool:
        """Whether the provider speaks SAML; otherwise it speaks OpenID Connect."""
        return self.protocol == Protocol.SAML

    def is_second_factor(self, values: Iterable[str]) -> bool:
        """Return whether one of a provider's values (of acr, amr or AuthnContext) stands for a second factor."""
        return not set(self.second_factor_values).isdisjoint(values)


def all_providers() -> list[Provider]:
    """Return all active providers, those of the environment first. Makes one query."""
    rows = IdentityProvider.objects.filter(is_active=True).order_by("name", "pk")
    given = of_environment()
    return given + [of_row(row) for row in rows if not is_replaced(row, given)]


def is_replaced(row: IdentityProvider, given: list[Provider] | None = None) -> bool:
    """Return whether a provider of the environment replaces one of the desk: it has its short name or issuer.

    `given` are those of the environment, for callers that have read them.
    """
    found = of_environment() if given is None else given
    return any(row.slug == each.slug or row.issuer == each.issuer for each in found)


def for_desks() -> list[Provider]:
    """Return the active providers at which accounts sign in. Makes one query."""
    return [each for each in all_providers() if not each.for_delegations]


def find(slug_or_issuer: str) -> Provider | None:
    """Return the active provider with this short name or issuer, or None. Makes one query."""
    return next((each for each in all_providers() if slug_or_issuer in (each.slug, each.issuer)), None)


def names_by_issuer() -> dict[str, str]:
    """Return a dict from issuer to name, of all providers, active or not. Makes one query."""
    rows = dict(IdentityProvider.objects.values_list("issuer", "name"))
    return rows | {each.issuer: each.name for each in of_environment()}


def with_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return rows with an issuer, each with the annotation `provider_name` for `name_on`."""
    named = IdentityProvider.objects.filter(issuer=OuterRef("issuer")).values("name")[:1]
    annotated: QuerySet[Any] = rows.annotate(provider_name=Subquery(named))
    return annotated


def name_on(row: Any) -> str:
    """Return the name of the provider of a row of `with_names`; the issuer if there is no such provider any more."""
    given = next((each.name for each in of_environment() if each.issuer == row.issuer), None)
    return str(given or row.provider_name or row.issuer)


def name_of(issuer: str) -> str:
    """Return the name of the provider with an issuer; the issuer itself if there is no such provider any more."""
    return names_by_issuer().get(issuer, issuer)


def addresses(slug: str, protocol: str) -> list[tuple[str, str]]:
    """Return the addresses that an administrator enters at the provider with this short name, each as (label, URL).

    The labels are the terms of the protocols, in which the provider's own pages ask for them in every language.

    For OpenID Connect they are those for the answer, for the return after a sign-out, and for its sign-outs without a
    browser; for SAML the metadata, which has the two others.
    """
    if protocol == Protocol.SAML:
        named = {
            "Metadata": reverse("sso_metadata", args=[slug]),
            "Assertion Consumer Service": reverse("sso_acs", args=[slug]),
            "Single Logout": reverse("sso_sls", args=[slug]),
        }
    else:
        named = {
            "Redirect URI": reverse("sso_callback", args=[slug]),
            "Post-logout redirect URI": reverse("sso_signed_out"),
            "Back-channel logout URI": reverse("sso_back_channel", args=[slug]),
        }
    return [(label, f"{settings.BASE_URL}{path}") for label, path in named.items()]


def sign_in_address(slug: str) -> str:
    """Return the address at which whoever knows it begins to sign in at the provider with this short name."""
    return f"{settings.BASE_URL}{reverse('sso_begin', args=[slug])}"


def of_environment() -> list[Provider]:
    """Return the providers of SSO_PROVIDERS. Raises ImproperlyConfigured for one that isn't complete."""
    found = [_of_environment(number, values) for number, values in enumerate(settings.SSO_PROVIDERS, start=1)]
    for name in ("slug", "issuer"):
        if len({getattr(each, name) for each in found}) < len(found):
            raise ImproperlyConfigured(f"SSO_PROVIDERS: two providers have the same {name}.")
    return found


def _of_environment(number: int, values: dict[str, Any]) -> Provider:
    known = {each.name for each in fields(Provider)} - {"from_environment"}
    name = f"SSO_PROVIDERS: provider {number}"
    if unknown := set(values) - known:
        raise ImproperlyConfigured(f"{name} has the unknown keys {sorted(unknown)}. Known are {sorted(known)}.")
    if missing := {"slug", "name", "protocol", "issuer"} - set(values):
        raise ImproperlyConfigured(f"{name} lacks {sorted(missing)}.")
    factors = values.get("second_factor_values", ())
    if not isinstance(factors, list | tuple):
        raise ImproperlyConfigured(f'{name}: second_factor_values is a list, such as ["mfa"].')
    provider = Provider(**{**values, "second_factor_values": tuple(factors)}, from_environment=True)
    try:
        validate_slug(provider.slug)
    except ValidationError as problem:
        raise ImproperlyConfigured(f"{name} ({provider.slug}): slug: {' '.join(problem.messages)}") from None
    try:
        check_complete(provider)
    except ValidationError as problem:
        found = " ".join(f"{key}: {' '.join(texts)}" for key, texts in problem.message_dict.items())
        raise ImproperlyConfigured(f"{name} ({provider.slug}): {found}") from None
    return provider


def of_row(row: IdentityProvider) -> Provider:
    """Return the provider that a row of the desk stands for."""
    names = [each.name for each in fields(Provider) if each.name not in ("second_factor_values", "from_environment")]
    values = tuple(line.strip() for line in row.second_factor_values.splitlines() if line.strip())
    return Provider(**{name: getattr(row, name) for name in names}, second_factor_values=values)


def check_complete(provider: Provider) -> None:
    """Raise ValidationError, by field, if something is missing that the provider's protocol needs, or isn't safe."""
    problems: dict[str, str] = {}
    if provider.protocol not in Protocol.values:
        problems["protocol"] = _("Enter “oidc” or “saml”.")
    needed = ("sign_in_url", "certificates") if provider.is_saml else ("client_id", "client_secret")
    problems |= {name: _("This protocol needs it.") for name in needed if not getattr(provider, name)}
    if len(provider.issuer) > ISSUER_LENGTH:
        problems["issuer"] = _("Use an issuer of at most 200 characters.")
    if provider.is_saml and "certificates" not in problems and (wrong := _wrong_certificates(provider.certificates)):
        problems["certificates"] = wrong
    if not provider.is_saml and (wrong := _wrong_issuer(provider.issuer)):
        problems["issuer"] = wrong
    addresses = ("sign_in_url", "sign_out_url") if provider.is_saml else ("issuer",)
    for name in addresses:
        value = getattr(provider, name)
        if value and name not in problems and not is_safe_address(value):
            problems[name] = _("Enter an https address.")
    if provider.for_delegations and provider.is_required:
        problems["is_required"] = _("A provider for delegations can’t be required.")
    if problems:
        raise ValidationError(problems)


def _wrong_certificates(text: str) -> str:
    """Return what is wrong with certificates in PEM format; "" if nothing is."""
    if "PRIVATE KEY" in text:
        return _("This is a private key. Paste the certificate alone, and replace the key: it is no longer secret.")
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        found = []
    if len(found) != text.count("BEGIN CERTIFICATE") or not found:
        words = {"begin": "BEGIN CERTIFICATE", "end": "END CERTIFICATE"}
        return _("Paste certificates in PEM format, from %(begin)s to %(end)s.") % words
    return ""


def _wrong_issuer(issuer: str) -> str:
    """Return what is wrong with the issuer of an OpenID provider; "" if nothing is."""
    if "/.well-known/" in issuer:
        return _("Enter the issuer alone, without “%(path)s”.") % {"path": "/.well-known/…"}
    if not ANYBODYS.isdisjoint(urlsplit(issuer).path.split("/")):
        return _(
            "Enter the issuer of your own organisation. With this one, accounts of all organisations could sign in."
        )
    return ""


def is_safe_address(url: str) -> bool:
    """Return whether a provider may be at an address: https, or this machine in development."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        return not settings.PRODUCTION and parts.hostname in LOCAL_HOSTS
    return parts.scheme == "https" and bool(parts.hostname)
