"""Why a sign-in at an identity provider is refused, in words for whoever signs in."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Reason:
    """A reason: its key, which the log has, and two sentences: what is wrong, and whom to ask for what."""

    key: str
    text: str | Promise
    todo: str | Promise


_ASK_PROVIDER = _("Ask the IT department of your organisation. Tell them this sentence.")
_TRY_AGAIN = _("Go back to the sign-in page and try again.")
_TRY_OR_ASK = _("Go back to the sign-in page and try again. If it happens again, ask the system administrator.")
_ASK_ADMINISTRATOR = _("Ask the system administrator.")
CANCELLED = Reason("cancelled", _("The sign-in was cancelled."), _TRY_AGAIN)
STALE = Reason(
    "stale", _("This sign-in began more than ten minutes ago, in another browser, or was used already."), _TRY_OR_ASK
)
CROWDED = Reason(
    "crowded", _("Too many sign-ins came from your network in the last minute."), _("Wait a minute and try again.")
)
UNREACHABLE = Reason(
    "unreachable",
    _("The identity provider did not answer."),
    _("Try again in a minute. If it lasts, ask the IT department of your organisation."),
)
NO_ID_TOKEN = Reason("no_id_token", _("The identity provider sent no ID token."), _ASK_PROVIDER)
WRONG_ISSUER = Reason(
    "issuer", _("The answer names another issuer than the one that is configured here."), _ASK_ADMINISTRATOR
)
WRONG_AUDIENCE = Reason("audience", _("The answer was made for another application."), _ASK_PROVIDER)
WRONG_NONCE = Reason("nonce", _("The answer does not belong to this sign-in."), _TRY_OR_ASK)
WRONG_SIGNATURE = Reason("signature", _("The answer’s signature is missing or can’t be verified."), _ASK_PROVIDER)
WRONG_TIME = Reason(
    "time", _("The answer has expired, or the clocks of the identity provider and of Summit differ."), _ASK_PROVIDER
)
WRONG_ANSWER = Reason("answer", _("The identity provider’s answer can’t be used."), _ASK_PROVIDER)
WRONG_CONFIRMATION = Reason(
    "confirmation", _("The answer was made for another address or another sign-in, or has expired."), _ASK_PROVIDER
)
NO_SUBJECT = Reason("subject", _("The answer has no lasting identifier of a person."), _ASK_PROVIDER)
TRANSIENT_NAME = Reason(
    "transient",
    _("The identity provider sent a NameID that changes with each sign-in, or an email address."),
    _(
        "Ask the IT department of your organisation to send the NameID format “persistent” "
        "(urn:oasis:names:tc:SAML:2.0:nameid-format:persistent). "
        "Or ask the system administrator to name an attribute of the subject."
    ),
)
LINK_OVER = Reason(
    "link_over",
    _("The link from your email has expired or was used already."),
    _("Sign in with your identity provider. If you then see a code, tell it to the organisers."),
)
LAST_WAY_IN = Reason(
    "last_way_in",
    _("This is the last account that can sign in without an identity provider."),
    _("Sign in with its password or passkey, and make it an emergency account first."),
)
NOT_OF_DELEGATION = Reason(
    "delegation",
    _("No one in this delegation has the email address that your identity provider sent."),
    _("Ask a focal point of your delegation to enter your address, or use the link from your letter."),
)
NO_DELEGATION = Reason(
    "no_delegation",
    _("No delegation signs in at this identity provider."),
    _("Ask the organisers. Until then, use the link from your letter or a code by email."),
)
SHARED_ADDRESS = Reason(
    "shared_address",
    _("Several people in this delegation have this email address."),
    _("Ask a focal point to correct it."),
)
NO_ADDRESS = Reason(
    "no_address",
    _("Your identity provider sent no verified email address."),
    _("Ask your ministry’s IT service to send it."),
)
OTHER_SUBJECT = Reason(
    "other_subject",
    _("This person’s entry in the delegation is linked to another sign-in at your identity provider."),
    _("Ask the organisers to unlink it. Until then, use the link from your letter or a code by email."),
)
USE_PROVIDER = Reason(
    "use_provider",
    _("This account signs in with its identity provider, and not with a password or passkey."),
    _("Go back to the sign-in page and choose your identity provider."),
)
NOT_ACTIVE = Reason(
    "not_active",
    _("No identity provider is in use at this address."),
    _("Sign in another way, or ask who gave you the address."),
)
NO_SAML = Reason("no_saml", _("SAML is not installed here."), _ASK_ADMINISTRATOR)


class SignInRefused(Exception):
    """Raised if a sign-in at an identity provider is refused.

    `detail` is for the log: what exactly was wrong, without data about people.
    """

    def __init__(self, reason: Reason, detail: str = "", **context: Any) -> None:
        super().__init__(f"{reason.key}: {detail}" if detail else reason.key)
        self.reason, self.context = reason, context
