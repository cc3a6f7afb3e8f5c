"""What a sign-in at an identity provider said, kept in the browser's session until the sign-out."""

from dataclasses import asdict, dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.base import SessionBase

from summit.core.encrypted_fields import cipher

# The keys under which a browser's session has what a provider said: when an account signed in (`keep`); and what
# several providers said (`add`): when the portal of a delegation was opened, and for the sign-outs at providers that
# are still to be done.
ACCOUNT, PORTALS, LEAVING = "single_sign_on", "single_sign_on_portals", "single_sign_on_leaving_at"


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


def keep(session: SessionBase, facts: SignInFacts) -> None:
    """Store in a browser's session what is needed later of the sign-in of an account."""
    session[ACCOUNT] = _packed(facts)


def of_session(session: SessionBase) -> SignInFacts | None:
    """Return what the identity provider said when the user of this session signed in; None without a provider."""
    values: dict[str, Any] | None = session.get(ACCOUNT)
    return _unpacked(values) if values is not None else None


def add(session: SessionBase, facts: SignInFacts, key: str) -> None:
    """Store in a browser's session what a provider said, before what others said. It replaces what it said before."""
    others = [values for values in session.get(key, []) if values["issuer"] != facts.issuer]
    session[key] = [_packed(facts), *others]


def all_of(session: SessionBase, key: str) -> list[SignInFacts]:
    """Return what providers said, that of the last added first."""
    return [_unpacked(values) for values in session.get(key, [])]


def forget(session: SessionBase, key: str = ACCOUNT) -> None:
    """Remove from a session what identity providers said."""
    session.pop(key, None)


def _packed(facts: SignInFacts) -> dict[str, Any]:
    """Return what a session stores: no name, and the proof encrypted."""
    proof = cipher().encrypt(facts.proof.encode()).decode() if facts.proof else ""
    return {**asdict(facts), "name": "", "email": "", "groups": list(facts.groups), "proof": proof}


def _unpacked(values: dict[str, Any]) -> SignInFacts:
    try:
        proof = cipher().decrypt(values["proof"].encode()).decode() if values["proof"] else ""
    except InvalidToken:
        # The key was dropped meanwhile: the provider then asks before it signs out.
        proof = ""
    return SignInFacts(**{**values, "groups": tuple(values["groups"]), "proof": proof})
