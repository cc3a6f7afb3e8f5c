"""What a sign-in at an identity provider said, kept in the browser's session until the sign-out."""

from dataclasses import asdict, dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.base import SessionBase

from summit.core.encrypted_fields import cipher

# The keys under which a browser's session has what a provider said: when an account signed in, when a delegation's
# portal was opened, and for the sign-out at the provider that is still to be done.
ACCOUNT, PORTAL, LEAVING = "single_sign_on", "single_sign_on_portal", "single_sign_on_leaving"


@dataclass(frozen=True)
class SignInFacts:
    """What an identity provider said of a sign-in.

    - `groups` are the groups of the subject, as the provider writes them.
    - `second_factor` says whether the provider took a second factor.
    - `session` is the provider's own session (`sid`, or SAML's SessionIndex), or "".
    - `name_id` is SAML's NameID, by which the provider ends a session; "" with OpenID Connect.
    - `proof` is what the provider wants to see at the sign-out: the ID token, or SAML's NameID in its format.
    """

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    email_verified: bool = False
    groups: tuple[str, ...] = ()
    second_factor: bool = False
    session: str = ""
    proof: str = ""
    name_id: str = ""


def keep(session: SessionBase, facts: SignInFacts, key: str = ACCOUNT) -> None:
    """Store in a browser's session what is needed later: no name, and the proof encrypted."""
    values: dict[str, Any] = {**asdict(facts), "name": "", "email": "", "groups": list(facts.groups)}
    values["proof"] = cipher().encrypt(facts.proof.encode()).decode() if facts.proof else ""
    session[key] = values


def of_session(session: SessionBase, key: str = ACCOUNT) -> SignInFacts | None:
    """Return what the identity provider said when the user of this session signed in; None without a provider."""
    values: dict[str, Any] | None = session.get(key)
    if values is None:
        return None
    try:
        proof = cipher().decrypt(values["proof"].encode()).decode() if values["proof"] else ""
    except InvalidToken:
        # The key was dropped meanwhile: the provider then asks before it signs out.
        proof = ""
    return SignInFacts(**{**values, "groups": tuple(values["groups"]), "proof": proof})


def forget(session: SessionBase, key: str = ACCOUNT) -> None:
    """Remove from a session what an identity provider said."""
    session.pop(key, None)
