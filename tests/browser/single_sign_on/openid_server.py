"""An OpenID provider made with Authlib: a page to sign in, tokens, userinfo, and sign-out at both ends."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, redirect, request, session
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "summit", "of the client"
BACKCHANNEL_EVENT = "http://schemas.openid.net/event/backchannel-logout"
FORM = """<!doctype html><html lang="en"><title>Ministry</title><h1>Ministry</h1>
<form method="post"><label>User <input name="user"></label><button>Sign in at the ministry</button></form></html>"""


@dataclass
class Member:
    """Somebody of the ministry: what the provider says of them."""

    id: str
    groups: list[str] = field(default_factory=list)
    amr: list[str] = field(default_factory=lambda: ["pwd"])


class Client(ClientMixin):  # type: ignore[misc]
    def __init__(self) -> None:
        self.redirect_uris: list[str] = []

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace, AuthorizationCodeMixin):  # type: ignore[misc]
    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str | None:
        return self.nonce  # type: ignore[no-any-return]

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return list(self.user.amr)


def code_grant(provider: "OpenIdServer") -> Any:

    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, asked: Any) -> None:
            data = asked.payload.data
            provider.codes[code] = Code(
                redirect_uri=asked.payload.redirect_uri,
                scope=asked.payload.scope,
                nonce=data.get("nonce"),
                code_challenge=data.get("code_challenge"),
                code_challenge_method=data.get("code_challenge_method"),
                user=asked.user,
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes = {code: row for code, row in provider.codes.items() if row is not authorization_code}

        def authenticate_user(self, authorization_code: Code) -> Member:
            return authorization_code.user

    return CodeGrant


class OpenId(OpenIDCode):  # type: ignore[misc]
    def __init__(self, provider: "OpenIdServer") -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return any(row.nonce == nonce for row in self.provider.codes.values())

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self.provider.key

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.provider.issuer, "aud": [CLIENT]}

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "k1"}

    def generate_user_info(self, user: Member, scope: str) -> UserInfo:
        return UserInfo({"sub": user.id, "groups": user.groups, "sid": self.provider.sid_of(user)})


class OpenIdServer:
    """The provider: its members by the name that they type, and its sessions."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self.client = Client()
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Member] = {}
        # The sessions by the subject.
        self.sids: dict[str, str] = {}
        self.issuer = ""
        self.signed_out: list[str] = []
        self.app = self._app()

    def _app(self) -> Flask:
        app = Flask(__name__)
        app.secret_key = secrets.token_hex(16)
        app.config["SESSION_COOKIE_NAME"] = "ministry"
        self.server = AuthorizationServer(
            app,
            query_client=lambda client_id: self.client if client_id == CLIENT else None,
            save_token=lambda token, asked: self.tokens.update({token["access_token"]: asked.user}),
        )
        self.server.register_grant(code_grant(self), [OpenId(self), CodeChallenge(required=True)])
        app.add_url_rule("/.well-known/openid-configuration", view_func=self.configuration)
        app.add_url_rule("/authorize", view_func=self.authorize, methods=["GET", "POST"])
        app.add_url_rule("/token", view_func=self.token, methods=["POST"])
        for view in (self.keys, self.userinfo, self.end):
            app.add_url_rule(f"/{view.__name__}", view_func=view)
        return app

    def configuration(self) -> Response:
        names = ("authorize", "token", "keys", "userinfo", "end")
        authorize, token, keys, userinfo, end = (f"{self.issuer}/{name}" for name in names)
        return jsonify(
            issuer=self.issuer,
            authorization_endpoint=authorize,
            token_endpoint=token,
            jwks_uri=keys,
            userinfo_endpoint=userinfo,
            end_session_endpoint=end,
            token_endpoint_auth_methods_supported=["client_secret_basic"],
        )

    def keys(self) -> Response:
        return jsonify(keys=[self.key.as_dict(private=False)])

    def authorize(self) -> Any:
        if request.method == "POST":
            session["user"], session["sid"] = request.form["user"], secrets.token_hex(8)
            return redirect(request.full_path, 303)
        member = self.members.get(session.get("user", ""))
        if member is None:
            return FORM
        self.sids[member.id] = session["sid"]
        grant = self.server.get_consent_grant(end_user=member)
        return self.server.create_authorization_response(grant=grant, grant_user=member)

    def token(self) -> Any:
        return self.server.create_token_response()

    def userinfo(self) -> Response:
        member = self.tokens[request.headers["Authorization"].removeprefix("Bearer ")]
        return jsonify(sub=member.id, name=f"Member {member.id}", email=f"{member.id}@ministry.example")

    def end(self) -> Any:
        hint = jwt.decode(request.args["id_token_hint"], self.key, algorithms=["RS256"])
        self.signed_out.append(str(hint.claims["sub"]))
        session.clear()
        return redirect(request.args["post_logout_redirect_uri"])

    def sid_of(self, member: Member) -> str:
        return self.sids.get(member.id, "")

    def end_session(self, base: str, slug: str, member: Member) -> int:
        """Tell Summit from server to server that a member's session ended, and return the status of its answer."""
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60}
        claims |= {"jti": secrets.token_hex(8), "sid": self.sid_of(member), "events": {BACKCHANNEL_EVENT: {}}}
        token = jwt.encode({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"}, claims, self.key, ["RS256"])
        url = f"{base}/accounts/sso/{slug}/back-channel-logout/"
        return requests.post(url, {"logout_token": token}, timeout=30).status_code


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a free port of this machine, and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
