"""A SAML identity provider made with pysaml2: signed assertions, and sign-out at both ends.

It is a process of its own, since pysaml2 uses what its libraries deprecate, and warnings are errors in tests:

    python -m tests.browser.single_sign_on.saml_server FOLDER

FOLDER has key.pem and certificate.pem. The port is printed. What the provider says is posted to `/control`.
"""

import secrets
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, redirect, request, session
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.saml import NAME_FORMAT_BASIC, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256
from werkzeug.serving import make_server

XMLSEC = "/usr/bin/xmlsec1"
FORM = """<!doctype html><html lang="en"><title>Embassy</title><h1>Embassy</h1>
<form method="post"><label>User <input name="user"></label><button>Sign in at the embassy</button></form></html>"""


class SamlServer:
    """The provider: what it says of each of its members, and what Summit says of itself (`sp_metadata`)."""

    def __init__(self, folder: Path) -> None:
        self.base, self.folder = "", folder
        self.members: dict[str, dict[str, Any]] = {}
        self.sp_metadata = ""
        self.signed_out: list[str] = []
        self.app = Flask(__name__)
        self.app.secret_key = secrets.token_hex(16)
        self.app.config["SESSION_COOKIE_NAME"] = "embassy"
        self.app.add_url_rule("/sso", view_func=self.sign_in, methods=["GET", "POST"])
        self.app.add_url_rule("/slo", view_func=self.sign_out)
        self.app.add_url_rule("/end", view_func=self.end)
        self.app.add_url_rule("/control", view_func=self.control, methods=["GET", "POST"])

    def control(self) -> Any:
        """Take what a test posts: members, Summit's metadata. Return who was signed out."""
        if request.method == "POST":
            said = request.get_json()
            self.members |= said.get("members", {})
            self.sp_metadata = said.get("sp_metadata", self.sp_metadata)
        return jsonify(signed_out=self.signed_out)

    @property
    def entity_id(self) -> str:
        return f"{self.base}/metadata"

    def server(self) -> Server:
        endpoints = {
            "single_sign_on_service": [(f"{self.base}/sso", BINDING_HTTP_REDIRECT)],
            "single_logout_service": [(f"{self.base}/slo", BINDING_HTTP_REDIRECT)],
        }
        policy = {
            "lifetime": {"minutes": 5},
            "name_form": NAME_FORMAT_BASIC,
            "nameid_format": NAMEID_FORMAT_PERSISTENT,
            "fail_on_missing_requested": False,
        }
        values: dict[str, Any] = {
            "entityid": self.entity_id,
            "xmlsec_binary": XMLSEC,
            "key_file": str(self.folder / "key.pem"),
            "cert_file": str(self.folder / "certificate.pem"),
            "service": {"idp": {"endpoints": endpoints, "sign_assertion": True, "policy": {"default": policy}}},
            "metadata": {"inline": [self.sp_metadata]},
        }
        return Server(config=IdPConfig().load(values))

    def sign_in(self) -> Any:
        """Answer a request of Summit with a signed assertion, once somebody has signed in here."""
        if request.method == "POST":
            session["user"], session["index"] = request.form["user"], secrets.token_hex(8)
            return redirect(request.full_path, 303)
        member = self.members.get(session.get("user", ""))
        if member is None:
            return FORM
        server = self.server()
        asked = server.parse_authn_request(request.args["SAMLRequest"], BINDING_HTTP_REDIRECT)
        facts = server.response_args(asked.message)
        del facts["name_id_policy"]
        made = server.create_authn_response(
            identity={"groups": member["groups"], "displayName": ["Member"]},
            userid=member["id"],
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=member["id"]),
            authn={"class_ref": member["context"], "authn_auth": self.entity_id},
            session_not_on_or_after=None,
            sign_assertion=True,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **facts,
        )
        relay_state = request.args.get("RelayState", "")
        packed = server.apply_binding(BINDING_HTTP_POST, str(made), facts["destination"], relay_state, response=True)
        return Response(packed["data"], content_type="text/html")

    def sign_out(self) -> Any:
        """Sign somebody out whom Summit has signed out, and answer it."""
        server = self.server()
        if "SAMLResponse" in request.args:
            return "signed out at both"
        asked = server.parse_logout_request(
            request.args["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=request.args.get("RelayState", ""),
            sigalg=request.args.get("SigAlg"),
            signature=request.args.get("Signature"),
        )
        self.signed_out.append(str(asked.message.name_id.text))
        session.clear()
        made = server.create_logout_response(asked.message, [BINDING_HTTP_REDIRECT])
        return self._sent(server, str(made), self._logout_address(), response=True)

    def end(self) -> Any:
        server, member = self.server(), self.members[session["user"]]
        session.clear()
        _number, made = server.create_logout_request(
            self._logout_address(),
            self.entity_id,
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=member["id"]),
            sign=False,
        )
        return self._sent(server, str(made), self._logout_address(), response=False)

    def _logout_address(self) -> str:
        found = self.server().metadata.single_logout_service(
            next(iter(self.server().metadata.keys())), BINDING_HTTP_REDIRECT, "spsso"
        )
        return str(found[0]["location"])

    def _sent(self, server: Server, message: str, address: str, *, response: bool) -> Any:
        packed = server.apply_binding(
            BINDING_HTTP_REDIRECT, message, address, "", response=response, sign=True, sigalg=SIG_RSA_SHA256
        )
        return redirect(dict(packed["headers"])["Location"], 303)


def main() -> None:
    provider = SamlServer(Path(sys.argv[1]))
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.base = f"http://127.0.0.1:{server.server_port}"
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
